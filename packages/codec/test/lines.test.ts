import { runInNewContext } from 'node:vm';
import { describe, expect, test, vi } from 'vitest';
import { type Frame, lines, type LinesOptions } from '../src/index.ts';
import { host } from '../src/host.ts';
import { everySplit } from '../src/testing/index.ts';
import { unwire, wire } from './wire.ts';

interface Row {
  readonly name: string;
  readonly options?: LinesOptions;
  readonly wire: string;
  readonly want: readonly (Frame | Uint8Array)[];
}

const tooLong = { code: 'FRAME_TOO_LONG', limit: 3 } as const;
const rows: readonly Row[] = [
  {
    name: '1 LF and CRLF end a line, an empty line is a line',
    wire: 'a\nb\r\n\r\n\n',
    want: ['a', 'b', '', ''],
  },
  { name: '1 lf: CR is content', options: { terminator: 'lf' }, wire: 'a\r\n\r\n', want: ['a\r', '\r'] },
  {
    name: '1 crlf: only CRLF ends a line',
    options: { terminator: 'crlf' },
    wire: 'MAIL\r\n.\n\r\nQUIT\r\n',
    want: ['MAIL', { code: 'FRAME_BARE_LF', offset: 7 }, 'QUIT'],
  },
  {
    name: '1 crlf: a lone CR is a fault, and so is CR CR LF',
    options: { terminator: 'crlf' },
    wire: 'a\rb\r\nc\r\r\nd\r\n',
    want: [{ code: 'FRAME_BARE_CR', offset: 1 }, { code: 'FRAME_BARE_CR', offset: 6 }, 'd'],
  },
  {
    name: '3 L-1, L, L+1 with LF',
    options: { maxFrameBytes: 3 },
    wire: 'ab\nabc\nabcd\nz\n',
    want: ['ab', 'abc', { ...tooLong, offset: 10 }, 'z'],
  },
  {
    name: '3 L-1, L, L+1 with CRLF',
    options: { maxFrameBytes: 3 },
    wire: 'ab\r\nabc\r\nabcd\r\nz\r\n',
    want: ['ab', 'abc', { ...tooLong, offset: 12 }, 'z'],
  },
  {
    name: '3 a CR at content byte L+1 waits for the next byte',
    options: { maxFrameBytes: 3 },
    wire: 'abc\rd\nabc\r\r\nz\n',
    want: [{ code: 'FRAME_BARE_CR', offset: 3 }, { code: 'FRAME_BARE_CR', offset: 9 }, 'z'],
  },
  {
    name: '3 truncate keeps the first L bytes, looks at no more',
    options: { maxFrameBytes: 3, onOverflow: 'truncate' },
    wire: 'abcd\x80\r\r\nz\n',
    want: ['abc', 'z'],
  },
  {
    name: '3 truncate keeps whole characters',
    options: { maxFrameBytes: 3, onOverflow: 'truncate', charset: 'utf8' },
    wire: 'ab\xc3\xa9\nz\n',
    want: ['ab', 'z'],
  },
  {
    name: '4 one fault a line, the first; the lines around it are unharmed',
    options: { charset: 'text', maxFrameBytes: 3 },
    wire: 'a\na\x00\x80bcd\rx\nb\n',
    want: ['a', { code: 'FRAME_BAD_BYTE', offset: 3, byte: 0, charset: 'text' }, 'b'],
  },
  {
    name: '4 text: DEL and bytes above it do not belong, HT does',
    options: { charset: 'text' },
    wire: '\t~ \n\x7f\n\x80\n',
    want: [
      '\t~ ',
      { code: 'FRAME_BAD_BYTE', offset: 4, byte: 0x7f, charset: 'text' },
      { code: 'FRAME_BAD_BYTE', offset: 6, byte: 0x80, charset: 'text' },
    ],
  },
  {
    name: '4 ascii: controls belong, 0x80 does not',
    wire: '\x00\x7f\n\x80\n',
    want: ['\x00\x7f', { code: 'FRAME_BAD_BYTE', offset: 3, byte: 0x80, charset: 'ascii' }],
  },
  {
    name: '4 latin1: every byte is one character',
    options: { charset: 'latin1' },
    wire: '\x80\x9f\xff\n',
    want: ['\x80\x9f\xff'],
  },
  {
    name: '4 utf8: the fault is at the first byte of the ill-formed sequence',
    options: { charset: 'utf8' },
    wire: 'a\xe2\x82\xac\n\xe2\x82\n\xed\xa0\x80\n\xc0\xaf\n\xef\xbb\xbfz\n',
    want: [
      'a€',
      { code: 'FRAME_BAD_BYTE', offset: 5, byte: 0xe2, charset: 'utf8' },
      { code: 'FRAME_BAD_BYTE', offset: 8, byte: 0xed, charset: 'utf8' },
      { code: 'FRAME_BAD_BYTE', offset: 12, byte: 0xc0, charset: 'utf8' },
      '\ufeffz',
    ],
  },
  {
    name: '4 bytes: frames are Uint8Array',
    options: { charset: 'bytes' },
    wire: '\x00\xff\n\n',
    want: [Uint8Array.of(0, 255), Uint8Array.of()],
  },
  {
    name: '5 a cut tail is a fault',
    wire: 'a\nbc',
    want: ['a', { code: 'FRAME_INCOMPLETE', offset: 4, bytes: 2 }],
  },
  {
    name: '5 a held CR is a cut tail',
    wire: 'a\nbc\r',
    want: ['a', { code: 'FRAME_INCOMPLETE', offset: 5, bytes: 3 }],
  },
  {
    name: '5 a tail already reported adds nothing',
    options: { maxFrameBytes: 3 },
    wire: 'abcdef\r',
    want: [{ ...tooLong, offset: 3 }],
  },
  {
    name: '5 a tail cut to the limit is not a frame',
    options: { maxFrameBytes: 3, onOverflow: 'truncate' },
    wire: 'abcdef',
    want: [{ code: 'FRAME_INCOMPLETE', offset: 6, bytes: 6 }],
  },
  { name: '5 nothing is left of a stream that ends with its line', wire: 'a\r\n', want: ['a'] },
];

describe('lines', () => {
  test.each(rows)('lines: $name', ({ options, wire: text, want }) => {
    expect(() => everySplit<string | Uint8Array>(lines(options), wire(text), want)).not.toThrow();
    // Long enough for the window, and with the rows in the middle of it.
    const long = lines({ ...options, maxFrameBytes: options?.maxFrameBytes ?? 100 }).decoder();
    const padding = 'xy\r\n'.repeat(20);
    const frames = [...long.push(wire(padding + text)).end()];
    const moved = want.map((frame) =>
      typeof frame === 'object' && 'code' in frame
        ? { ...frame, offset: frame.offset + padding.length }
        : frame,
    );
    expect(frames.slice(20)).toEqual(moved);
  });

  test('lines: 4 a fault is reported as soon as it is certain', () => {
    const decoder = lines({ maxFrameBytes: 3 }).decoder();
    expect([...decoder.push(wire('abc'))]).toEqual([]);
    expect([...decoder.push(wire('d'))]).toEqual([{ code: 'FRAME_TOO_LONG', offset: 3, limit: 3 }]);
    expect([...decoder.push(wire('efgh'))]).toEqual([]);
    expect(decoder.partialBytes).toBe(8);
    expect([...decoder.push(wire('\nz\n'))]).toEqual(['z']);
    expect(decoder.offset).toBe(11);
  });

  test('lines: 2 a chunk may be overwritten once read() has returned undefined', () => {
    const decoder = lines().decoder();
    const chunk = wire('x'.repeat(40));
    expect([...decoder.push(chunk)]).toEqual([]);
    chunk.fill(0x2a);
    expect([...decoder.push(wire('\n'))]).toEqual(['x'.repeat(40)]);
  });

  test('lines: offset and partialBytes say what the frames returned so far have used', () => {
    const decoder = lines({ charset: 'text' }).decoder();
    decoder.push(wire(`${'a'.repeat(40)}\r\nb\x00c\nd\nef\r`));
    expect(decoder.read()).toHaveLength(40);
    expect([decoder.offset, decoder.partialBytes]).toEqual([42, 0]);
    expect(decoder.read()).toEqual({ code: 'FRAME_BAD_BYTE', offset: 43, byte: 0, charset: 'text' });
    expect([decoder.offset, decoder.partialBytes]).toEqual([42, 2]);
    expect(decoder.read()).toBe('d');
    expect([decoder.offset, decoder.partialBytes]).toEqual([48, 0]);
    expect(decoder.read()).toBeUndefined();
    expect([decoder.offset, decoder.partialBytes]).toEqual([48, 3]);
    expect(decoder.end().read()).toEqual({ code: 'FRAME_INCOMPLETE', offset: 51, bytes: 3 });
    expect([decoder.offset, decoder.partialBytes]).toEqual([51, 0]);
    expect(decoder.read()).toBeUndefined();
  });

  test('lines: a reader may stop in the middle of a chunk and go on later', () => {
    const decoder = lines().decoder();
    for (const line of decoder.push(wire('a\nb\nc\n'))) if (line === 'a') break;
    decoder.push(wire('d\n'));
    expect([...decoder]).toEqual(['b', 'c', 'd']);
  });

  test('lines: push after end() and push of anything but bytes throw', () => {
    const decoder = lines().decoder();
    // @ts-expect-error -- what a socket with an encoding gives
    expect(() => decoder.push('a\n')).toThrow(new TypeError('Cannot push string: expected a Uint8Array'));
    const carrying = lines().decoder().push(wire('a line begun'));
    carrying.read();
    for (const value of [undefined, 'a\n', Int8Array.of(97), { BYTES_PER_ELEMENT: 1, length: 1 }]) {
      // @ts-expect-error -- what a caller without types may do
      expect(() => carrying.push(value)).toThrow(
        new TypeError(`Cannot push ${typeof value}: expected a Uint8Array`),
      );
    }
    expect([...carrying.push(wire('\n'))]).toEqual(['a line begun']);
    decoder.end();
    for (const text of ['', 'a\n']) {
      expect(() => decoder.push(wire(text))).toThrow(
        new TypeError(`Cannot push ${text.length} bytes: end() was already called`),
      );
    }
  });

  test('lines: a chunk of another realm is one as well', () => {
    const foreign: unknown = runInNewContext('Uint8Array.of(0x61, 0x0a)');
    expect(foreign).not.toBeInstanceOf(Uint8Array);
    // @ts-expect-error -- types know one realm
    expect([...lines().decoder().push(foreign)]).toEqual(['a']);
  });

  test.each([
    {
      options: { maxFrameBytes: 0 },
      text: 'Cannot make framing: maxFrameBytes is 0, expected an integer from 1 to 268435456',
    },
    {
      options: { maxFrameBytes: 268435457 },
      text: 'Cannot make framing: maxFrameBytes is 268435457, expected an integer from 1 to 268435456',
    },
    {
      options: { maxTakeBytes: 1.5 },
      text: 'Cannot make framing: maxTakeBytes is 1.5, expected an integer from 1 to 268435456',
    },
    {
      options: { onOverflow: 'ignore' },
      text: 'Cannot make framing: onOverflow is ignore, expected error, truncate',
    },
    {
      options: { terminator: 'cr' },
      text: 'Cannot make framing: terminator is cr, expected either, lf, crlf',
    },
    {
      options: { charset: 'utf16' },
      text: 'Cannot make framing: charset is utf16, expected text, ascii, latin1, utf8, bytes',
    },
  ])('lines: $text', ({ options, text }) => {
    expect(() => Reflect.apply(lines, undefined, [options])).toThrow(new RangeError(text));
  });
});

describe('lines encode', () => {
  const refused = [
    {
      options: {},
      frame: 'a\nb',
      text: 'Cannot encode frame: 0x0A at index 1 could be read as a mark of the framing',
    },
    {
      options: {},
      frame: 'ab\r',
      text: 'Cannot encode frame: 0x0D at index 2 could be read as a mark of the framing',
    },
    {
      options: { charset: 'text' },
      frame: 'a\x7f',
      text: 'Cannot encode frame: 0x7F at index 1 is not allowed in charset text',
    },
    {
      options: { charset: 'latin1' },
      frame: 'Ċ',
      text: 'Cannot encode frame: 0x10A at index 0 is not allowed in charset latin1',
    },
    {
      options: { charset: 'utf8' },
      frame: 'a\ud800',
      text: 'Cannot encode frame: 0xD800 at index 1 is not allowed in charset utf8',
    },
    {
      options: { charset: 'utf8' },
      frame: Uint8Array.of(0x61, 0xc3),
      text: 'Cannot encode frame: 0xC3 at index 1 is not allowed in charset utf8',
    },
    {
      options: { maxFrameBytes: 3 },
      frame: 'abcd',
      text: 'Cannot encode frame: it has 4 bytes, the limit is 3',
    },
    {
      options: { maxFrameBytes: 3, charset: 'utf8' },
      frame: 'éé',
      text: 'Cannot encode frame: it has 4 bytes, the limit is 3',
    },
  ] as const;
  test.each(refused)('lines: 6 encode refuses: $text', ({ options, frame, text }) => {
    expect(() => lines(options).encode(frame)).toThrow(new RangeError(text));
  });

  test.each([
    { options: { terminator: 'either' }, frame: 'a', want: 'a\n' },
    { options: { terminator: 'lf' }, frame: 'a\r', want: 'a\r\n' },
    { options: { terminator: 'crlf' }, frame: '', want: '\r\n' },
    { options: { charset: 'utf8' }, frame: 'é', want: '\xc3\xa9\n' },
    { options: { charset: 'bytes' }, frame: '\x00\xff', want: '\x00\xff\n' },
  ] as const)('lines: 6 encode and encodeToLatin1 give the same bytes: $want', ({ options, frame, want }) => {
    const framing = lines(options);
    expect([unwire(framing.encode(frame)), framing.encodeToLatin1(frame)]).toEqual([want, want]);
  });
});

test('lines: 1 in a chunk of many windows, short lines among long ones, each with its offset', () => {
  const length = (index: number): number => (index % 3 === 0 ? 5 : 512 + ((index * 97) % 300));
  const all = Array.from({ length: 90 }, (_, index) => `${index}`.padEnd(length(index), 'x'));
  const decoder = lines().decoder();
  let offset = 0;
  for (let chunk = 0; chunk < 3; chunk++) {
    decoder.push(wire(all.map((line) => `${line}\n`).join('')));
    for (const line of all) {
      expect(decoder.read()).toBe(line);
      offset += line.length + 1;
      expect([decoder.offset, decoder.partialBytes]).toEqual([offset, 0]);
    }
    expect(decoder.read()).toBeUndefined();
  }
});

test('lines: 2 a short line among long ones is decoded by itself, so that keeping it keeps no wide window', () => {
  const long = `${'x'.repeat(600)}\n`;
  const decoder = lines().decoder();
  decoder.push(wire(`${long.repeat(20)}short\n${long.repeat(20)}`));
  for (let line = 0; line < 20; line++) decoder.read();
  const decoded = vi.spyOn(host, 'latin1');
  expect(decoder.read()).toBe('short');
  const extents = decoded.mock.calls.map(([, from, to]) => to - from);
  decoded.mockRestore();
  expect(extents.at(-1)).toBe('short'.length);
});

test('lines: 4 after a fault the frames come as soon as their bytes are there', () => {
  const decoder = lines({ terminator: 'crlf', maxFrameBytes: 3 }).decoder();
  // The bare LF lies in the part that is thrown away.
  expect([...decoder.push(wire('abcd\nx\r\nok\r\n'))]).toEqual([
    { code: 'FRAME_TOO_LONG', offset: 3, limit: 3 },
    'ok',
  ]);
});

test.each([
  { name: 'a long line', text: `${'x'.repeat(100)}\r\n`, want: [wire('x'.repeat(100))] },
  {
    name: 'a bare CR in a long line',
    text: `${'x'.repeat(70)}\r${'x'.repeat(30)}\r\nz\n`,
    want: [{ code: 'FRAME_BARE_CR', offset: 70 } as const, wire('z')],
  },
])('lines: 1 $name of bytes', ({ text, want }) => {
  expect(() => everySplit(lines({ charset: 'bytes' }), wire(text), want, { pairsUpTo: 0 })).not.toThrow();
});

test.each(['Buffer', 'Uint8Array'])(
  'lines: 1 with bytes a frame is a plain Uint8Array, out of a %s',
  (kind) => {
    const whole = kind === 'Buffer' ? Buffer.from('ab\n\n') : wire('ab\n\n');
    for (const cut of [0, 1, 2, 3]) {
      const decoder = lines({ charset: 'bytes' }).decoder();
      const got = [...decoder.push(whole.subarray(0, cut)), ...decoder.push(whole.subarray(cut))];
      expect(got.map((frame) => frame.constructor)).toEqual([Uint8Array, Uint8Array]);
    }
  },
);

test('lines: 1 in a chunk of many windows, with what is no ASCII in each', () => {
  const texts = Array.from({ length: 2000 }, (_, index) => `${index % 40 === 0 ? 'é' : ''}line ${index}`);
  const bytes = new TextEncoder().encode(texts.map((text) => `${text}\n`).join(''));
  expect(bytes.length).toBeGreaterThan(4 * 4096);
  const options = { pairsUpTo: 0, randomCuts: 20 };
  expect([...lines({ charset: 'utf8' }).decoder().push(bytes)]).toEqual(texts);
  const few = bytes.subarray(0, 200);
  const want = texts.slice(0, few.filter((byte) => byte === 0x0a).length);
  const whole = few.subarray(0, few.lastIndexOf(0x0a) + 1);
  expect(() => everySplit(lines({ charset: 'utf8' }), whole, want, options)).not.toThrow();
});
