import { expect, test } from 'vitest';
import { pictures } from '../../src/load/pictures.ts';
import { resultOf } from './results.ts';

const LATENCIES = Array.from({ length: 500 }, (_, index) => 0.2 + (index % 50) / 10);

test('pictures: a histogram, the rate and p99 over time, within the columns', () => {
  for (const columns of [30, 80, 120, 500]) {
    const rows = pictures(resultOf(LATENCIES), { columns, ascii: false }).split('\n');
    expect(rows.filter((row) => /^[a-z]/.test(row))).toEqual([
      'lines by latency, ms',
      'rate over time, lines/s',
      'p99 over time, ms',
    ]);
    expect(Math.max(...rows.map(({ length }) => length))).toBeLessThanOrEqual(Math.min(columns, 120));
    expect(rows.join('')).toContain('█');
  }
});

test('pictures: in ASCII where it is asked for', () => {
  expect(pictures(resultOf(LATENCIES), { columns: 80, ascii: true })).toMatch(/^[\x20-\x7e\n]+$/);
});

test('pictures: none without a sample', () => {
  expect(pictures(resultOf([], { elapsedMs: 0 }), { columns: 80, ascii: false })).toBe('');
});
