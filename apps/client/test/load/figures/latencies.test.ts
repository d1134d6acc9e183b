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
      const { p50, p90, p99, max, count } = latencies.summary();
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
  expect(both.summary().max).toBeCloseTo(1000, -1);
  both.clear();
  expect(both.summary().count).toBe(0);
});
