import { expect, test } from 'vitest';
import { Latencies } from '../../../src/load/figures/latencies.ts';
import { percentileCurve, percentileTicks } from '../../../src/load/figures/percentiles.ts';

test('percentileCurve: goes as far as there are samples to tell, and never down', () => {
  const latencies = new Latencies();
  for (let ms = 1; ms <= 1000; ms++) latencies.record(ms, 1);
  const points = percentileCurve(latencies);
  expect(points[0]).toEqual({ nines: 0, percentile: 0, ms: 1 });
  expect(points.at(-1)!.nines).toBeCloseTo(3);
  expect(points.find(({ nines }) => nines === 1)!.ms).toBeCloseTo(900, 0);
  expect(points.map(({ ms }) => ms)).toEqual(points.map(({ ms }) => ms).toSorted((a, b) => a - b));
  expect(percentileCurve(new Latencies())).toEqual([]);
});

test('percentileTicks: a mark for each nine', () => {
  expect(percentileTicks(2.5).map(({ label }) => label)).toEqual(['0 %', '90 %', '99 %']);
});
