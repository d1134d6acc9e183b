/** A row of the fault table. */
interface Row {
  readonly engines: readonly ('nats' | 'postgres')[];
  /** Where it's also played in the gate, small. */
  readonly gate?: 'nats';
  /** What is measured, and the most it may be. In milliseconds, `memory` in MB. */
  readonly bounds: Readonly<Record<string, number>>;
  /** How many times, if not ten. */
  readonly times?: number;
}

export type RowId =
  | 'plain'
  | 'kill'
  | 'frozen'
  | 'pause'
  | 'cut'
  | 'unsaid'
  | 'unheard'
  | 'slow'
  | 'leader'
  | 'lame'
  | 'all'
  | 'quorum'
  | 'again'
  | 'unread'
  | 'quit'
  | 'roll'
  | 'faulty'
  | 'timeout'
  | 'power'
  | 'name'
  | 'stranger'
  | 'full'
  | 'database'
  | 'readonly'
  | 'schedules';

const BOTH = ['nats', 'postgres'] as const;

/** Every row of `npm run many:faults`. Each also asks for 0 lines lost, doubled and out of order. */
export const ROWS: Readonly<Record<RowId, Row>> = {
  plain: { engines: BOTH, gate: 'nats', bounds: { stall: 1_000 } },
  kill: { engines: BOTH, gate: 'nats', bounds: { stall: 3_500 } },
  frozen: { engines: BOTH, gate: 'nats', bounds: { stall: 3_500, cut: 1_000, exit: 2_000 } },
  pause: { engines: BOTH, bounds: { stall: 2_500 } },
  cut: { engines: BOTH, bounds: { stall: 3_500, exit: 10_000 } },
  unsaid: { engines: BOTH, bounds: { stall: 3_500, exit: 10_000 } },
  unheard: { engines: BOTH, bounds: { stall: 12_000, exit: 10_000 } },
  slow: { engines: BOTH, bounds: { stall: 6_000 } },
  leader: { engines: ['nats'], gate: 'nats', bounds: { stall: 12_000 } },
  lame: { engines: ['nats'], bounds: { stall: 3_500 } },
  all: { engines: ['nats'], bounds: { stall: 24_000 } },
  quorum: { engines: ['nats'], bounds: { stall: 24_000, memory: 256 } },
  again: { engines: ['nats'], bounds: { stall: 1_000, served: 500, ghosts: 3_500 } },
  unread: { engines: ['nats'], bounds: { stall: 1_000 } },
  quit: { engines: BOTH, gate: 'nats', bounds: { closed: 1_000 } },
  roll: { engines: BOTH, gate: 'nats', bounds: { stall: 1_500 } },
  faulty: { engines: ['nats'], bounds: { stall: 3_500 } },
  timeout: { engines: BOTH, bounds: { stall: 3_500, exit: 5_000 } },
  power: { engines: ['nats'], bounds: { exit: 20_000 } },
  name: { engines: ['nats'], bounds: { stall: 1_000, exit: 6_000 } },
  stranger: { engines: ['nats'], bounds: { stall: 5_000 } },
  full: { engines: ['nats'], bounds: { stall: 6_000 } },
  database: { engines: ['postgres'], bounds: { stall: 8_000 } },
  readonly: { engines: ['postgres'], bounds: { stall: 6_000 } },
  schedules: { engines: ['nats'], bounds: { stall: 30_000 }, times: 20 },
};
