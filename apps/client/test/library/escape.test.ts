import { expect, test } from 'vitest';
import { escape, escapeJson, excerpt } from '../../src/library/escape.ts';

test.each([
  ['plain \\ text ~', 'plain \\ text ~'],
  ['\u001b[2J\u0007', '\\x1b[2J\\x07'],
  ['a\tb\r\nc', 'a\\tb\\x0d\\x0ac'],
  ['\u007f\u009b\u2028', '\\x7f\\x9b\\u{2028}'],
  ['\u{1f600}', '\\u{1f600}'],
])('escape: %j is shown as %s', (text, want) => {
  expect(escape(text)).toBe(want);
});

test('escape: leaves nothing outside 0x20 to 0x7E', () => {
  const every = Array.from({ length: 0x3000 }, (_, point) => String.fromCodePoint(point)).join('');
  expect(escape(every)).toMatch(/^[\x20-\x7e]*$/);
});

test.each([
  ['a'.repeat(40), `"${'a'.repeat(40)}"`],
  ['a'.repeat(41), `"${'a'.repeat(40)}..."`],
  ['\u001b', '"\\x1b"'],
])('excerpt: %j is quoted as %s', (text, want) => {
  expect(excerpt(text)).toBe(want);
});

test('escapeJson: leaves nothing outside 0x20 to 0x7E, and reads back the same', () => {
  const every = Array.from({ length: 0x3000 }, (_, unit) => String.fromCharCode(unit)).join('');
  const json = escapeJson({ every });
  expect(json).toMatch(/^[\x20-\x7e]*$/);
  expect(JSON.parse(json)).toEqual({ every });
});
