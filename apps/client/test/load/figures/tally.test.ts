import { expect, test } from 'vitest';
import { Latencies } from '../../../src/load/figures/latencies.ts';
import { OverTime } from '../../../src/load/figures/over-time.ts';
import { merge, Tally } from '../../../src/load/figures/tally.ts';
import { resultOf } from '../results.ts';

test('merge: of several threads: sums, the longest time, the busiest loop, one histogram', () => {
  const both = merge([
    resultOf([1, 1, 1], { elapsedMs: 900, busy: 0.2, failures: { wrong: 1 }, causes: { x: 2 } }),
    resultOf([], { clients: 0, busy: 1, elapsedMs: 0 }),
    resultOf([9], { elapsedMs: 1000, busy: 0.7, failures: { wrong: 1, cut: 1 }, causes: { x: 1 } }),
  ]);
  expect(both).toMatchObject({
    clients: 2,
    sent: 4,
    answered: 4,
    elapsedMs: 1000,
    busy: 0.7,
    causes: { x: 3 },
  });
  expect(both.failures).toEqual({ wrong: 2, cut: 1 });
  expect(Latencies.parse(both.latencies).summary()).toMatchObject({ count: 4, p50: 1, max: 9.007 });
});

test('merge: of several threads: what they answered over time, and how many lines they owed when they stopped', () => {
  const { stop, overTime } = merge([
    resultOf([1, 2], { stop: { afterMs: 900, owed: 3 } }),
    resultOf([4], { stop: { afterMs: 1000, owed: 1 } }),
  ]);
  expect(stop).toEqual({ afterMs: 1000, owed: 4 });
  const { linesPerSecond } = OverTime.parse(overTime).course(1000);
  expect(linesPerSecond[0]).toBe(200);
});

test('Tally: a line that was due before the time began is answered, and not measured', () => {
  const tally = new Tally();
  tally.answer(2, 5, 10);
  tally.begin(100);
  tally.answer(3, 99, 104);
  tally.answer(4, 100, 105);
  tally.late(1, 99, 104);
  const { answered, measured, elapsedMs, latencies, lateness } = tally.result(1);
  expect({ answered, measured, elapsedMs }).toEqual({ answered: 9, measured: 4, elapsedMs: 5 });
  expect(Latencies.parse(latencies).count).toBe(4);
  expect(Latencies.parse(lateness).count).toBe(0);
});

test('Tally: nothing is measured of a run whose time never began', () => {
  const tally = new Tally();
  tally.answer(2, 5, 10);
  tally.end(7, 20);
  expect(tally.result(1)).toMatchObject({
    answered: 2,
    measured: 0,
    elapsedMs: 0,
    stop: { afterMs: 0, owed: 7 },
  });
});

test('Tally: a run is measured until it sends no more, and until the last answer', () => {
  const tally = new Tally();
  tally.begin(100);
  tally.answer(1, 100, 150);
  tally.end(1, 200);
  expect(tally.result(1).elapsedMs).toBe(100);
  tally.answer(1, 190, 260);
  expect(tally.result(1).elapsedMs).toBe(160);
});
