import fc from 'fast-check';
import { expect, test } from 'vitest';
import { binsOf } from '../../../src/load/figures/bins.ts';
import { Latencies } from '../../../src/load/figures/latencies.ts';

test('binsOf: at most twelve, one after the other, and each latency is in one of them', () => {
  const ms = fc.double({ min: 0.001, max: 3_600_000, noNaN: true });
  fc.assert(
    fc.property(fc.array(ms, { minLength: 1, maxLength: 100 }), (values) => {
      const latencies = new Latencies();
      for (const value of values) latencies.record(value, 1);
      const recorded = [...latencies.recorded()];
      const bins = binsOf(recorded);
      expect(bins.length).toBeLessThanOrEqual(12);
      expect(bins[0]!.from).toBeLessThanOrEqual(recorded[0]!.ms);
      for (const [index, { from, to, count }] of bins.entries()) {
        expect(to).toBeGreaterThan(from);
        if (index > 0) expect(from).toBe(bins[index - 1]!.to);
        const inside = recorded.filter((each) => each.ms >= from && each.ms < to);
        expect(count).toBe(inside.reduce((sum, each) => sum + each.count, 0));
      }
      expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(values.length);
    }),
  );
});

test('binsOf: as narrow as twelve allow, with round bounds', () => {
  const at = (...values: number[]) => binsOf(values.map((ms) => ({ ms, count: 1 })));
  expect(at(1.14, 1.46).map(({ from, to }) => [from, to])).toEqual([
    [1.1, 1.2],
    [1.2, 1.3],
    [1.3, 1.4],
    [1.4, 1.5],
  ]);
  expect(at(0.3, 90).map(({ from }) => from)).toEqual([0.2, 0.5, 1, 2, 5, 10, 20, 50]);
  expect(at()).toEqual([]);
});
