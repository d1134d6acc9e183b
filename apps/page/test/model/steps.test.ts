import { expect, test } from 'vitest';
import { nextEvent, nextTurn } from '../../src/model/steps.ts';
import { chunks, factsOf, hello, join, turn } from './told.ts';

test('nextEvent: goes to the nearest moment at which something happened, both ways', () => {
  const facts = factsOf(hello(), join(5, 1), ...chunks(1, 'read', ['a\n', 'b\n']), turn(30, 1, 1, 'waiting'));
  expect(nextEvent(facts, 0, 1)).toBe(5);
  expect(nextEvent(facts, 10, 1)).toBe(20);
  expect(nextEvent(facts, 25, -1)).toBe(20);
  expect(nextEvent(facts, 30, 1)).toBeUndefined();
});

test('nextTurn: goes to where a turn ended, or to a served line where there are no turns', () => {
  const strict = factsOf(hello(), join(5, 1), turn(10, 1, 1, 'waiting'), turn(40, 1, 1, 'served'));
  expect(nextTurn(strict, 'main', 0, 1)).toBe(40);
  const fair = factsOf(
    hello({ order: 'fair' }),
    join(5, 1),
    ...chunks(1, 'read', ['a\n']),
    ...chunks(1, 'write', ['A\n'], { t: 50 }),
  );
  expect(nextTurn(fair, 'main', 0, 1)).toBe(50);
  expect(nextTurn(fair, 'other', 0, 1)).toBeUndefined();
});
