import type { Figure } from '../figure.ts';
import { type Contender, ours, relay } from './contenders.ts';
import { series } from './series.ts';
import { answersTask, relayTask } from './tasks.ts';

type Against = readonly (readonly [contender: Contender, atLeast?: number])[];

export const free: Contender = ours('free', ['--order', 'free']);

/** Clients that send lines and wait for the answers. */
export function answers(
  name: string,
  own: Contender,
  clients: number,
  batch: number,
  against: Against,
): Figure {
  return series({
    name,
    ours: own,
    against: against.map(([contender, atLeast]) => ({ contender, ...(atLeast && { atLeast }) })),
    task: ({ name: entrant, tls = false }, port) =>
      answersTask(port, clients, batch, { together: entrant === 'strict', tls }),
  });
}

/** One sender whose lines go to everybody else. */
export function relayTo(receivers: number, against: Against, own: Contender = relay()): Figure {
  return series({
    name: `relay to ${receivers}, 64 lines a write`,
    ours: own,
    against: against.map(([contender, atLeast]) => ({ contender, ...(atLeast && { atLeast }) })),
    task: ({ dialect = 'bare' }, port) => relayTask(port, receivers, dialect),
  });
}
