import type { Random } from '../random.ts';
import type { Plan } from './plan.ts';

const WHILES = [30, 100, 300, 1_000, 5_000] as const;

/** Options at random, within their bounds. Small limits are likely: they are reached. */
export function optionsAtRandom(random: Random): { options: Plan['options']; handler: boolean } {
  const order = random.pick(['strict', 'strict', 'fair', 'free'] as const);
  const handler = random.chance(0.25);
  const isExposed = random.chance(0.2);
  const never = (share: number): number | 'never' => (random.chance(share) ? 'never' : random.pick(WHILES));
  const none = <T>(share: number, value: () => T): T | 'none' => (random.chance(share) ? 'none' : value());
  const maxLineBytes = random.pick([1, 8, 32, 64, 256, 1_024]);
  const options: Plan['options'] = {
    host: isExposed ? '0.0.0.0' : '127.0.0.1',
    order,
    deliver: random.pick(['sender', 'sender', 'others', 'all'] as const),
    ...(!handler && { transform: random.pick(['upper', 'upper', 'none'] as const) }),
    clients: random.pick(order === 'strict' ? [1, 2, 3] : [1, 1, 2]),
    quit: random.pick(['all', 'room', 'self', 'self'] as const),
    events: random.chance(0.9) ? 'on' : 'off',
    addresses: random.pick(['shown', 'hidden'] as const),
    greetingGuard: random.chance(0.9) ? 'on' : 'off',
    joinWith: random.chance(0.85) ? 'connection' : 'line',
    turnTimeoutMs: never(0.3),
    maxSkips: none(0.6, () => random.int(1, 3)),
    partialLineTimeoutMs: never(0.5),
    idleTimeoutMs: never(0.7),
    outboxTimeoutMs: never(0.5),
    endedTimeoutMs: never(0.6),
    handlerTimeoutMs: random.pick([50, 200, 1_000]),
    graceMs: random.pick([0, 100, 1_000, 5_000]),
    lingerMs: random.pick([0, 50, 300]),
    maxLineBytes,
    maxQueuedLines: random.pick([1, 2, 4, 64, 64]),
    // The longest line has to fit four times.
    maxOutboxBytes: Math.max(4 * (maxLineBytes + 384), random.pick([4_096, 16_384, 65_536, 1_048_576])),
    maxMemoryBytes: random.chance(0.9) ? 67_108_864 : 1_048_576,
    maxErrors: random.pick([1, 2, 4, 100]),
    maxClients: random.chance(0.85) ? 100 : random.int(1, 4),
    maxClientsPerAddress: none(0.8, () => random.int(1, 2)),
    maxConnectsPerSecond: none(0.9, () => 1),
    maxLinesPerSecond: none(0.8, () => random.pick([1, 10, 100])),
    maxCausedBytesPerSecond: none(0.8, () => random.pick([1_000, 10_000])),
    maxRooms: random.pick([1, 2, 1_000]),
  };
  return { options, handler };
}
