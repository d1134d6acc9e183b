import { expect, test } from 'vitest';
import { Arrivals } from '../../../src/load/lines/arrivals.ts';

test('Arrivals: steady: a multiple of the gap, for days', () => {
  const arrivals = new Arrivals({ arrival: 'steady', rate: 3, random: Math.random });
  const times = Array.from({ length: 3_000_001 }, () => arrivals.next());
  expect(times[0]).toBe(0);
  expect(times[3_000_000]).toBeCloseTo(1_000_000_000, 3);
});

test('Arrivals: poisson: gaps that are exponential, a thousand a second on average', () => {
  let state = 0;
  const random = (): number => (state = (state + 0.6180339887498949) % 1);
  const arrivals = new Arrivals({ arrival: 'poisson', rate: 1000, random });
  const times = Array.from({ length: 100_000 }, () => arrivals.next());
  const gaps = times.slice(1).map((time, index) => time - times[index]!);
  expect(times.at(-1)! / 100_000).toBeCloseTo(1, 1);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
  // Longer than the mean: 1 in e.
  expect(gaps.filter((gap) => gap > 1).length / gaps.length).toBeCloseTo(1 / Math.E, 2);
});
