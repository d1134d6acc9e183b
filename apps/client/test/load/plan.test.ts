import { expect, test } from 'vitest';
import { split } from '../../src/load/plan.ts';
import { PLAN } from './results.ts';

test('split: threads together do what one would', () => {
  const parts = split({ ...PLAN, clients: 10, rate: 1000 }, 4);
  expect(parts.map(({ clients }) => clients)).toEqual([3, 3, 2, 2]);
  expect(parts.reduce((sum, { rate = 0 }) => sum + rate, 0)).toBeCloseTo(1000);
  expect(new Set(parts.map(({ seed }) => seed)).size).toBe(4);
  expect(split({ ...PLAN, clients: 2 }, 4)).toHaveLength(2);
});
