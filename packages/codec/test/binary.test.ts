import { expect, test } from 'vitest';
import { contentToBytes } from '../src/binary.ts';
import { checkLimits } from '../src/limits.ts';

test('contentToBytes: bytes within the limit are not copied, and text is made into bytes', () => {
  const limits = checkLimits({ charset: 'bytes', maxFrameBytes: 2 }, {});
  const bytes = Uint8Array.of(1, 2);
  expect(contentToBytes(bytes, limits)).toBe(bytes);
  expect(contentToBytes('ab', limits)).toEqual(Uint8Array.of(0x61, 0x62));
  expect(() => contentToBytes(Uint8Array.of(1, 2, 3), limits)).toThrow(RangeError);
  const text = checkLimits({ maxFrameBytes: 2 }, {});
  const ascii = Uint8Array.of(0x61, 0x62);
  expect(contentToBytes(ascii, text)).toEqual(ascii);
  expect(contentToBytes(ascii, text)).not.toBe(ascii);
  expect(() => contentToBytes(Uint8Array.of(0x80), text)).toThrow(RangeError);
});
