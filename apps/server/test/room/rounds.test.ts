import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RoomRecord, Turn } from '../../src/room/records.ts';
import { singly } from './singly.ts';
import { House } from './house.ts';

const CLIENTS = [1, 2, 3, 4];
const client = fc.constantFrom(...CLIENTS);
const line = fc.constantFrom('', 'a', 'hello you');

/** Mostly runs of lines in strict order; and what ends a run, a round, or the ring as it is. */
const step = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({ client, lines: fc.array(line, { minLength: 1, maxLength: 40, size: 'max' }) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      client,
      say: fc.constantFrom('one', '/pass', '/join side', '/join main', '/to 1 x', '/to 9 x', '/name Bob'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ client, slow: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ client, fault: fc.constant(true) }) },
  { weight: 1, arbitrary: fc.record({ client, end: fc.constantFrom('end' as const, 'leave' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** After each step nothing is left over, so that the bound of what one record serves makes no difference. */
function run(
  house: House,
  steps: readonly Step[],
  lines: (id: number, lines: string[]) => RoomRecord[],
): void {
  house.join(...CLIENTS);
  for (const each of steps) {
    if ('lines' in each) for (const record of lines(each.client, each.lines)) house.apply(record);
    else if ('say' in each) house.say(each.client, each.say);
    else if ('slow' in each) house.apply({ type: 'slow', client: each.client, slow: each.slow });
    else if ('end' in each) house.apply({ type: each.end, client: each.client, reason: 'because' });
    else house.apply({ type: 'fault', client: each.client, code: 'FRAME_BARE_CR', text: 'Cannot read' });
    house.tick();
  }
  for (const each of CLIENTS) {
    house.apply({ type: 'slow', client: each, slow: false });
    house.tick();
  }
  house.apply({ type: 'quit', client: undefined, reason: 'end' });
  house.tick();
}

function inOneRun(id: number, lines: readonly string[]): RoomRecord[] {
  const text = lines.map((each) => `${each}\n`).join('');
  return [{ type: 'lines', client: id, text, count: lines.length }];
}

function oneByOne(id: number, lines: readonly string[]): RoomRecord[] {
  return lines.map((text) => ({ type: 'line', client: id, text }));
}

/** What became of every turn of each room, in order: rooms do not wait for each other. */
function turnsOf(house: House): Omit<Turn, 'before'>[] {
  return house.outcomes
    .flatMap(({ turns }) => singly(turns).map(({ before: _, ...turn }) => turn))
    .toSorted((a, b) => a.room.localeCompare(b.room));
}

function hasRounds(house: House): boolean {
  return house.outcomes.some(({ turns }) =>
    turns.some((turn) => 'ring' in turn && turn.count > turn.ring.length),
  );
}

describe('rounds', () => {
  test('rooms: rounds of runs are served as their lines one by one would be, turn by turn', () => {
    let withRounds = 0;
    const options = fc.record({
      deliver: fc.constantFrom('sender', 'sender', 'sender', 'others', 'all'),
      transform: fc.constantFrom('upper', 'none'),
      events: fc.boolean(),
      clients: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(options, fc.array(step, { maxLength: 40, size: 'max' }), (given, steps) => {
        const [whole, single] = [new House(given), new House(given)];
        run(whole, steps, inOneRun);
        run(single, steps, oneByOne);
        for (const each of CLIENTS) expect(whole.got(each)).toEqual(single.got(each));
        expect(turnsOf(whole)).toEqual(turnsOf(single));
        expect(whole.closed).toEqual(single.closed);
        if (hasRounds(whole)) withRounds++;
      }),
      { numRuns: 1_000 },
    );
    expect(withRounds).toBeGreaterThan(200);
  });

  test('rooms: held up while one is waited for and lines of others wait, until the tick', () => {
    const house = new House({ clients: 2 }).join(1, 2).tick();
    expect(house.rooms.isHeldUp).toBe(false);
    house.say(2, 'b');
    expect(house.rooms.isHeldUp).toBe(true);
    house.tick();
    expect(house.rooms.isHeldUp).toBe(false);
    house.say(2, 'c').say(1, 'a');
    expect(house.rooms.isHeldUp).toBe(true);
    house.say(1, 'aa');
    expect(house.rooms.isHeldUp).toBe(false);
  });

  test('rooms: what a record serves in rounds is bounded in bytes; a tick goes on', () => {
    const house = new House({ clients: 2 }).join(1, 2).hush();
    const lines = Array.from({ length: 60 }, (_, index) => `${index}`.padEnd(1_000, '.'));
    for (const id of [2, 1]) for (const record of inOneRun(id, lines)) house.apply(record);
    expect(house.outcomes.at(-1)).toMatchObject({ more: true });
    const bytes = house.outcomes
      .at(-1)!
      .deliveries.reduce((sum, delivery) => sum + ('run' in delivery ? delivery.end - delivery.from : 0), 0);
    expect(bytes).toBeGreaterThan(60_000);
    expect(bytes).toBeLessThanOrEqual(65_536 + 1_001);
    house.tick();
    for (const id of [1, 2]) expect(house.got(id).filter((each) => !each.startsWith('*'))).toHaveLength(60);
  });

  test('rooms: what a record serves in rounds is bounded in pieces; a tick goes on', () => {
    const ids = Array.from({ length: 100 }, (_, index) => index + 1);
    const house = new House({ clients: 100 }).join(...ids).hush();
    for (const id of ids.toReversed())
      for (const record of inOneRun(id, ['a', 'b', 'c'])) house.apply(record);
    expect(house.outcomes.at(-1)).toMatchObject({ more: true });
    expect(house.outcomes.at(-1)!.deliveries).toHaveLength(64);
    house.tick();
    expect(
      turnsOf(house)
        .slice(0, 300)
        .map((turn) => turn.client),
    ).toEqual([...ids, ...ids, ...ids]);
  });
});
