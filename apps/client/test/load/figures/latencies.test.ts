import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Latencies } from '../../../src/load/figures/latencies.ts';

test('Latencies: percentiles are those of the sorted values, to three digits', () => {
  const ms = fc.double({ min: 0.001, max: 3_600_000, noNaN: true });
  fc.assert(
    fc.property(fc.array(ms, { minLength: 1, maxLength: 300 }), (values) => {
      const latencies = new Latencies();
      for (const value of values) latencies.record(value, 1);
      const sorted = values.toSorted((a, b) => a - b);
      const { p50, p90, p99, max, count } = latencies.summary()!;
      const at = (part: number): number => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;
      expect(count).toBe(values.length);
      for (const [got, want] of [
        [p50, at(0.5)],
        [p90, at(0.9)],
        [p99, at(0.99)],
        [max, at(1)],
      ] as const)
        expect(Math.abs(got - want)).toBeLessThanOrEqual(0.001 + want * 0.001);
    }),
  );
});

test('Latencies: what is written reads back, and adds up', () => {
  const [low, high] = [new Latencies(), new Latencies()];
  low.record(1, 99);
  high.record(1000, 1);
  const both = Latencies.parse(low.toString());
  both.add(Latencies.parse(high.toString()));
  expect(both.summary()).toMatchObject({ count: 100, p50: 1, p99: 1 });
  expect(both.summary()!.max).toBeCloseTo(1000, -1);
  expect([...both.recorded()]).toEqual([
    { ms: 1, count: 99 },
    { ms: expect.closeTo(1000, -1), count: 1 },
  ]);
});

test('Latencies: the standard deviation is that of the values', () => {
  const latencies = new Latencies();
  for (const ms of [2, 4, 4, 4, 5, 5, 7, 9]) latencies.record(ms, 1);
  const { mean, stdev } = latencies.summary()!;
  expect(mean).toBeCloseTo(5, 1);
  expect(stdev).toBeCloseTo(2, 1);
});

test('Latencies: without a sample there is no figure', () => {
  expect(new Latencies().summary()).toBeUndefined();
  expect(new Latencies().at(99)).toBeUndefined();
  expect([...new Latencies().recorded()]).toEqual([]);
});
