import { ERROR_CODES, parseServerLine } from '@proto/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Rooms } from '../../src/room/rooms.ts';
import { singly } from './singly.ts';
import { House } from './house.ts';

const CLIENTS = 3;
const client = fc.integer({ min: 1, max: CLIENTS });

/** What may happen, most of it lines: a client without a seat is let in first. */
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('line' as const),
      client,
      text: fc.constantFrom('a', 'b', '', '* x', '//y', '/to 1 z'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('line' as const),
      client,
      text: fc.constantFrom('/pass', '/who', '/name Bob', '/join side', '/join main', '/nope', '/to 9'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('fault' as const), client }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constantFrom('end' as const, 'leave' as const, 'skip' as const), client }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('slow' as const), client, slow: fc.boolean() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('done' as const),
      client,
      text: fc.constantFrom('A', undefined, 'a\nb'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('tick' as const), client }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Mostly lines, faults, and going from room to room while a handler is at work. */
const restless = fc.oneof(
  fc.record({
    do: fc.constant('line' as const),
    client,
    text: fc.constantFrom('a', '/join side', '/join main'),
  }),
  fc.record({ do: fc.constantFrom('fault' as const, 'tick' as const), client }),
  fc.record({ do: fc.constant('done' as const), client, text: fc.constant('A') }),
);

const options = fc.record({
  order: fc.constantFrom('strict', 'fair', 'free'),
  deliver: fc.constantFrom('sender', 'others', 'all'),
  transform: fc.constantFrom('upper', 'none', 'handler', 'handler'),
  clients: fc.integer({ min: 1, max: 3 }),
});

/** The same steps with every line and fault numbered, and a handler that gives back what it got. */
function numbered(steps: readonly Step[]): Step[] {
  return steps.map((each, n) =>
    each.do === 'line' && !each.text.startsWith('/') ? { ...each, text: `${n}` as 'a' } : each,
  );
}

/** Runs the steps, then a quit, and everything it waits for. Says how many answers each client is owed. */
function run(house: House, steps: readonly Step[], echo = false): Map<number, number> {
  const owed = new Map<number, number>();
  const over = new Set<number>();
  let settled = 0;
  const settle = (text: string | undefined): void => {
    if (settled < house.work.length) house.done(settled, { text: echo ? house.work[settled]?.text : text });
    settled = Math.min(settled + 1, house.work.length);
  };
  for (const [n, each] of steps.entries()) {
    if (!owed.has(each.client)) {
      owed.set(each.client, 0);
      house.join(each.client);
    }
    const isOver = over.has(each.client);
    if (each.do === 'tick') house.tick();
    else if (each.do === 'done') settle(each.text);
    else if (isOver) continue;
    else if (each.do === 'line') {
      house.say(each.client, each.text);
      const isMessage =
        !each.text.startsWith('/') || each.text.startsWith('//') || each.text.startsWith('/to');
      if (isMessage) owed.set(each.client, (owed.get(each.client) ?? 0) + 1);
    } else if (each.do === 'fault') {
      house.apply({
        type: 'fault',
        client: each.client,
        code: 'FRAME_BARE_CR',
        text: `Cannot read frame ${n}`,
      });
      owed.set(each.client, (owed.get(each.client) ?? 0) + 1);
    } else if (each.do === 'slow') house.apply({ type: 'slow', client: each.client, slow: each.slow });
    else if (each.do === 'skip') {
      const turn = house.rooms.roomOf(each.client)?.turn ?? 0;
      house.apply({ type: 'skip', client: each.client, turn, reason: 'because' });
    } else {
      house.apply({ type: each.do, client: each.client, reason: 'because' });
      over.add(each.client);
      if (each.do === 'leave') owed.set(each.client, Number.NaN);
    }
  }
  for (const each of owed.keys()) house.apply({ type: 'slow', client: each, slow: false });
  house.apply({ type: 'quit', client: undefined, reason: 'end' });
  house.tick();
  while (settled < house.work.length) {
    settle('Z');
    house.tick();
  }
  return owed;
}

function answers(lines: readonly string[]): number {
  return lines.filter((line) => {
    const read = parseServerLine(line);
    if (read?.kind === 'reply') return true;
    if (read?.event.verb === 'OK') return true;
    return (
      read?.event.verb === 'ERR' && ERROR_CODES[read.event.code as keyof typeof ERROR_CODES] === 'answer'
    );
  }).length;
}

describe('rooms', () => {
  test('rooms: the same records give the same deliveries, byte for byte, after a trip through JSON', () => {
    fc.assert(
      fc.property(options, fc.array(step, { maxLength: 60 }), (given, steps) => {
        const house = new House(given);
        run(house, steps);
        const again = new Rooms({
          ...given,
          maxSkips: 'none',
          addresses: 'shown',
          events: true,
          quit: 'all',
          maxRooms: 1_000,
        });
        const recorded = JSON.parse(JSON.stringify(house.records)) as typeof house.records;
        const replayed = recorded.map((record) => again.apply(record));
        expect(JSON.stringify(replayed)).toBe(JSON.stringify(house.outcomes));
      }),
      { numRuns: 500 },
    );
  });

  test('rooms: every message gets exactly one answer, BYE is the last line, and nothing is left over', () => {
    fc.assert(
      fc.property(options, fc.array(fc.oneof(restless, step), { maxLength: 80 }), (given, steps) => {
        const house = new House(given);
        const owed = run(house, steps);
        for (const [each, count] of owed) {
          if (Number.isNaN(count)) continue;
          const got = house.got(each);
          expect(answers(got)).toBe(count);
          expect(got.filter((line) => line.startsWith('* BYE'))).toHaveLength(1);
          expect(got.at(-1)).toMatch(/^\* BYE /);
          expect(house.closed.filter((closed) => closed === each)).toHaveLength(1);
        }
        expect(house.rooms.all.size).toBe(0);
      }),
      { numRuns: 5_000 },
    );
  });

  test("rooms: a client's answers come in the order of its lines", () => {
    fc.assert(
      fc.property(options, fc.array(fc.oneof(restless, step), { maxLength: 80 }), (given, steps) => {
        const house = new House({ ...given, deliver: 'sender' });
        const owed = run(house, numbered(steps), true);
        for (const each of owed.keys()) {
          const numbers = house
            .got(each)
            .flatMap((line) => /^(?:\* ERR FRAME_BARE_CR Cannot read frame )?(\d+)$/.exec(line)?.[1] ?? [])
            .map(Number);
          expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
        }
      }),
      { numRuns: 5_000 },
    );
  });

  test('rooms: strict order serves nobody twice before everybody present was served or skipped', () => {
    const joined = fc.record({ do: fc.constant('line' as const), client, text: fc.constant('a') });
    fc.assert(
      fc.property(fc.array(fc.oneof(joined, step), { maxLength: 80 }), (steps) => {
        const house = new House({ order: 'strict', clients: 2 });
        run(
          house,
          steps.filter((each) => each.do !== 'line' || !each.text.startsWith('/join')),
        );
        const present = new Set<number>();
        const since = new Map<number, Set<number>>();
        for (const { came, left, turns, quits } of house.outcomes) {
          for (const { client: id } of came) present.add(id);
          if (quits.length > 0) return;
          for (const { client: id } of left) {
            present.delete(id);
            for (const missing of since.values()) missing.delete(id);
          }
          for (const { client: id, state } of singly(turns)) {
            if (state === 'waiting') continue;
            const seen = since.get(id);
            // Whoever was here all the time must have had a turn in between.
            if (seen) for (const other of seen) expect({ id, other }).toBe('missed');
            for (const missing of since.values()) missing.delete(id);
            since.set(id, new Set([...present].filter((other) => other !== id)));
          }
          for (const { client: id } of left) since.delete(id);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
