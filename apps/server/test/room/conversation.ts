import fc from 'fast-check';
import type { RoomsOptions } from '../../src/room/rooms.ts';
import type { House } from './house.ts';

const CLIENTS = [1, 2, 3, 4];
const client = fc.constantFrom(...CLIENTS);
const room = fc.constantFrom('main', 'main', 'side');

type Step =
  | { readonly client: number; readonly say: string }
  | { readonly client: number; readonly lines: number }
  | { readonly client: number; readonly fault: true }
  | { readonly client: number; readonly slow: boolean }
  | { readonly client: number; readonly over: 'end' | 'leave' }
  | { readonly client: number; readonly skip: number }
  | { readonly client: number; readonly join: true }
  | { readonly done: string | undefined }
  | { readonly tick: boolean }
  | { readonly room: string; readonly hold: boolean }
  | { readonly room: string; readonly turns: number }
  | { readonly client: number; readonly kick: true }
  | { readonly tell: string | undefined };

/** Whatever may happen; clients come and go, and take lines that wait from room to room. */
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      client,
      say: fc.constantFrom('a', 'b', '', '* x', '//y', '/to 1 z', '/to Bob w'),
    }),
  },
  { weight: 5, arbitrary: fc.record({ client, lines: fc.constantFrom(1, 2, 3, 7, 100) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      client,
      say: fc.constantFrom(
        '/pass',
        '/who',
        '/room',
        '/name Bob',
        '/name Ann',
        '/join side',
        '/join side',
        '/join main',
        '/join third',
        '/nope',
      ),
    }),
  },
  { weight: 2, arbitrary: fc.record({ client, fault: fc.constant(true as const) }) },
  { weight: 3, arbitrary: fc.record({ client, slow: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ client, over: fc.constantFrom('end' as const, 'leave' as const) }) },
  { weight: 1, arbitrary: fc.record({ client, skip: fc.constantFrom(0, 0, 1) }) },
  { weight: 4, arbitrary: fc.record({ done: fc.constantFrom('A', undefined, 'a\nb', 'E') }) },
  { weight: 3, arbitrary: fc.record({ tick: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ room, hold: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ room, turns: fc.nat(3) }) },
  { weight: 1, arbitrary: fc.record({ client, kick: fc.constant(true as const) }) },
  { weight: 1, arbitrary: fc.record({ tell: fc.constantFrom('main', 'side', undefined) }) },
  { weight: 2, arbitrary: fc.record({ client, join: fc.constant(true as const) }) },
);

/** Lines, faults, and going from room to room while a handler is at work. */
const restless = fc.oneof(
  fc.record({ client, say: fc.constantFrom('a', '/join side', '/join main') }),
  fc.record({ client, fault: fc.constant(true as const) }),
  fc.record({ done: fc.constant('A') }),
);

const quit = fc.record({ client, say: fc.constant('/quit ok') });
const late = fc.oneof({ weight: 9, arbitrary: step }, { weight: 1, arbitrary: quit });
// Quits come late, or little would happen after them.
export const steps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    fc.array(fc.oneof(step, restless), { maxLength: 80, size: 'max' }),
    fc.oneof(
      fc.array(late, { maxLength: 40, size: 'max' }),
      fc.array(restless, { maxLength: 20, size: 'max' }),
    ),
  )
  .map((parts) => parts.flat());

/** Under every kind of options. */
export const options: fc.Arbitrary<RoomsOptions> = fc.record({
  order: fc.constantFrom('strict' as const, 'fair' as const, 'free' as const),
  deliver: fc.constantFrom('sender' as const, 'others' as const, 'all' as const),
  transform: fc.constantFrom('upper' as const, 'none' as const, 'handler' as const, 'handler' as const),
  clients: fc.integer({ min: 1, max: 3 }),
  addresses: fc.constantFrom('shown' as const, 'hidden' as const),
  maxSkips: fc.constantFrom('none' as const, 1, 2),
  events: fc.constantFrom(true, true, true, false),
  quit: fc.constantFrom('all' as const, 'room' as const, 'self' as const),
  maxRooms: fc.constantFrom(2, 1_000),
});

/** Runs the steps, then a quit, and everything it waits for. The house keeps the records. */
export function run(house: House, all: readonly Step[]): void {
  let settled = 0;
  // A client's number is never given twice: who comes again has another.
  const numbers = new Map(CLIENTS.map((each) => [each, each]));
  house.join(1, 2, 3);
  for (const [n, each] of all.entries()) {
    const who = 'client' in each ? (numbers.get(each.client) ?? 0) : 0;
    if ('say' in each) house.say(who, each.say);
    else if ('lines' in each) {
      const lines = Array.from({ length: each.lines }, (_, index) => `${n}.${index}\n`);
      house.apply({ type: 'lines', client: who, text: lines.join(''), count: lines.length });
    } else if ('fault' in each) {
      house.apply({ type: 'fault', client: who, code: 'FRAME_BARE_CR', text: `Cannot read frame ${n}` });
    } else if ('slow' in each) house.apply({ type: 'slow', client: who, slow: each.slow });
    else if ('over' in each) house.apply({ type: each.over, client: who, reason: 'because' });
    else if ('skip' in each) {
      const turn = (house.rooms.roomOf(who)?.turn ?? 0) + each.skip;
      house.apply({ type: 'skip', client: who, turn, reason: 'late' });
    } else if ('tick' in each) {
      if (each.tick) house.tick();
      else house.apply({ type: 'tick' });
    } else if ('hold' in each) house.apply({ type: 'hold', room: each.room, on: each.hold });
    else if ('turns' in each) house.apply({ type: 'step', room: each.room, turns: each.turns });
    else if ('kick' in each) house.apply({ type: 'kick', whom: who, reason: 'because' });
    else if ('tell' in each) house.apply({ type: 'say', room: each.tell, text: 'soon' });
    else if ('join' in each) {
      if (house.rooms.roomOf(who) !== undefined) continue;
      numbers.set(each.client, house.records.length + 10);
      house.join(house.records.length + 10);
    } else if (settled < house.work.length) {
      house.done(settled++, each.done === 'E' ? { error: 'Cannot' } : { text: each.done });
    }
  }
  for (const each of numbers.values()) house.apply({ type: 'slow', client: each, slow: false });
  house.apply({ type: 'quit', client: undefined, reason: 'end' });
  house.tick();
  while (settled < house.work.length) house.done(settled++, { text: 'Z' }).tick();
}
