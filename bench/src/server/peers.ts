import type { Figure } from '../figure.ts';
import { answers, free, relayTo } from './asked.ts';
import { asyncio, go, naiveRelay, readline, split2 } from './contenders.ts';

const batches = [10, 50].map((clients) =>
  answers(`free, 64 lines a write, ${clients} clients`, free, clients, 64, [
    [split2, 12],
    [readline, 12],
    [asyncio, 18],
    [go, 8],
  ]),
);

const relays = (
  [
    [3, 12],
    [100, 25],
    [1_000, 25],
  ] as const
).map(([receivers, atLeast]) => relayTo(receivers, [[naiveRelay, atLeast]]));

/** `@proto/server` beside servers of lines as one writes them first: a line, a write. */
export const peerFigures: readonly Figure[] = [...batches, ...relays];
