import type { Figure } from '../figure.ts';
import { answers, free, relayTo } from './asked.ts';
import { floor, idleContender, nats, ours, redis, secure, secureFloor } from './contenders.ts';
import { idleFigure } from './idle.ts';
import { openPageFigures } from './page.ts';

const single = (
  [
    [10, 1.05],
    [100, 1],
    [1_000, 1],
  ] as const
).map(([clients, atLeast]) =>
  answers(`free, 1 line at a time, ${clients} clients`, free, clients, 1, [[floor, atLeast]]),
);

const batches = [10, 50].map((clients) =>
  answers(`free, 64 lines a write, ${clients} clients`, free, clients, 64, [[floor, 0.92]]),
);

const strict = (
  [
    [3, 0.8],
    [10, 0.85],
  ] as const
).map(([clients, atLeast]) =>
  answers(
    `strict, 64 lines a write, ${clients} clients`,
    ours('strict', ['--clients', String(clients)]),
    clients,
    64,
    [[free, atLeast]],
  ),
);

const relays = (
  [
    [3, 2],
    [100, 3.5],
    [1_000, 7],
  ] as const
).map(([receivers, atLeast]) =>
  relayTo(receivers, [
    [nats, atLeast],
    [redis, atLeast],
  ]),
);

/** The figures of `@proto/server`: what is asked of it, and kept in the history. */
export const serverFigures: readonly Figure[] = [
  ...single,
  ...batches,
  ...strict,
  answers('TLS, 64 lines a write, 10 clients', secure(), 10, 64, [[secureFloor, 0.8]]),
  ...openPageFigures,
  ...relays,
  idleFigure('bare net', idleContender(), floor, 1.3),
];
