import { expect, test } from 'vitest';
import { LinePool } from '../../../src/load/lines/line-pool.ts';

test.each([1, 2, 3, 4, 5, 32, 1000])(
  'LinePool: lines of %i bytes: each once, none a command or a quit',
  (size) => {
    const pool = new LinePool({ size, most: 8, reply: 'upper', seed: 7 });
    const lines = pool.slice(0, pool.count).toString('latin1').trimEnd().split('\n');
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines.length).toBeGreaterThanOrEqual(Math.min(1000, 35 ** size));
    for (const line of lines) expect(line).toMatch(new RegExp(`^[a-pr-z0-9]{${size}}$`));
    expect(pool.answers.toString('latin1')).toBe(pool.lines.toString('latin1').toUpperCase());
    expect([0, 5, pool.count - 1].map((line) => pool.indexOf(pool.answer(line)))).toEqual([
      0,
      5,
      pool.count - 1,
    ]);
    expect(pool.indexOf('?')).toBeUndefined();
  },
);

test('LinePool: behind the last line come the first ones again', () => {
  const pool = new LinePool({ size: 3, most: 64, reply: 'same', seed: 1 });
  const [last, again] = [pool.slice(pool.count - 1, 64), pool.slice(0, 63)];
  expect(last.subarray(pool.width).equals(again)).toBe(true);
  expect(pool.answer(pool.count + 2)).toBe(pool.answer(2));
});

test('LinePool: another seed gives other lines, the same seed the same', () => {
  const [a, b, c] = [1, 1, 2].map((seed) => new LinePool({ size: 32, most: 1, reply: 'same', seed }).lines);
  expect(a!.equals(b!)).toBe(true);
  expect(a!.equals(c!)).toBe(false);
});
