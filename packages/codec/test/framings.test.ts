import { describe, expect, test } from 'vitest';
import {
  type Frame,
  type Framing,
  type FramingOptions,
  isFault,
  lines,
  type LinesOptions,
} from '../src/index.ts';
import { delimited, enclosed, netstring } from '../src/framings/index.ts';
import { everySplit } from '../src/testing/index.ts';
import { wire } from './wire.ts';

interface Row {
  readonly name: string;
  readonly framing: () => Framing;
  readonly wire: string;
  readonly want: readonly Frame[];
}

const tooLong = { code: 'FRAME_TOO_LONG', limit: 3 } as const;
const incomplete = { code: 'FRAME_INCOMPLETE' } as const;
const semicolon = { delimiters: ';', maxFrameBytes: 3 } as const;
const rows: readonly Row[] = [
  {
    name: 'delimited: 1 an empty frame is a frame',
    framing: () => delimited({ delimiters: ';' }),
    wire: ';a;;',
    want: ['', 'a', ''],
  },
  {
    name: 'delimited: 1 the longest of those that begin at one position',
    framing: () => delimited({ delimiters: ['\r', '\r\n', '\n'] }),
    wire: 'a\rb\r\nc\nd\r',
    want: ['a', 'b', 'c', 'd'],
  },
  {
    name: 'delimited: 1 the one that begins first',
    framing: () => delimited({ delimiters: ['bcd', 'ab'] }),
    wire: 'xabcdbcd',
    want: ['x', 'cd'],
  },
  {
    name: 'delimited: 1 a delimiter begun and not finished is content',
    framing: () => delimited({ delimiters: 'aab' }),
    wire: 'aaabaaaaab',
    want: ['a', 'aaa'],
  },
  {
    name: 'delimited: 3 L-1, L, L+1',
    framing: () => delimited(semicolon),
    wire: 'ab;abc;abcd;z;',
    want: ['ab', 'abc', { ...tooLong, offset: 10 }, 'z'],
  },
  {
    name: 'delimited: 3 a delimiter that begins at L+1 is waited for',
    framing: () => delimited({ delimiters: '--', maxFrameBytes: 3 }),
    wire: 'abc--abc-d--z--',
    want: ['abc', { ...tooLong, offset: 8 }, 'z'],
  },
  {
    name: 'delimited: 3 truncate keeps the first L bytes',
    framing: () => delimited({ ...semicolon, onOverflow: 'truncate' }),
    wire: 'abcd;z;',
    want: ['abc', 'z'],
  },
  {
    name: 'delimited: 4 one fault a frame, those around it unharmed',
    framing: () => delimited(semicolon),
    wire: 'a;b\x80\x81cdef;c;',
    want: ['a', { code: 'FRAME_BAD_BYTE', offset: 3, byte: 0x80, charset: 'ascii' }, 'c'],
  },
  {
    name: 'delimited: 4 utf8: half a character before the end of its frame',
    framing: () => delimited({ delimiters: ';', charset: 'utf8' }),
    wire: 'a\xe2\x82;\xc3\xa9;',
    want: [{ code: 'FRAME_BAD_BYTE', offset: 1, byte: 0xe2, charset: 'utf8' }, 'é'],
  },
  {
    name: 'enclosed: 4 utf8: half a character before the end of its frame',
    framing: () => enclosed({ start: '<', end: '>', charset: 'utf8' }),
    wire: '<a\xe2\x82><\xc3\xa9>',
    want: [{ code: 'FRAME_BAD_BYTE', offset: 2, byte: 0xe2, charset: 'utf8' }, 'é'],
  },
  {
    name: 'netstring: 4 utf8: half a character before the end of its frame',
    framing: () => netstring({ charset: 'utf8' }),
    wire: '3:a\xe2\x82,2:\xc3\xa9,',
    want: [{ code: 'FRAME_BAD_BYTE', offset: 3, byte: 0xe2, charset: 'utf8' }, 'é'],
  },
  {
    name: 'delimited: 5 a cut tail is a fault, half a delimiter too',
    framing: () => delimited({ delimiters: '--' }),
    wire: 'a--b-',
    want: ['a', { ...incomplete, offset: 5, bytes: 2 }],
  },

  {
    name: 'enclosed: 1 frames between STX and ETX, empty ones too',
    framing: () => enclosed({ start: '\x02', end: '\x03' }),
    wire: '\x02a\x03\x02\x03',
    want: ['a', ''],
  },
  {
    name: 'enclosed: 1 an end byte within the end begun is looked at again',
    framing: () => enclosed({ start: '<', end: '==>' }),
    wire: '<a===>',
    want: ['a='],
  },
  {
    name: 'enclosed: 3 L-1, L, L+1',
    framing: () => enclosed({ start: '<', end: '>', maxFrameBytes: 3 }),
    wire: '<ab><abc><abcd><z>',
    want: ['ab', 'abc', { ...tooLong, offset: 13 }, 'z'],
  },
  {
    name: 'enclosed: 3 truncate keeps the first L bytes',
    framing: () => enclosed({ start: '<', end: '>', maxFrameBytes: 3, onOverflow: 'truncate' }),
    wire: '<abcd><z>',
    want: ['abc', 'z'],
  },
  {
    name: 'enclosed: 4 bytes between frames are counted and reported',
    framing: () => enclosed({ start: '<', end: '>' }),
    wire: 'xy<a>\r\n<b>z',
    want: [
      { code: 'FRAME_SKIPPED', offset: 0, bytes: 2 },
      'a',
      { code: 'FRAME_SKIPPED', offset: 5, bytes: 2 },
      'b',
      { code: 'FRAME_SKIPPED', offset: 10, bytes: 1 },
    ],
  },
  {
    name: 'enclosed: 4 a start inside a frame: that frame was cut, the new one begins',
    framing: () => enclosed({ start: '<', end: '>' }),
    wire: '<ab<c>',
    want: [{ ...incomplete, offset: 3, bytes: 3 }, 'c'],
  },
  {
    name: 'enclosed: 4 a start ends the discarding of a faulty frame',
    framing: () => enclosed({ start: '<', end: '>' }),
    wire: '<a\x80b<c><\x80><d>',
    want: [
      { code: 'FRAME_BAD_BYTE', offset: 2, byte: 0x80, charset: 'ascii' },
      'c',
      { code: 'FRAME_BAD_BYTE', offset: 8, byte: 0x80, charset: 'ascii' },
      'd',
    ],
  },
  {
    name: 'enclosed: 5 a cut tail is a fault',
    framing: () => enclosed({ start: '\x0b', end: '\x1c\r' }),
    wire: '\x0ba\x1c\r\x0bb\x1c',
    want: ['a', { ...incomplete, offset: 7, bytes: 3 }],
  },
  {
    name: 'enclosed: 5 a cut frame cut to the limit is not a frame',
    framing: () => enclosed({ start: '<', end: '>', maxFrameBytes: 1, onOverflow: 'truncate' }),
    wire: '<ab<c>',
    want: [{ ...incomplete, offset: 3, bytes: 3 }, 'c'],
  },

  {
    name: 'netstring: 1 content may be anything, empty too',
    framing: () => netstring(),
    wire: '3:a,b,0:,2:\r\n,',
    want: ['a,b', '', '\r\n'],
  },
  {
    name: 'netstring: 3 L-1, L, L+1',
    framing: () => netstring({ maxFrameBytes: 3 }),
    wire: '2:ab,3:abc,4:abcd,1:z,',
    want: ['ab', 'abc', { ...tooLong, offset: 16 }, 'z'],
  },
  {
    name: 'netstring: 3 truncate keeps the first L bytes',
    framing: () => netstring({ maxFrameBytes: 3, onOverflow: 'truncate' }),
    wire: '4:abcd,1:z,',
    want: ['abc', 'z'],
  },
  {
    name: 'netstring: 4 a bad byte costs its frame',
    framing: () => netstring(),
    wire: '2:a\x80,1:z,',
    want: [{ code: 'FRAME_BAD_BYTE', offset: 3, byte: 0x80, charset: 'ascii' }, 'z'],
  },
  {
    name: 'netstring: 4 after a wrong length nothing is guessed',
    framing: () => netstring(),
    wire: '1:a,01:b,1:c,',
    want: ['a', { code: 'FRAME_MALFORMED', offset: 5, byte: 0x31, expected: "':'" }],
  },
  {
    name: 'netstring: 4 nor after a wrong end',
    framing: () => netstring(),
    wire: '1:ab1:c,',
    want: [{ code: 'FRAME_MALFORMED', offset: 3, byte: 0x62, expected: "','" }],
  },
  {
    name: 'netstring: 4 nor after a wrong end of a frame that was cut to the limit; one fault, at the end too',
    framing: () => netstring({ maxFrameBytes: 1, onOverflow: 'truncate' }),
    wire: '3:abcx1:c',
    want: [{ code: 'FRAME_MALFORMED', offset: 5, byte: 0x78, expected: "','" }],
  },
  {
    name: 'netstring: 4 a length has a digit, and 9 at most',
    framing: () => netstring(),
    wire: ':',
    want: [{ code: 'FRAME_MALFORMED', offset: 0, byte: 0x3a, expected: 'a digit' }],
  },
  {
    name: 'netstring: 4 a tenth digit is one too many',
    framing: () => netstring(),
    wire: '1234567890:',
    want: [{ code: 'FRAME_MALFORMED', offset: 9, byte: 0x30, expected: "':'" }],
  },
  {
    name: 'netstring: 4 a length that ends with no colon',
    framing: () => netstring(),
    wire: '1a',
    want: [{ code: 'FRAME_MALFORMED', offset: 1, byte: 0x61, expected: "a digit or ':'" }],
  },
  {
    name: 'netstring: 5 a cut tail is a fault, at every position',
    framing: () => netstring(),
    wire: '1:a,2:b',
    want: ['a', { ...incomplete, offset: 7, bytes: 3 }],
  },
  {
    name: 'netstring: 5 a frame without its comma is cut',
    framing: () => netstring(),
    wire: '1:a',
    want: [{ ...incomplete, offset: 3, bytes: 3 }],
  },
];

test.each(rows)('$name', ({ framing, wire: text, want }) => {
  expect(() => everySplit(framing(), wire(text), want)).not.toThrow();
});

const three = [
  {
    name: 'delimited',
    framing: () => delimited({ delimiters: ';' }),
    before: '',
    partial: 'ab',
    after: ';c;',
    want: 'c',
  },
  {
    name: 'enclosed',
    framing: () => enclosed({ start: '<', end: '>' }),
    before: '',
    partial: '<ab',
    after: '><c>',
    want: 'c',
  },
  { name: 'netstring', framing: () => netstring(), before: '', partial: '3:ab', after: 'x,1:c,', want: 'c' },
];

describe('take and offset', () => {
  test.each(three)(
    '$name: take gives back what was seen of the frame begun',
    ({ framing, partial, after }) => {
      const decoder = framing().decoder<Uint8Array>();
      expect([...decoder.push(wire(partial))]).toEqual([]);
      expect([decoder.offset, decoder.partialBytes]).toEqual([0, partial.length]);
      decoder.take(partial.length + 1);
      decoder.push(wire(after));
      expect(decoder.read()).toEqual(wire(partial + after[0]));
      expect(decoder.offset).toBe(partial.length + 1);
    },
  );

  test.each(three)('$name: take after a frame, then frames again', ({ framing, want }) => {
    const decoder = framing().decoder<Uint8Array>();
    const frame = framing().encode(want);
    expect([...decoder.push(frame)]).toEqual([want]);
    decoder.take(2);
    decoder.push(wire('\x00\xff'));
    expect([...decoder.push(frame).end()]).toEqual([wire('\x00\xff'), want]);
    expect(decoder.offset).toBe(2 * frame.length + 2);
  });

  test('netstring: take after a fault counts from the end of the faulty frame', () => {
    const decoder = netstring({ maxFrameBytes: 1 }).decoder<Uint8Array>();
    decoder.push(wire('3:a'));
    expect(decoder.read()).toMatchObject({ code: 'FRAME_TOO_LONG' });
    decoder.take(1);
    expect([...decoder.push(wire('bc,x1:z,'))]).toEqual([wire('x'), 'z']);
  });

  test('enclosed: take between skipped bytes counts from the next start', () => {
    const decoder = enclosed({ start: '<', end: '>' }).decoder<Uint8Array>();
    expect([...decoder.push(wire('xx'))]).toEqual([]);
    decoder.take(1);
    expect([...decoder.push(wire('y<<a>'))].filter((frame) => !isFault(frame))).toEqual([wire('<'), 'a']);
  });
});

describe('options', () => {
  test.each([
    { make: () => lines('utf8' as LinesOptions), text: 'expected options, got "utf8"' },
    { make: () => lines(80 as LinesOptions), text: 'expected options, got 80' },
    { make: () => netstring('utf8' as FramingOptions), text: 'expected options, got "utf8"' },
    // @ts-expect-error -- what a caller without types may do
    { make: () => delimited(), text: 'expected options, got undefined' },
    // @ts-expect-error -- what a caller without types may do
    { make: () => enclosed(), text: 'expected options, got undefined' },
  ])('what are no options: $text', ({ make, text }) => {
    expect(make).toThrow(new TypeError(`Cannot make framing: ${text}`));
  });

  test('a limit given as text is shown as such', () => {
    expect(() => lines({ maxFrameBytes: '80' as unknown as number })).toThrow(
      new RangeError('Cannot make framing: maxFrameBytes is "80", expected an integer from 1 to 268435456'),
    );
  });

  test.each([
    {
      make: () => delimited({ delimiters: '' }),
      text: 'Cannot make framing: a delimiter is empty, expected at least 1 byte',
    },
    {
      make: () => delimited({ delimiters: [] }),
      text: 'Cannot make framing: delimiters is empty, expected at least 1 of them',
    },
    {
      make: () => delimited({ delimiters: '€' }),
      text: 'Cannot make framing: a delimiter is €, expected bytes as characters up to U+00FF',
    },
    {
      make: () => delimited({ delimiters: ['a', '\ud800b'], charset: 'utf8' }),
      text: 'Cannot make framing: a delimiter is \\u{d800}, expected whole characters',
    },
    {
      make: () => enclosed({ start: '', end: 'x' }),
      text: 'Cannot make framing: start is empty, expected at least 1 byte',
    },
    {
      make: () => enclosed({ start: 'x', end: new Uint8Array(0) }),
      text: 'Cannot make framing: end is empty, expected at least 1 byte',
    },
    {
      // @ts-expect-error -- what a caller without types may do
      make: () => delimited({}),
      text: 'Cannot make framing: a delimiter is undefined, expected a string or a Uint8Array',
    },
    {
      // @ts-expect-error -- what a caller without types may do
      make: () => enclosed({ start: 2, end: 'x' }),
      text: 'Cannot make framing: start is number, expected a string or a Uint8Array',
    },
    {
      make: () => netstring({ maxFrameBytes: -1 }),
      text: 'Cannot make framing: maxFrameBytes is -1, expected an integer from 1 to 268435456',
    },
  ])('$text', ({ make, text }) => {
    expect(make).toThrow(new RangeError(text));
  });
});

test.each([
  { kind: 'Uint8Array', mine: wire(';') },
  { kind: 'Buffer', mine: Buffer.from(';') },
])('delimited: a delimiter changed by its owner later changes nothing: $kind', ({ mine }) => {
  const framing = delimited({ delimiters: mine });
  mine.fill(0x2c);
  expect([...framing.decoder().push(wire('a,b;'))]).toEqual(['a,b']);
});

test('netstring: 4 a byte below the digits is none', () => {
  const want = { code: 'FRAME_MALFORMED', offset: 0, byte: 0x2d, expected: 'a digit' } as const;
  expect(() => everySplit(netstring(), wire('-1:a,'), [want])).not.toThrow();
});

test('netstring: take gives back a length and what was seen after it, then netstrings again', () => {
  const decoder = netstring().decoder<Uint8Array>();
  expect([...decoder.push(wire('2:a'))]).toEqual([]);
  decoder.take(3);
  expect([...decoder, ...decoder.push(wire('1:z,'))]).toEqual([wire('2:a'), 'z']);
});

test('enclosed: take behind a start that is only begun gives its bytes back', () => {
  const decoder = enclosed({ start: '<<', end: '>>' }).decoder<Uint8Array>();
  expect([...decoder.push(wire('<<2>>'))]).toEqual(['2']);
  expect([...decoder.push(wire('<'))]).toEqual([]);
  decoder.take(1);
  expect([...decoder]).toEqual([wire('<')]);
  expect([...decoder.push(wire('<<a>>'))]).toEqual(['a']);
});

test.each([
  { name: 'delimited', framing: delimited({ delimiters: ['\n', ';'], charset: 'bytes' }) },
  { name: 'enclosed', framing: enclosed({ start: '<', end: '>', charset: 'bytes' }) },
])('$name: a chunk whose memory was given away ends the reading', ({ framing }) => {
  const memory = new ArrayBuffer(5);
  const mine = new Uint8Array(memory);
  mine.set(wire('<a;b>'));
  const decoder = framing.decoder().push(mine);
  structuredClone(memory, { transfer: [memory] });
  expect([...decoder].every((frame) => isFault(frame) || frame instanceof Uint8Array)).toBe(true);
});

test.each(['§', 'é', '\u00ff', '€', '😀', 'a§', '§€'])(
  'a mark of text in utf8 is its UTF-8 bytes, both ways: %s',
  (mark) => {
    const encoded = new TextEncoder().encode(mark);
    const bytes = (...parts: readonly string[]): Uint8Array => new TextEncoder().encode(parts.join(''));
    const ofDelimited = delimited({ delimiters: [mark, '\n'], charset: 'utf8' });
    expect(() =>
      everySplit(ofDelimited, bytes('one', mark, mark, 'Â', '\n', 'ê', mark), ['one', '', 'Â', 'ê']),
    ).not.toThrow();
    expect(ofDelimited.encode('ê')).toEqual(bytes('ê', mark));
    expect(() => ofDelimited.encode(`x${mark}`)).toThrow(RangeError);
    const ofEnclosed = enclosed({ start: mark, end: '»', charset: 'utf8' });
    expect(() =>
      everySplit(ofEnclosed, bytes(mark, 'ê', '»', '?', mark, '»'), [
        'ê',
        { code: 'FRAME_SKIPPED', offset: encoded.length + 4, bytes: 1 },
        '',
      ]),
    ).not.toThrow();
    expect(ofEnclosed.encode('ê')).toEqual(bytes(mark, 'ê', '»'));
    // Given as bytes, it is those bytes.
    expect(delimited({ delimiters: encoded, charset: 'utf8' }).encode('ê')).toEqual(bytes('ê', mark));
  },
);

test.each(['latin1', 'bytes', 'ascii', 'text'] as const)(
  'a mark of text in %s is one byte for each character',
  (charset) => {
    expect(delimited({ delimiters: '§', charset }).encode('a')).toEqual(Uint8Array.of(0x61, 0xa7));
    expect(() => delimited({ delimiters: '€', charset })).toThrow(RangeError);
  },
);
