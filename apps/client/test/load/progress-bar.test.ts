import { expect, test } from 'vitest';
import { barText } from '../../src/load/progress-bar.ts';

test('barText: shows how far, how fast and how wrong', () => {
  expect(barText({ done: 0.5, rate: 1_234_567, failures: 3 })).toBe(
    '[############------------]  50 %  1,234,567 lines/s  3 wrong',
  );
});
