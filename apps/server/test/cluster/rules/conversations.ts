import type { RoomsOptions } from '../../../src/room/rooms.ts';
import { DEFAULTS } from '../../room/house.ts';
import { seeded } from '../sim.ts';
import { chatter } from './chatter.ts';
import type { Conversation } from './replay.ts';
import { SCENES } from './scenes.ts';
import { Scribe } from './scribe.ts';

/** How many conversations are made of seeded chatter. */
const SEEDS = 36;

/** Everything that is recorded: what was thought of, and chatter under all kinds of options. The same at each call. */
export function conversations(): Conversation[] {
  const scenes = SCENES.map(({ name, options: given, play }) => {
    const options = { ...DEFAULTS, ...given };
    const scribe = new Scribe(options);
    play(scribe);
    return { name, options, entries: scribe.entries };
  });
  const seeds = Array.from({ length: SEEDS }, (_, seed) => {
    const options = optionsOf(seed);
    const scribe = new Scribe(options);
    chatter(scribe, seeded(seed + 1));
    const { order, deliver, transform, quit } = options;
    return { name: `${seed} ${order} ${deliver} ${transform} ${quit}`, options, entries: scribe.entries };
  });
  return [...scenes, ...seeds];
}

/** Each pair of values of two options comes up. */
function optionsOf(seed: number): RoomsOptions {
  const pick = <T>(of: readonly T[], step: number): T => of[Math.floor(seed / step) % of.length]!;
  return {
    order: pick(['strict', 'fair', 'free'], 1),
    deliver: pick(['sender', 'others', 'all'], 3),
    transform: pick(['upper', 'handler', 'none', 'handler'], 9),
    quit: (['all', 'room', 'self'] as const)[(seed + Math.floor(seed / 3)) % 3]!,
    maxSkips: 'none',
    addresses: 'shown',
    clients: 1 + ((seed + Math.floor(seed / 9)) % 3),
    events: seed % 5 !== 4,
    maxRooms: seed % 2 === 0 ? 2 : 1_000,
  };
}
