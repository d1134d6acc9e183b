import { expect, test } from 'vitest';
import { type Charset, isCleanText, isSingle } from '../src/charset.ts';
import { isFault, lines } from '../src/index.ts';
import { delimited } from '../src/framings/index.ts';
import { isPlainText } from '../src/plain-text.ts';

const isPlain = (byte: number): boolean => (byte >= 0x20 && byte < 0x7f) || [0x09, 0x0a, 0x0d].includes(byte);

test('isPlainText: every ASCII byte at every place of every length, aligned or not', () => {
  const wrong: string[] = [];
  const buffer = new Uint8Array(112);
  for (let begin = 0; begin < 4; begin++) {
    for (const length of [0, 1, 3, 4, 5, 31, 32, 35, 67, 108]) {
      const bytes = buffer.subarray(begin, begin + length);
      for (let at = 0; at < length; at++) {
        for (let byte = 0; byte < 0x80; byte++) {
          bytes.fill(0x41);
          bytes[at] = byte;
          if (isPlainText(bytes) !== isPlain(byte))
            wrong.push(`0x${byte.toString(16)} at ${at} of ${length}`);
        }
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('isPlainText: looks at its bytes and no further, to the end of the memory', () => {
  for (let begin = 0; begin < 4; begin++) {
    for (let length = 0; length < 72; length++) {
      const memory = new Uint8Array(begin + length).fill(0x41);
      const longer = new Uint8Array(begin + length + 8).fill(0x41).fill(0, begin + length);
      expect(isPlainText(memory.subarray(begin))).toBe(true);
      expect(isPlainText(longer.subarray(begin, begin + length))).toBe(true);
    }
  }
});

test('isPlainText: a line end beside it hides nothing', () => {
  for (const end of [0x09, 0x0a, 0x0d]) {
    const bytes = new Uint8Array(64).fill(end);
    expect(isPlainText(bytes)).toBe(true);
    for (let at = 0; at < bytes.length; at++) {
      for (const bad of [0x00, 0x08, 0x0b, 0x0c, 0x0e, 0x1f, 0x7f]) {
        bytes[at] = bad;
        expect(isPlainText(bytes)).toBe(false);
      }
      bytes[at] = end;
    }
  }
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

test('utf8: well-formed is what a fatal TextDecoder takes: every lead byte, every second byte', () => {
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
    for (let second = 0; second <= 0xff; second++) {
      if (second === 0x0a || second === 0x0d) continue;
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
  expect(fault).toEqual({ code: 'FRAME_BAD_BYTE', offset: 400, byte: 0x07 });
});
