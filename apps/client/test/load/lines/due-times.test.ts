import { expect, test } from 'vitest';
import { DueTimes } from '../../../src/load/lines/due-times.ts';

/** What is taken out, as pairs. */
function taken(due: DueTimes, count: number): [number, number][] {
  const pairs: [number, number][] = [];
  due.take(count, (at, lines) => pairs.push([at, lines]));
  return pairs;
}

test('DueTimes: lines come out in the stretches in which they were due', () => {
  const due = new DueTimes();
  due.push(1, 3);
  due.push(2, 2);
  expect(taken(due, 4)).toEqual([
    [1, 3],
    [2, 1],
  ]);
  expect(taken(due, 9)).toEqual([[2, 1]]);
  expect(taken(due, 1)).toEqual([]);
});

test('DueTimes: each line is unwritten once, after a backlog was taken away too', () => {
  const due = new DueTimes();
  const unwritten: number[] = [];
  for (let at = 1; at <= 5_000; at++) {
    due.push(at, 1);
    // Written from time to time, and answered somewhat later: thousands are given up at a time.
    if (at % 700 === 0) unwritten.push(...[...due.unwritten()].map(([time]) => time));
    if (at % 2_200 === 0) expect(taken(due, 1_500)).toHaveLength(1_500);
  }
  unwritten.push(...[...due.unwritten()].map(([time]) => time));
  expect(unwritten).toEqual(Array.from({ length: 5_000 }, (_, index) => index + 1));
});
