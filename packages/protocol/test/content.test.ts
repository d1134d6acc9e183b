import { expect, test } from 'vitest';
import { badByteAt, isContent, lineLimits } from '../src/index.ts';

const isAllowed = (unit: number): boolean => unit === 0x09 || (unit >= 0x20 && unit <= 0x7e);

test('isContent: HT and 0x20 to 0x7E, and nothing else of 16 bits', () => {
  const units = Array.from({ length: 0x1_0000 }, (_, unit) => unit);
  expect(units.filter((unit) => isContent(String.fromCharCode(unit)) !== isAllowed(unit))).toEqual([]);
});

test.each([
  ['', -1],
  ['a\tb ~', -1],
  ['a\n', 1],
  ['\u00e9', 0],
  ['ab\u{1f600}', 2],
])('badByteAt: in %j it is %i', (text, at) => {
  expect(badByteAt(text)).toBe(at);
  expect(isContent(text)).toBe(at === -1);
});

test("lineLimits: the server's lines may be 128 bytes longer", () => {
  expect(lineLimits(10)).toEqual({
    toServer: { charset: 'text', maxFrameBytes: 10 },
    toClient: { charset: 'text', maxFrameBytes: 138 },
  });
});
