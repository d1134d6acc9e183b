import { expect, test } from 'vitest';
import { Latencies } from '../../../src/load/figures/latencies.ts';
import { merge } from '../../../src/load/figures/tally.ts';
import { resultOf } from '../results.ts';

test('merge: of several threads: sums, the longest time, the busiest loop, one histogram', () => {
  const both = merge([
    resultOf([1, 1, 1], { elapsedMs: 900, busy: 0.2, failures: { wrong: 1 } }),
    resultOf([9], { elapsedMs: 1000, busy: 0.7, failures: { wrong: 1, cut: 1 }, trouble: 'x' }),
  ]);
  expect(both).toMatchObject({
    clients: 2,
    sent: 4,
    answered: 4,
    elapsedMs: 1000,
    busy: 0.7,
    trouble: 'x',
  });
  expect(both.failures).toEqual({ wrong: 2, cut: 1 });
  expect(Latencies.parse(both.latencies).summary()).toMatchObject({ count: 4, p50: 1, max: 9.007 });
});
