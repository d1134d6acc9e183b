import { expect, test } from 'vitest';
import { count, gist, listed, ordinal, quoted, seconds, shown, size } from '../../src/model/words.ts';

test('seconds: tenths, whole seconds, minutes', () => {
  expect([0, 449, 9_949, 9_951, 99_400, 120_000].map(seconds).join(', ')).toBe(
    '0.0 s, 0.4 s, 9.9 s, 10 s, 99 s, 2 min',
  );
});

test('count: the noun agrees with the number', () => {
  expect([1, 0, 1_200].map((n) => count(n, 'line')).join(', ')).toBe('1 line, 0 lines, 1,200 lines');
});

test('size: bytes in the largest unit that fits', () => {
  expect([1_023, 1_024, 40_960, 1_048_576, 52_428_800].map(size).join(', ')).toBe(
    '1023 B, 1.0 KiB, 40 KiB, 1.0 MiB, 50 MiB',
  );
});

test('shown: text of a peer stays on its line and within its length', () => {
  expect(shown('a\nb\u001b[2J\u202e')).toBe('a·b·[2J·');
  expect(shown('0123456789', 6)).toBe('01234…');
  expect(quoted('hi')).toBe('“hi”');
});

test('ordinal: 1st, 2nd, 3rd, 4th, and the teens', () => {
  expect([1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal).join(' ')).toBe(
    '1st 2nd 3rd 4th 11th 12th 13th 21st 112th',
  );
});

test('listed: commas, and `and` before the last', () => {
  expect([[], ['a'], ['a', 'b'], ['a', 'b', 'c']].map(listed)).toEqual(['', 'a', 'a and b', 'a, b and c']);
});

test('gist: differs if something happened, not if only time passes or numbers grow a little', () => {
  expect(gist('“a”, for 3.1 s.')).toBe(gist('“a”, for 3.4 s.'));
  expect(gist('12,345 lines a second. 11 lines of 30 clients wait.')).toBe(
    gist('11,999 lines a second. 14 lines of 31 clients wait.'),
  );
  expect(gist('2 lines of client 3 wait')).not.toBe(gist('3 lines of client 3 wait'));
  expect(gist('Turn 14. Waiting for client 12.')).not.toBe(gist('Turn 15. Waiting for client 13.'));
});
