import { expect, test } from 'vitest';
import { excerpt } from '../../src/library/excerpt.ts';

test.each([
  ['a'.repeat(40), `"${'a'.repeat(40)}"`],
  ['a'.repeat(41), `"${'a'.repeat(40)}..."`],
  ['\u001b', '"\\x1b"'],
])('excerpt: %j is quoted as %s', (text, want) => {
  expect(excerpt(text)).toBe(want);
});
