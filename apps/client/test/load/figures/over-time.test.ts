import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OverTime } from '../../../src/load/figures/over-time.ts';

test('OverTime: a rate and a p99 for each interval, nothing where nothing was answered', () => {
  const overTime = new OverTime();
  for (let at = 0; at < 10; at++) overTime.record(at, at < 9 ? 1 : 5, 10);
  overTime.record(25, 3, 1);
  expect(overTime.course(30)).toEqual({
    intervalMs: 10,
    linesPerSecond: [10_000, 0, 100],
    p99Ms: [expect.closeTo(5, 1), null, expect.closeTo(3, 1)],
  });
});

test('OverTime: a last interval that has just begun is part of the one before', () => {
  const overTime = new OverTime();
  overTime.record(5, 1, 10);
  overTime.record(11, 1, 1);
  expect(overTime.course(11)).toMatchObject({ linesPerSecond: [1000] });
  expect(new OverTime().course(0)).toMatchObject({ linesPerSecond: [], p99Ms: [] });
});

test('OverTime: has at most 128 intervals, however long a run is, and loses no line', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(86_400_000), { minLength: 1, maxLength: 50 }), (times) => {
      const overTime = new OverTime();
      for (const at of times) overTime.record(at, 1, 1);
      const { intervals, intervalMs } = overTime.toText();
      expect(intervals.length).toBeLessThanOrEqual(128);
      const elapsedMs = intervals.length * intervalMs;
      const { linesPerSecond } = overTime.course(elapsedMs);
      const lines = linesPerSecond.reduce((sum, rate) => sum + (rate * intervalMs) / 1000, 0);
      // Each rate is rounded.
      expect(Math.abs(lines - times.length)).toBeLessThanOrEqual((intervals.length * intervalMs) / 2000);
    }),
  );
});

test('OverTime: fits as many columns as there are', () => {
  const overTime = new OverTime();
  for (let at = 0; at < 1280; at++) overTime.record(at, 1, 1);
  const { linesPerSecond, intervalMs } = overTime.course(1280, 50);
  expect({ count: linesPerSecond.length, intervalMs }).toEqual({ count: 32, intervalMs: 40 });
});

test('OverTime: what is written reads back, and adds up with intervals of another length', () => {
  const [short, long] = [new OverTime(), new OverTime()];
  short.record(5, 1, 3);
  long.record(5, 9, 1);
  long.record(2000, 1, 2);
  const both = OverTime.parse(short.toText());
  both.add(OverTime.parse(long.toText()));
  const { intervalMs, linesPerSecond, p99Ms } = both.course(2020);
  expect(intervalMs).toBe(20);
  expect([linesPerSecond[0], linesPerSecond.at(-1)]).toEqual([200, 100]);
  expect(p99Ms[0]).toBeCloseTo(9, 0);
});

test('OverTime: shows the time after the last answer, too', () => {
  const overTime = new OverTime();
  overTime.record(5, 1, 10);
  expect(overTime.course(40)).toMatchObject({ linesPerSecond: [1000, 0, 0, 0] });
  expect(overTime.course(10_000).linesPerSecond).toHaveLength(125);
});
