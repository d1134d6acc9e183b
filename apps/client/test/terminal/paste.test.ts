import { expect, test } from 'vitest';
import { parted, pasteNotice } from '../../src/terminal/paste.ts';

test.each([
  ['a', [], 'a'],
  ['a\n', ['a'], ''],
  ['a\rb\nc\r\nd', ['a', 'b', 'c'], 'd'],
  ['\n\n', ['', ''], ''],
  ['\ta\u2028b', ['\ta'], 'b'],
])('parted: %j', (text, lines, rest) => {
  expect(parted(text)).toMatchObject({ lines, rest, controls: 0 });
});

test('parted: leaves control characters out, and counts them and the bytes', () => {
  expect(parted('\u0003a\u001bü\u009b\u007f')).toEqual({ lines: [], rest: 'aü', bytes: 8, controls: 4 });
});

test.each([
  ['a', undefined],
  ['a\n', undefined],
  ['a\nb\n', 'pasted 2 lines, 4 bytes'],
  ['a\nb', 'pasted 2 lines, 3 bytes; the last one has no line end: press Enter to send it'],
  ['a\u0003', 'pasted 1 line, 2 bytes; 1 control character left out'],
  ['\u0003\u0003', 'pasted 0 lines, 2 bytes; 2 control characters left out'],
])('pasteNotice: %j', (text, want) => {
  expect(pasteNotice(parted(text))).toBe(want);
});
