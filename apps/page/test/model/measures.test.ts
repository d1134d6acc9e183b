import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jain, loopOf, restsOf, turnsOf, waitsOf } from '../../src/model/measures.ts';
import { present } from '../../src/model/moment.ts';
import { chunks, factsOf, hello, join, row, tick, turn } from './told.ts';

test('jain: lies between 1/n and 1, and is 1 only where all are equal', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 30 }), (shares) => {
      const index = jain(shares);
      const isNothing = shares.every((share) => share === 0);
      expect(index === undefined).toBe(isNothing);
      expect(index ?? 1).toBeGreaterThanOrEqual(1 / shares.length - 1e-9);
      expect(index ?? 1).toBeLessThanOrEqual(1 + 1e-9);
      expect((index ?? 1) > 1 - 1e-12).toBe(new Set(shares).size === 1);
    }),
  );
});

test('turnsOf: counts lines answered in the last minute, of clients that had a line', () => {
  const facts = factsOf(
    hello(),
    join(0, 1),
    join(0, 2),
    join(0, 3),
    ...chunks(1, 'read', ['a\nb\n']),
    ...chunks(1, 'write', ['A\nB\n'], { t: 20 }),
    ...chunks(2, 'read', ['c\n'], { t: 25 }),
  );
  const here = present(facts, 'main', 30);
  expect(turnsOf(here, 30, false).got.map(({ lines }) => lines)).toEqual([2, 0, 0]);
  expect(turnsOf(here, 30, false).index).toBe(0.5);
  expect(turnsOf(here, 60_021, false).got.map(({ lines }) => lines)).toEqual([0, 0, 0]);
});

test('turnsOf: of a crowd it counts what the server said', () => {
  const facts = factsOf(hello(), join(0, 1), { k: 'people', t: 5, rows: [row(1, 1, { served: 40 })] });
  expect(turnsOf(present(facts, 'main', 9), 9, true)).toMatchObject({ index: 1, got: [{ lines: 40 }] });
});

test('waitsOf: a line that waits counts up to now', () => {
  const facts = factsOf(
    hello(),
    join(0, 1),
    ...chunks(1, 'read', ['a\nb\n']),
    ...chunks(1, 'write', ['A\n'], { t: 20 }),
  );
  expect(waitsOf(present(facts, 'main', 510), 510)).toMatchObject([{ seat: 1, longest: 500, median: 500 }]);
});

test('restsOf: bins rests by their length and their end', () => {
  const rest = (t: number, ms: number, end: 'served' | 'skipped') =>
    ({ k: 'waited', t, room: 'main', c: 1, ms, end }) as const;
  const told = [
    rest(0, 0, 'served'),
    rest(1, 99, 'skipped'),
    rest(2, 100, 'served'),
    rest(3, 45_000, 'served'),
  ];
  const facts = factsOf(hello(), ...told);
  const { bins, ms } = restsOf(facts.room('main'), 10);
  expect(ms).toBe(45_199);
  expect(bins.map(({ served }) => served)).toEqual([1, 1, 0, 0, 0, 0, 0, 1]);
  expect(bins.map(({ skipped }) => skipped)).toEqual([1, 0, 0, 0, 0, 0, 0, 0]);
  expect(restsOf(facts.room('main'), 1).ms).toBe(99);
});

test('restsOf: the wait that goes on counts up to the moment', () => {
  const ended = { k: 'waited', t: 800, room: 'main', c: 1, ms: 600, end: 'served' } as const;
  const facts = factsOf(
    hello(),
    turn(200, 1, 1, 'waiting'),
    turn(800, 1, 1, 'served'),
    ended,
    turn(900, 2, 2, 'waiting'),
  );
  expect(restsOf(facts.room('main'), 400)).toMatchObject({ ms: 200, open: 1 });
  expect(restsOf(facts.room('main'), 850)).toMatchObject({ ms: 600, open: undefined });
  expect(restsOf(facts.room('main'), 3_000)).toMatchObject({ ms: 2_700, open: 4 });
});

test('loopOf: gives the delays of the span, up to the moment', () => {
  const facts = factsOf(hello(), ...[1, 2, 3, 4].map((n) => tick(n * 10, { loopMs: n })));
  expect(loopOf(facts, 30, 20).map(({ ms }) => ms)).toEqual([2, 3]);
});

test('waitsOf: a line whose answer was left out does not wait, once the server says that nothing does', () => {
  const facts = factsOf(
    hello(),
    join(0, 1),
    ...chunks(1, 'read', ['a\n'], { t: 10 }),
    { k: 'people', t: 500, rows: [row(1, 1, { served: 1, waiting: 0 })] },
    { k: 'people', t: 2_000, rows: [row(1, 1, { served: 1, waiting: 0 })] },
    ...chunks(1, 'read', ['b\n'], { t: 2_010, from: 2 }),
    ...chunks(1, 'write', ['B\n'], { t: 2_020 }),
  );
  expect(waitsOf(present(facts, 'main', 1_900), 1_900)).toEqual([]);
  expect(waitsOf(present(facts, 'main', 2_100), 2_100)).toMatchObject([{ seat: 1, longest: 10 }]);
});

test('restsOf: a rest that a quit ends still counts', () => {
  const quit = { k: 'quit', t: 4_000, scope: 'all', reason: 'end', told: [1, 2] } as const;
  const facts = factsOf(hello(), join(0, 1), join(0, 2), turn(1_000, 1, 1, 'waiting'), quit, tick(5_000));
  const { bins, ms } = restsOf(facts.room('main'), 5_000);
  expect([bins.reduce((sum, { left }) => sum + left, 0), ms]).toEqual([1, 3_000]);
});

test('marks: a turn that was lost and a blocked event loop are in the log', () => {
  const facts = factsOf(hello(), join(0, 1), turn(10, 7, 1, 'skipped'), tick(20, { loopMs: 190 }));
  expect(facts.marks.map(({ text }) => text).slice(-2)).toEqual([
    'client 1 lost turn 7',
    'the event loop was blocked for 190 ms',
  ]);
});
