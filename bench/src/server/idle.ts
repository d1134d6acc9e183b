import { execFileSync } from 'node:child_process';
import { type Figure, judge, median, type Result, skipped } from '../figure.ts';
import type { Contender } from './contenders.ts';
import { Load } from './processes.ts';
import { quotients } from './series.ts';

const CLIENTS = 10_000;
const SAMPLED = 100;
const ROUNDS = 7;
/** What a process needs besides a descriptor for each client. */
const SPARE_DESCRIPTORS = 200;

/** KiB resident for each client that is connected and has said nothing; then some of them say a line. */
async function perClient(contender: Contender): Promise<number> {
  const load = new Load();
  const running = await contender.start();
  try {
    const { port } = running;
    // What the first clients make a process load and compile is no client's.
    await load.ask({
      do: 'open',
      key: 'first',
      task: { kind: 'idle', port, clients: SAMPLED, sampled: SAMPLED },
    });
    await load.ask({ do: 'round', key: 'first', ms: 0 });
    const before = await running.residentBytes();
    await load.ask({
      do: 'open',
      key: 'all',
      task: { kind: 'idle', port, clients: CLIENTS, sampled: SAMPLED },
    });
    const after = await running.residentBytes();
    const round = await load.ask({ do: 'round', key: 'all', ms: 0 });
    if (round?.lines !== SAMPLED) throw new Error(`Cannot measure: ${round?.lines} of ${SAMPLED} answered`);
    return (after - before) / CLIENTS / 1024;
  } finally {
    load.stop();
    await running.stop();
  }
}

/** Clients that only stay connected: their memory with one server divided by that with the other. */
export function idleFigure(against: string, own: Contender, other: Contender, atMost?: number): Figure {
  const name = `resident memory a client, ${CLIENTS} idle / ${against}`;
  const bounds = atMost === undefined ? {} : { atMost };
  return {
    name,
    async measure(): Promise<Result[]> {
      const limit = Number(execFileSync('sh', ['-c', 'ulimit -H -n'], { encoding: 'utf8' })) || Infinity;
      if (limit < CLIENTS + SAMPLED + SPARE_DESCRIPTORS) {
        return [skipped(name, `ulimit -H -n is ${limit}`, bounds)];
      }
      const above: number[] = [];
      const below: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        above.push(await perClient(own));
        below.push(await perClient(other));
      }
      const ratios = quotients(above, below);
      const detail = `${median(above).toFixed(2)} to ${median(below).toFixed(2)} KiB; each of ${SAMPLED} sampled answered`;
      const spread = [Math.min(...ratios), Math.max(...ratios)] as const;
      return [judge({ name, value: median(ratios), unit: 'x', spread, ...bounds, detail })];
    },
  };
}
