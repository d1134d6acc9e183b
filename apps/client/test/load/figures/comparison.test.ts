import { expect, test } from 'vitest';
import { compare, otherLoad } from '../../../src/load/figures/comparison.ts';

const summary = { count: 1, mean: 1, stdev: 0.5, p50: 1, p90: 2, p99: 3, p999: 4, max: 8 };

test('compare: every figure, before and now, and by how much it has changed', () => {
  const rows = compare(
    { linesPerSecond: 1000, latencyMs: summary },
    { linesPerSecond: 1100, latencyMs: { ...summary, max: 4 } },
  );
  expect(rows[0]).toEqual({ name: 'rate, lines/s', before: '1,000', now: '1,100', change: '+10.0 %' });
  expect(rows.at(-1)).toEqual({ name: 'max, ms', before: '8.00', now: '4.00', change: '-50.0 %' });
  expect(rows.map(({ name }) => name)).toEqual([
    'rate, lines/s',
    ...['mean', 'stdev', 'p50', 'p90', 'p99', 'p99.9', 'max'].map((name) => `${name}, ms`),
  ]);
});

test('compare: no sample has no change', () => {
  const [, mean] = compare({ linesPerSecond: 0, latencyMs: null }, { linesPerSecond: 0, latencyMs: summary });
  expect(mean).toEqual({ name: 'mean, ms', before: 'no sample', now: '1.00', change: '' });
});

test('otherLoad: names what differs, and what only one of them has', () => {
  expect(otherLoad({ clients: 5, size: 32, rate: 9 }, { clients: 6, size: 32, lines: 1 })).toEqual([
    'clients 6, before 5',
    'rate none, before 9',
    'lines 1, before none',
  ]);
});
