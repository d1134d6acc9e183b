import type { Figure } from '../figure.ts';
import { answers, relayTo } from './asked.ts';
import { deferred, floor, framed, nats, relayOnce, rounds } from './contenders.ts';

const single = [10, 100, 1_000].flatMap((clients) =>
  [deferred, framed].map((own) =>
    answers(`${own.name}, 1 line at a time, ${clients} clients`, own, clients, 1, [[floor]]),
  ),
);

const batches = [10, 50].flatMap((clients) =>
  [deferred, framed].map((own) =>
    answers(`${own.name}, 64 lines a write, ${clients} clients`, own, clients, 64, [[floor]]),
  ),
);

const strict = [3, 10].map((clients) =>
  answers(`strict order alone, 64 lines a write, ${clients} clients`, rounds(clients), clients, 64, [
    [deferred],
  ]),
);

const relays = [3, 100, 1_000].map((receivers) => relayTo(receivers, [[nats]], relayOnce));

/** The smallest programs of Node that do one part of what `@proto/server` does: what it could reach, not what it is asked. */
export const floorFigures: readonly Figure[] = [...single, ...batches, ...strict, ...relays];
