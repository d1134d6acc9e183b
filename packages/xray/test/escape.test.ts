import { expect, test } from 'vitest';
import { escape, escapeJson } from '../src/index.ts';

const every =
  Array.from({ length: 0x3000 }, (_, unit) => String.fromCharCode(unit)).join('') + '\u{1f600}\ud800';

test.each([
  ['plain \\ text ~', 'plain \\ text ~'],
  ['\u001b[2J\u0007', '\\x1b[2J\\x07'],
  ['a\tb\r\nc', 'a\\tb\\r\\nc'],
  ['\u007f\u009b\u2028', '\\x7f\\x9b\\u{2028}'],
  ['\u{1f600}', '\\u{1f600}'],
  ['\ud800', '\\u{d800}'],
])('escape: %j is shown as %s', (text, want) => {
  expect(escape(text)).toBe(want);
});

test('escape: leaves only 0x20 to 0x7E, and twice is the same as once', () => {
  expect(escape(every)).toMatch(/^[\x20-\x7e]*$/);
  expect(escape(escape(every))).toBe(escape(every));
});

test('escape: shows no two characters the same way', () => {
  const chars = Array.from(every);
  expect(new Set(chars.map(escape)).size).toBe(chars.length);
});

test('escapeJson: leaves only 0x20 to 0x7E, and reads back the same', () => {
  const json = escapeJson(JSON.stringify({ every }));
  expect(json).toMatch(/^[\x20-\x7e]*$/);
  expect(JSON.parse(json)).toEqual({ every });
});
