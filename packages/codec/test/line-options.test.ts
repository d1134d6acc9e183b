import { describe, expect, test, vi } from 'vitest';
import { type Frame, type Framing, lines, type LinesOptions } from '../src/index.ts';
import {
  chunk,
  delimited,
  type DelimitedOptions,
  enclosed,
  looseLines,
  type LooseLinesOptions,
  netstring,
} from '../src/framings/index.ts';
import { host } from '../src/host.ts';
import { everySplit } from '../src/testing/index.ts';
import { unwire, wire } from './wire.ts';

interface Row {
  readonly name: string;
  readonly framing: () => Framing<string | Uint8Array>;
  readonly wire: string;
  readonly want: readonly Frame<string | Uint8Array>[];
}

const rows: readonly Row[] = [
  {
    name: 'bareCr content: a lone CR is content, one before LF is not, and of CR CR LF the first is',
    framing: () => looseLines({ bareCr: 'content' }),
    wire: 'a\rb\r\nc\r\r\n\r\r\n\r\nd\n',
    want: ['a\rb', 'c\r', '\r', '', 'd'],
  },
  {
    name: 'bareCr content: text has no CR at all',
    framing: () => looseLines({ bareCr: 'content', charset: 'text' }),
    wire: 'a\rb\nc\r\nd\r\r\n',
    want: [
      { code: 'FRAME_BAD_BYTE', offset: 1, byte: 13, charset: 'text' },
      'c',
      { code: 'FRAME_BAD_BYTE', offset: 8, byte: 13, charset: 'text' },
    ],
  },
  {
    name: 'bareCr content: a CR at the end of the stream may be half a line end',
    framing: () => looseLines({ bareCr: 'content', charset: 'text' }),
    wire: 'a\r',
    want: [{ code: 'FRAME_INCOMPLETE', offset: 2, bytes: 2 }],
  },
  {
    name: 'bareCr content: a CR at the end of a tail that is a frame is content',
    framing: () => looseLines({ bareCr: 'content', onTail: 'frame' }),
    wire: 'a\r',
    want: ['a\r'],
  },
  {
    name: 'bareCr content: 3 the limit counts a lone CR, and not one that ends the line',
    framing: () => looseLines({ bareCr: 'content', maxFrameBytes: 3 }),
    wire: 'ab\r\nabc\r\nab\r\r\nabc\r\r\nz\n',
    want: ['ab', 'abc', 'ab\r', { code: 'FRAME_TOO_LONG', offset: 17, limit: 3 }, 'z'],
  },
  {
    name: 'bareCr content: 5 a CR cut off is content that was cut off',
    framing: () => looseLines({ bareCr: 'content' }),
    wire: 'a\r',
    want: [{ code: 'FRAME_INCOMPLETE', offset: 2, bytes: 2 }],
  },
  {
    name: 'bareCr end: LF, CRLF and a lone CR end a line, LF CR are two ends',
    framing: () => looseLines({ bareCr: 'end' }),
    wire: 'a\nb\rc\r\nd\r\re\r\r\nf\n\rg\r',
    want: ['a', 'b', 'c', 'd', '', 'e', '', 'f', '', 'g'],
  },
  {
    name: 'bareCr end: 4 a fault costs its line, up to the CR',
    framing: () => looseLines({ bareCr: 'end', maxFrameBytes: 3 }),
    wire: 'abcd\r\nx\r\x80y\rabcde\rz\n',
    want: [
      { code: 'FRAME_TOO_LONG', offset: 3, limit: 3 },
      'x',
      { code: 'FRAME_BAD_BYTE', offset: 8, byte: 0x80, charset: 'ascii' },
      { code: 'FRAME_TOO_LONG', offset: 14, limit: 3 },
      'z',
    ],
  },
  {
    name: 'bareCr end: 3 truncate keeps the first L bytes of each line',
    framing: () => looseLines({ bareCr: 'end', maxFrameBytes: 3, onOverflow: 'truncate' }),
    wire: 'abcd\r\nabcde\r\rz\r',
    want: ['abc', 'abc', '', 'z'],
  },
  {
    name: 'bareCr end: 5 what follows a CR and is cut off is a fault',
    framing: () => looseLines({ bareCr: 'end' }),
    wire: 'a\rb',
    want: ['a', { code: 'FRAME_INCOMPLETE', offset: 3, bytes: 1 }],
  },
  {
    name: 'onTail frame: a last line without its end is a line, an empty one is none',
    framing: () => lines({ onTail: 'frame' }),
    wire: 'a\n\nbc',
    want: ['a', '', 'bc'],
  },
  {
    name: 'onTail frame: a line end at the end of the stream is followed by no line',
    framing: () => lines({ onTail: 'frame' }),
    wire: 'a\r\n',
    want: ['a'],
  },
  {
    name: 'onTail frame: a CR that is the last byte is followed by no LF',
    framing: () => lines({ onTail: 'frame' }),
    wire: 'ab\r',
    want: [{ code: 'FRAME_BARE_CR', offset: 2 }],
  },
  {
    name: 'onTail frame: the same with crlf',
    framing: () => lines({ onTail: 'frame', terminator: 'crlf' }),
    wire: 'a\r\nb\r',
    want: ['a', { code: 'FRAME_BARE_CR', offset: 4 }],
  },
  {
    name: 'onTail frame: with crlf the tail is a line too',
    framing: () => lines({ onTail: 'frame', terminator: 'crlf' }),
    wire: 'a\r\nb',
    want: ['a', 'b'],
  },
  {
    name: 'onTail frame: where CR is content, so it is at the end',
    framing: () => looseLines({ onTail: 'frame', bareCr: 'content' }),
    wire: 'a\r',
    want: ['a\r'],
  },
  {
    name: 'onTail frame: the same with lf',
    framing: () => lines({ onTail: 'frame', terminator: 'lf' }),
    wire: 'a\r',
    want: ['a\r'],
  },
  {
    name: 'onTail frame: where a CR ends a line, nothing follows it',
    framing: () => looseLines({ onTail: 'frame', bareCr: 'end' }),
    wire: 'a\rb\r',
    want: ['a', 'b'],
  },
  {
    name: 'onTail frame: 4 a bad byte, a tail over the limit and a character cut in two are faults',
    framing: () => lines({ onTail: 'frame', charset: 'utf8', maxFrameBytes: 3 }),
    wire: 'a\x80b\nabcd\n\xc3\xa9\xc3',
    want: [
      { code: 'FRAME_BAD_BYTE', offset: 1, byte: 0x80, charset: 'utf8' },
      { code: 'FRAME_TOO_LONG', offset: 7, limit: 3 },
      { code: 'FRAME_INCOMPLETE', offset: 12, bytes: 3 },
    ],
  },
  {
    name: 'onTail frame: 4 a fault in the tail is told once',
    framing: () => lines({ onTail: 'frame' }),
    wire: 'a\x80bc',
    want: [{ code: 'FRAME_BAD_BYTE', offset: 1, byte: 0x80, charset: 'ascii' }],
  },
  {
    name: 'onTail frame: 3 a tail cut to its limit is a frame of whole characters',
    framing: () => lines({ onTail: 'frame', charset: 'utf8', maxFrameBytes: 3, onOverflow: 'truncate' }),
    wire: 'ab\xc3\xa9c',
    want: ['ab'],
  },
  {
    name: 'onTail frame: of bytes',
    framing: () => lines({ onTail: 'frame', charset: 'bytes' }),
    wire: '\x00\n\xff',
    want: [wire('\x00'), wire('\xff')],
  },
  {
    name: 'bom strip: it is left out at the start of the stream, and nowhere else',
    framing: () => looseLines({ bom: 'strip', charset: 'utf8' }),
    wire: '\xef\xbb\xbf\xef\xbb\xbfa\n\xef\xbb\xbfb\n',
    want: ['\ufeffa', '\ufeffb'],
  },
  {
    name: 'bom strip: a stream without one, and one that begins like one',
    framing: () => looseLines({ bom: 'strip', charset: 'utf8' }),
    wire: '\xef\xbb\xbea\n',
    want: ['\ufefea'],
  },
  {
    name: 'bom strip: 4 a part of one that is cut off is a tail, of which nothing is lost',
    framing: () => looseLines({ bom: 'strip', charset: 'utf8', onTail: 'frame' }),
    wire: '\xef\xbb',
    want: [{ code: 'FRAME_INCOMPLETE', offset: 2, bytes: 2 }],
  },
  {
    name: 'bom strip: a stream of nothing else has no frames',
    framing: () => looseLines({ bom: 'strip', charset: 'utf8', onTail: 'frame' }),
    wire: '\xef\xbb\xbf',
    want: [],
  },
  {
    name: 'bom strip: 3 4 it is not counted, and offsets are those of the stream',
    framing: () => looseLines({ bom: 'strip', maxFrameBytes: 3 }),
    wire: '\xef\xbb\xbfabc\nabcd\n',
    want: ['abc', { code: 'FRAME_TOO_LONG', offset: 10, limit: 3 }],
  },
  {
    name: 'bom keep: it is content, which ascii refuses',
    framing: () => lines(),
    wire: '\xef\xbb\xbfa\nb\n',
    want: [{ code: 'FRAME_BAD_BYTE', offset: 0, byte: 0xef, charset: 'ascii' }, 'b'],
  },
  {
    name: 'delimited: onTail frame: what no delimiter ended is a frame, half a delimiter included',
    framing: () => delimited({ delimiters: '--', onTail: 'frame' }),
    wire: 'a--b-',
    want: ['a', 'b-'],
  },
  {
    name: 'delimited: onTail frame: 4 a character cut in two is a fault',
    framing: () => delimited({ delimiters: ';', onTail: 'frame', charset: 'utf8' }),
    wire: 'a;b\xe2\x82',
    want: ['a', { code: 'FRAME_INCOMPLETE', offset: 5, bytes: 3 }],
  },
  {
    name: 'keepDelimiter: the one that ended the frame is on it',
    framing: () => delimited({ delimiters: ['\n', '\r\n', '\r'], keepDelimiter: true }),
    wire: 'a\nb\r\nc\rd\r\n\n',
    want: ['a\n', 'b\r\n', 'c\r', 'd\r\n', '\n'],
  },
  {
    name: 'keepDelimiter: a tail has none',
    framing: () => delimited({ delimiters: ';', keepDelimiter: true, onTail: 'frame' }),
    wire: 'a;b',
    want: ['a;', 'b'],
  },
  {
    name: 'keepDelimiter: 3 the limit does not count it',
    framing: () => delimited({ delimiters: '--', keepDelimiter: true, maxFrameBytes: 3 }),
    wire: 'abc--abcd--z--',
    want: ['abc--', { code: 'FRAME_TOO_LONG', offset: 8, limit: 3 }, 'z--'],
  },
  {
    name: 'keepDelimiter: 3 it stays on a frame that was cut to its limit',
    framing: () =>
      delimited({ delimiters: ['--', ';'], keepDelimiter: true, maxFrameBytes: 3, onOverflow: 'truncate' }),
    wire: 'abcde--abcd;z;',
    want: ['abc--', 'abc;', 'z;'],
  },
  {
    name: 'keepDelimiter: of bytes, and one that the charset has no place for',
    framing: () => delimited({ delimiters: Uint8Array.of(0, 255), keepDelimiter: true, charset: 'bytes' }),
    wire: 'a\x00\xff\x00\x00\xff',
    want: [wire('a\x00\xff'), wire('\x00\x00\xff')],
  },
  {
    name: 'keepDelimiter: text with a delimiter of two bytes that is one character',
    framing: () => delimited({ delimiters: Uint8Array.of(0xc2, 0xa7), keepDelimiter: true, charset: 'utf8' }),
    wire: '\xc3\xa9\xc2\xa7\xc2\xa7',
    want: ['é§', '§'],
  },
];

test.each(rows)('$name', ({ framing, wire: text, want }) => {
  expect(() => everySplit(framing(), wire(text), want)).not.toThrow();
});

/** Chunks that windows of text are cut from, with lone CRs, CRLFs and LFs in them. */
test.each(['content', 'end', 'fault'] as const)(
  'looseLines: bareCr %s: 1 in a chunk of many windows as byte by byte',
  (bareCr) => {
    const ends = ['\n', '\r\n', '\r', '\n', '\n'];
    const text = Array.from({ length: 3000 }, (_, at) => `line ${at}${ends[(at * 7 + (at >> 5)) % 5]}`);
    const bytes = wire(text.join(''));
    for (const charset of ['ascii', 'utf8', 'latin1', 'bytes'] as const) {
      const whole = looseLines({ bareCr, charset }).decoder();
      const drip = looseLines({ bareCr, charset }).decoder();
      const want = Array.from(bytes, (_, at) => [...drip.push(bytes.slice(at, at + 1))]).flat();
      expect([...whole.push(bytes).end()]).toEqual([...want, ...drip.end()]);
      if (bareCr === 'end') expect(want).toHaveLength(3000);
    }
  },
);

test('looseLines: bareCr end: 2 the LF of a chunk is not looked for again at each CR', () => {
  const searched = vi.spyOn(host, 'indexOf');
  const bytes = wire('a\r'.repeat(20_000));
  expect([...looseLines({ bareCr: 'end', charset: 'bytes' }).decoder().push(bytes)]).toHaveLength(20_000);
  const total = searched.mock.calls.reduce((sum, [all, , from]) => sum + all.length - from, 0);
  searched.mockRestore();
  expect(total).toBeLessThan(20 * bytes.length);
});

describe('looseLines: bareCr end: a CR ends its line at once', () => {
  const next = (...chunks: string[]): unknown[] => {
    const decoder = looseLines({ bareCr: 'end' }).decoder<Uint8Array>();
    return chunks.map((text) => [[...decoder.push(wire(text))], decoder.offset, decoder.partialBytes]);
  };

  test('without a look at the next byte, and an LF that follows belongs to it', () => {
    expect(next('ab\r', '\n', 'c\r', 'd\r\n')).toEqual([
      [['ab'], 3, 0],
      [[], 4, 0],
      [['c'], 6, 0],
      [['d'], 9, 0],
    ]);
  });

  test.each([
    { name: 'the LF of a CRLF is not taken', after: '\nxyz', taken: 'xy', rest: 'z' },
    { name: 'any other byte is', after: 'x\nz', taken: 'x\n', rest: 'z' },
  ])('take: $name, wherever the chunk was cut', ({ after, taken, rest }) => {
    for (let cut = 2; cut <= 2 + after.length; cut++) {
      const text = `a\r${after}\r`;
      const decoder = looseLines({ bareCr: 'end' }).decoder<Uint8Array>();
      decoder.push(wire(text.slice(0, cut)));
      expect(decoder.read()).toBe('a');
      decoder.take(2);
      expect(decoder.readRun?.(9)).toBeUndefined();
      expect([...decoder, ...decoder.push(wire(text.slice(cut))).end()]).toEqual([wire(taken), rest]);
      expect(decoder.offset).toBe(text.length);
    }
  });

  test('take: of nothing, and one that is cut off, at the end of the stream', () => {
    for (const [n, want] of [
      [0, wire('')],
      [1, { code: 'FRAME_INCOMPLETE', offset: 2, bytes: 0 }],
    ] as const) {
      const decoder = looseLines({ bareCr: 'end' }).decoder<Uint8Array>();
      expect([...decoder.push(wire('a\r'))]).toEqual(['a']);
      decoder.take(n);
      expect([...decoder.end()]).toEqual([want]);
    }
  });

  test('readRun: an LF that belongs to the CR before it begins no run', () => {
    const decoder = looseLines({ bareCr: 'end' }).decoder();
    expect([...decoder.push(wire('a\r'))]).toEqual(['a']);
    decoder.push(wire(`\n${'line\n'.repeat(40)}`));
    expect(decoder.readRun?.(9)).toBeUndefined();
    expect([...decoder]).toEqual(Array.from({ length: 40 }, () => 'line'));
  });
});

test('looseLines: bom strip: take at the start of the stream counts from behind the mark, wherever it was cut', () => {
  const text = '\xef\xbb\xbfabc\n';
  for (let cut = 0; cut <= text.length; cut++) {
    const decoder = looseLines({ bom: 'strip' }).decoder<Uint8Array>();
    const got = [...decoder.push(wire(text.slice(0, cut)))];
    if (got.length > 0) continue;
    decoder.take(2);
    got.push(...decoder.push(wire(text.slice(cut))));
    expect(got).toEqual([wire('ab'), 'c']);
  }
});

test.each([
  { options: { terminator: 'lf', bareCr: 'fault' }, is: 'fault, expected content with terminator lf' },
  { options: { terminator: 'lf', bareCr: 'end' }, is: 'end, expected content with terminator lf' },
  { options: { terminator: 'crlf', bareCr: 'content' }, is: 'content, expected fault with terminator crlf' },
  { options: { terminator: 'crlf', bareCr: 'end' }, is: 'end, expected fault with terminator crlf' },
  { options: { bareCr: 'cr' as 'end' }, is: 'cr, expected fault, content, end' },
] as const)('looseLines: what contradicts the terminator is refused: bareCr is $is', ({ options, is }) => {
  expect(() => looseLines(options)).toThrow(new RangeError(`Cannot make framing: bareCr is ${is}`));
});

test('looseLines: with lf, a CR before the LF of a long line is content too', () => {
  const framing = looseLines({ terminator: 'lf', bareCr: 'content', charset: 'bytes' });
  const line = wire(`${'x'.repeat(70)}\r`);
  expect([...framing.decoder().push(Uint8Array.of(...line, 10))]).toEqual([line]);
});

test('looseLines: bytes of a take that is too long are discarded, also after a CR', () => {
  const decoder = looseLines({ bareCr: 'end', maxTakeBytes: 3 }).decoder<Uint8Array>();
  expect([...decoder.push(wire('a\r'))]).toEqual(['a']);
  decoder.take(4);
  decoder.push(wire('\nwx')).push(wire('yzb\r'));
  expect([...decoder]).toEqual([{ code: 'FRAME_TOO_LONG', offset: 3, limit: 3 }, 'b']);
});

test('looseLines: what the terminator says anyway may be said again', () => {
  expect([...looseLines({ terminator: 'lf', bareCr: 'content' }).decoder().push(wire('a\r\n'))]).toEqual([
    'a\r',
  ]);
  const strict = looseLines({ terminator: 'crlf', bareCr: 'fault' }).decoder();
  expect([...strict.push(wire('a\rb\r\n'))]).toEqual([{ code: 'FRAME_BARE_CR', offset: 1 }]);
});

test.each([
  { name: 'enclosed', make: () => enclosed({ start: '<', end: '>', ...({ onTail: 'frame' } as object) }) },
  { name: 'netstring', make: () => netstring({ onTail: 'frame' } as object) },
  { name: 'chunk', make: () => chunk({ onTail: 'frame' } as object) },
])('$name: a frame whose end is known has no onTail', ({ make }) => {
  expect(make).toThrow(/^Cannot make framing: onTail is not an option, expected /);
});

test.each(['keepDelimiter', 'bareCr', 'bom'])('lines: %s is an option of another framing', (name) => {
  expect(() => lines({ [name]: 'strip' } as LinesOptions)).toThrow(
    `Cannot make framing: ${name} is not an option, expected `,
  );
});

test.each(['terminator', 'bareCr', 'onTail', 'bom'])('looseLines: %s has no other values', (name) => {
  const loose = looseLines as (options: object) => unknown;
  expect(() => loose({ [name]: 'other' })).toThrow(`Cannot make framing: ${name} is other, expected `);
  expect(() => loose({ [name]: undefined })).not.toThrow();
});

describe('encode', () => {
  test.each([
    { options: { bareCr: 'content' }, frame: 'a\rb', want: 'a\rb\n' },
    { options: { bareCr: 'end' }, frame: 'a', want: 'a\n' },
    { options: { onTail: 'frame' }, frame: 'a', want: 'a\n' },
    { options: { bom: 'strip', charset: 'utf8' }, frame: 'a\ufeff', want: 'a\xef\xbb\xbf\n' },
    { options: { bom: 'keep', charset: 'utf8' }, frame: '\ufeff', want: '\xef\xbb\xbf\n' },
  ] as const)('looseLines: 6 $options gives $want', ({ options, frame, want }) => {
    expect(looseLines(options as LooseLinesOptions).encodeToLatin1(frame)).toBe(want);
  });

  test.each([
    { options: { bareCr: 'content' }, frame: 'ab\r', at: '0x0D at index 2' },
    { options: { bareCr: 'content' }, frame: 'a\nb', at: '0x0A at index 1' },
    { options: { bareCr: 'end' }, frame: 'a\rb', at: '0x0D at index 1' },
    { options: { bom: 'strip', charset: 'utf8' }, frame: '\ufeffa', at: '0xEF at index 0' },
    { options: { bom: 'strip', charset: 'bytes' }, frame: wire('\xef\xbb\xbf'), at: '0xEF at index 0' },
    { options: { bom: 'strip', charset: 'utf8' }, frame: 'ab\r', at: '0x0D at index 2' },
  ] as const)('looseLines: 6 $options refuses $frame', ({ options, frame, at }) => {
    const framing = looseLines(options as LooseLinesOptions);
    const refused = new RangeError(`Cannot encode frame: ${at} could be read as a mark of the framing`);
    expect(() => framing.encode(frame)).toThrow(refused);
    if (typeof frame === 'string') expect(() => framing.encodeToLatin1(frame)).toThrow(refused);
  });

  const kept = (options: Partial<DelimitedOptions> = {}): Framing<string | Uint8Array> =>
    delimited({ delimiters: ['\r', '\r\n', '\n'], ...options, keepDelimiter: true });

  test.each([
    { frame: 'a\n', want: 'a\n' },
    { frame: 'a\r\n', want: 'a\r\n' },
    { frame: '\n', want: '\n' },
    { frame: wire('a\n'), want: 'a\n' },
    {
      frame: 'é§',
      options: { delimiters: Uint8Array.of(0xc2, 0xa7), charset: 'utf8' },
      want: '\xc3\xa9\xc2\xa7',
    },
    {
      frame: wire('\xc3\xa9\xc2\xa7'),
      options: { delimiters: Uint8Array.of(0xc2, 0xa7), charset: 'utf8' },
      want: '\xc3\xa9\xc2\xa7',
    },
    { frame: 'abc;', options: { delimiters: ';', maxFrameBytes: 3 }, want: 'abc;' },
    {
      frame: wire('\xff\xff\x00'),
      options: { delimiters: Uint8Array.of(0), charset: 'bytes' },
      want: '\xff\xff\x00',
    },
  ] as const)('keepDelimiter: 6 a frame is written as it is: $want', ({ frame, want, ...row }) => {
    const framing = kept('options' in row ? row.options : {});
    expect(unwire(framing.encode(frame))).toBe(want);
    const [back] = framing.decoder().push(framing.encode(frame));
    expect(unwire(framing.encode(back as string))).toBe(want);
  });

  test.each([
    { frame: 'a', why: 'it does not end with a delimiter, and keepDelimiter is true' },
    { frame: '', why: 'it does not end with a delimiter, and keepDelimiter is true' },
    { frame: wire('\nb'), why: 'it does not end with a delimiter, and keepDelimiter is true' },
    { frame: 'a\r', why: 'its delimiter could be read as the beginning of a longer one' },
    { frame: 'a\nb\n', why: '0x0A at index 1 could be read as a mark of the framing' },
    { frame: 'abcd\n', why: 'it has 4 bytes, the limit is 3' },
    { frame: '\x80\n', why: '0x80 at index 0 is not allowed in charset ascii' },
    { frame: wire('\x80\n'), why: '0x80 at index 0 is not allowed in charset ascii' },
  ])('keepDelimiter: 6 a frame is refused: $why', ({ frame, why }) => {
    expect(() => kept({ maxFrameBytes: 3 }).encode(frame)).toThrow(
      new RangeError(`Cannot encode frame: ${why}`),
    );
  });

  test('keepDelimiter: what is neither text nor bytes is refused as ever', () => {
    // @ts-expect-error -- what a caller without types may do
    expect(() => kept().encode(5)).toThrow(
      new TypeError('Cannot encode number: expected a string or a Uint8Array'),
    );
  });

  test.each(['\xff', '\xc3'])(
    'keepDelimiter: text of UTF-8 has no place for a delimiter that is not',
    (mark) => {
      const delimiters = wire(mark);
      expect(() => kept({ delimiters, charset: 'utf8' })).toThrow(
        new RangeError(
          'Cannot make framing: keepDelimiter is true, expected false: a delimiter is not UTF-8',
        ),
      );
      expect([
        ...kept({ delimiters, charset: 'latin1' })
          .decoder()
          .push(wire(`a${mark}`)),
      ]).toEqual([`a${mark}`]);
    },
  );
});
