import type { Figure } from '../figure.ts';
import {
  asyncio,
  type Contender,
  floor,
  go,
  idleContender,
  naiveRelay,
  nats,
  ours,
  readline,
  redis,
  split2,
} from './contenders.ts';
import { idleFigure } from './idle.ts';
import { logFigures } from './log.ts';
import { series } from './series.ts';
import { watchFigures } from './watch.ts';

type Against = readonly (readonly [contender: Contender, atLeast: number])[];

function answers(name: string, own: Contender, clients: number, batch: number, against: Against): Figure {
  return series({
    name,
    ours: own,
    against: against.map(([contender, atLeast]) => ({ contender, atLeast })),
    task: (contender, port) => {
      return { kind: 'answers', ports: [port], clients, batch, together: contender.name === 'strict' };
    },
  });
}

const free = ours('free', '--order', 'free');

const batches = [10, 50].map((clients) =>
  answers(`free, 64 lines a write, ${clients} clients`, free, clients, 64, [
    [split2, 12],
    [readline, 12],
    [asyncio, 18],
    [go, 8],
    [floor, 0.6],
  ]),
);

const single = (
  [
    [1, 0.93],
    [10, 1.1],
    [100, 1.1],
    [1_000, 0.93],
  ] as const
).map(([clients, atLeast]) =>
  answers(`free, 1 line at a time, ${clients} ${clients === 1 ? 'client' : 'clients'}`, free, clients, 1, [
    [floor, atLeast],
  ]),
);

const strict = [3, 10].map((clients) =>
  answers(
    `strict, 64 lines a write, ${clients} clients`,
    ours('strict', '--clients', String(clients)),
    clients,
    64,
    [[free, 0.7]],
  ),
);

const relays = (
  [
    [3, 12, 1.5],
    [100, 25, 2],
    [1_000, 25, 2],
  ] as const
).map(([receivers, naive, broker]) =>
  series({
    name: `relay to ${receivers}, 64 lines a write`,
    ours: ours('relay', ...'--order free --deliver others --transform none'.split(' ')),
    against: [
      { contender: naiveRelay, atLeast: naive },
      { contender: redis, atLeast: broker },
      { contender: nats, atLeast: broker },
    ],
    task: ({ dialect = 'bare' }, port) => ({ kind: 'relay', port, receivers, batch: 64, dialect }),
  }),
);

/** The figures of `@proto/server`. */
export const serverFigures: readonly Figure[] = [
  ...batches,
  ...single,
  ...strict,
  ...relays,
  ...logFigures,
  ...watchFigures,
  idleFigure('bare net', idleContender(), floor, 1.25),
];
