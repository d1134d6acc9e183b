import type { Figure } from '../figure.ts';
import { type Contender, ours } from './contenders.ts';
import { series } from './series.ts';

type Against = readonly (readonly [contender: Contender, atLeast: number])[];

export const free: Contender = ours('free', '--order', 'free');

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
    against: against.map(([contender, atLeast]) => ({ contender, atLeast })),
    task: ({ name: entrant, tls = false }, port) => {
      return { kind: 'answers', ports: [port], clients, batch, together: entrant === 'strict', tls };
    },
  });
}

/** One sender whose lines go to everybody else. */
export function relayTo(receivers: number, against: Against): Figure {
  return series({
    name: `relay to ${receivers}, 64 lines a write`,
    ours: ours('relay', ...'--order free --deliver others --transform none'.split(' ')),
    against: against.map(([contender, atLeast]) => ({ contender, atLeast })),
    task: ({ dialect = 'bare' }, port) => ({ kind: 'relay', port, receivers, batch: 64, dialect }),
  });
}
