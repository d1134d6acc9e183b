import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import wabt from 'wabt';
import { type Charset, isCleanText, isSingle } from '../src/charset.ts';
import { isFault, lines } from '../src/index.ts';
import { delimited } from '../src/framings/index.ts';
import { findPlainText, isPlainText as found, MODULE, portable } from '../src/plain-text.ts';

const isPlain = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || [0x09, 0x0a, 0x0d].includes(byte);

// `look`: how many bytes are looked at in one go. The portable one has no such number.
describe.each([
  { name: 'by WebAssembly', isPlainText: found, look: 65_536, most: 108 },
  { name: 'portable', isPlainText: portable, look: 1_000, most: 33 },
])('isPlainText, $name', ({ isPlainText, look, most }) => {
  test('isPlainText: every byte at every position of every length', () => {
    const wrong: string[] = [];
    const buffer = new Uint8Array(112);
    for (const length of [0, 1, 15, 16, 17, 31, 32, 33, 67, 108]) {
      if (length > most) continue;
      const bytes = buffer.subarray(3, 3 + length);
      for (let at = 0; at < length; at++) {
        for (let byte = 0; byte < 0x100; byte++) {
          bytes.fill(0x41);
          bytes[at] = byte;
          if (isPlainText(bytes) !== isPlain(byte))
            wrong.push(`0x${byte.toString(16)} at ${at} of ${length}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });

  test('isPlainText: looks at its bytes and no further, and remembers none of the last look', () => {
    for (let length = 0; length < 72; length++) {
      expect(isPlainText(new Uint8Array(72))).toBe(false);
      const longer = new Uint8Array(length + 8).fill(0x41).fill(0, length);
      expect(isPlainText(longer.subarray(0, length))).toBe(true);
    }
  });

  test('isPlainText: a line end beside it hides nothing', () => {
    for (const end of [0x09, 0x0a, 0x0d]) {
      const bytes = new Uint8Array(64).fill(end);
      expect(isPlainText(bytes)).toBe(true);
      for (let at = 0; at < bytes.length; at++) {
        for (const bad of [0x00, 0x08, 0x0b, 0x0c, 0x0e, 0x1f, 0x7f, 0x80, 0xff]) {
          bytes[at] = bad;
          expect(isPlainText(bytes)).toBe(false);
        }
        bytes[at] = end;
      }
    }
  });

  test('isPlainText: more bytes than one look takes', () => {
    for (const length of [look - 1, look, look + 1, 2 * look, 3 * look + 5]) {
      const bytes = new Uint8Array(length).fill(0x41);
      expect(isPlainText(bytes)).toBe(true);
      for (const at of [0, look - 1, look, 2 * look, length - 1]) {
        if (at >= length) continue;
        bytes[at] = 0x07;
        expect(isPlainText(bytes)).toBe(false);
        bytes[at] = 0x41;
      }
    }
  });
});

test('isPlainText: where WebAssembly is not there, is forbidden or has no SIMD it is the portable one', () => {
  expect(findPlainText(globalThis as Parameters<typeof findPlainText>[0])).not.toBe(portable);
  expect(findPlainText({})).toBe(portable);
  const refused = function (): never {
    throw new Error('refused by the page');
  } as unknown as new () => never;
  expect(findPlainText({ WebAssembly: { Module: refused, Instance: refused } })).toBe(portable);
});

test('isPlainText: what is compiled is what `plain-text.wat` says', async () => {
  const source = readFileSync(new URL('../src/plain-text.wat', import.meta.url), 'utf8');
  const assembler = await wabt();
  const { buffer } = assembler.parseWat('plain-text.wat', source, { simd: true }).toBinary({});
  expect(MODULE).toBe(Buffer.from(buffer).toString('base64'));
});

test('isCleanText: what each charset lets through without a look at each line', () => {
  const texts = { plain: 'a\r\n', control: 'a\0\n', high: 'a\x80\n' };
  const clean = (charset: 'text' | 'ascii' | 'latin1' | 'utf8'): boolean[] =>
    Object.values(texts).map((text) => isCleanText(charset, Buffer.from(text, 'latin1')));
  expect(clean('text')).toEqual([true, false, false]);
  expect(clean('ascii')).toEqual([true, true, false]);
  expect(clean('utf8')).toEqual([true, true, false]);
  expect(clean('latin1')).toEqual([true, true, true]);
});

function count(charset: Charset): number {
  return Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => isSingle(charset, byte)).length;
}

test('isSingle: the bytes of each charset', () => {
  expect([count('text'), count('ascii'), count('utf8'), count('latin1'), count('bytes')]).toEqual([
    96, 128, 128, 256, 256,
  ]);
  expect([0x08, 0x09, 0x0a, 0x1f, 0x20, 0x7e, 0x7f].map((byte) => isSingle('text', byte))).toEqual([
    false,
    true,
    false,
    false,
    true,
    true,
    false,
  ]);
});

/** Both sides of each border that a lead byte may set. */
const SECONDS = [0x00, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff];

test('utf8: well-formed is what a fatal TextDecoder takes: every lead byte, every border of a second byte', () => {
  const framing = lines({ charset: 'utf8' });
  const strict = new TextDecoder('utf-8', { fatal: true });
  const takes = (bytes: Uint8Array): boolean => {
    try {
      return strict.decode(bytes).length > 0;
    } catch {
      return false;
    }
  };
  const wrong: string[] = [];
  for (let lead = 0x80; lead <= 0xff; lead++) {
    for (const second of SECONDS) {
      for (const rest of [[], [0x80], [0xbf, 0x80], [0x80, 0xc0]]) {
        const line = Uint8Array.of(lead, second, ...rest);
        const frame = framing
          .decoder()
          .push(Uint8Array.of(...line, 0x0a))
          .read();
        if (isFault(frame!) === takes(line)) wrong.push(line.join(' '));
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('text: a control byte in a long frame is found, where all of it is ASCII', () => {
  const framing = delimited({ delimiters: ';', charset: 'text' });
  const frame = `${'x'.repeat(400)}\x07${'x'.repeat(400)};`;
  const [fault] = framing.decoder().push(Buffer.from(frame, 'latin1'));
  expect(fault).toEqual({ code: 'FRAME_BAD_BYTE', offset: 400, byte: 0x07, charset: 'text' });
});
