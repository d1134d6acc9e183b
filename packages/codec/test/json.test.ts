import { Readable } from 'node:stream';
import { describe, expect, expectTypeOf, test, vi } from 'vitest';
import { type Bytes, type Frame, type FrameFault, formatFault, type Framing, isFault } from '../src/index.ts';
import { type JsonFrame, jsonLines, type JsonLinesOptions } from '../src/json/index.ts';
import { frames, frameTransform } from '../src/node/index.ts';
import { everySplit } from '../src/testing/index.ts';
import { frameStream } from '../src/web/index.ts';
import { unwire, wire } from './wire.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Frames, with a word in place of the parser's reason, which differs between engines. */
function read(text: string | Uint8Array, options?: JsonLinesOptions): unknown[] {
  const decoder = jsonLines(options).decoder();
  const all = [...decoder.push(typeof text === 'string' ? utf8(text) : text).end()];
  return all.map((frame) =>
    isFault(frame) && frame.code === 'FRAME_BAD_JSON' ? ['bad', frame.offset] : frame,
  );
}

// The values of the specification's own page: https://jsonlines.org/examples/
test('jsonLines: each line is a value, whatever its kind', () => {
  const text =
    '["Name", "Session", "Score", "Completed"]\n["Gilbert", "2013", 24, true]\n' +
    '{"name": "Gilbert", "wins": [["straight", "7♣"], ["one pair", "10♥"]]}\r\n' +
    'null\n"a\\nb"\n-1.5e3\n[]\n';
  const want = [
    ['Name', 'Session', 'Score', 'Completed'],
    ['Gilbert', '2013', 24, true],
    {
      name: 'Gilbert',
      wins: [
        ['straight', '7♣'],
        ['one pair', '10♥'],
      ],
    },
    null,
    'a\nb',
    -1500,
    [],
  ].map((value) => ({ value }));
  expect(() => everySplit(jsonLines(), utf8(text), want)).not.toThrow();
});

// The first two as Deno reads them (denoland/std, json/parse_stream_test.ts); `ndjson` skips empty lines too, and Python's
// jsonlines if asked (tests/test_jsonlines.py, `test_empty_lines`).
test.each([
  { name: 'empty lines hold no value', text: '\n1\n\n\n2\n', want: [{ value: 1 }, { value: 2 }] },
  { name: 'nor do lines of white space', text: ' \n\t\r\n1\n \t\r', want: [{ value: 1 }, ['cut', 3]] },
  { name: 'white space around a value', text: ' {"a":1}\t\r\n', want: [{ value: { a: 1 } }] },
  { name: 'two values in a line', text: '1 2\n3\n', want: [['bad', 0], { value: 3 }] },
  {
    name: 'a value over two lines',
    text: '{"a":\n1}\n',
    want: [
      ['bad', 0],
      ['bad', 6],
    ],
  },
  {
    name: 'no JSON of its own',
    text: "NaN\n{a:1}\n'a'\n01\n[1,]\n",
    want: [0, 4, 10, 14, 17].map((at) => ['bad', at]),
  },
  { name: 'the space of another script', text: '\u00a0\n', want: [['bad', 0]] },
  { name: 'a control character in text', text: '"\t"\n', want: [['bad', 0]] },
  { name: 'a mark of byte order', text: '\ufeff1\n2\n', want: [['bad', 0], { value: 2 }] },
  { name: 'a separator of lines that is none here', text: '"\u2028"\n', want: [{ value: '\u2028' }] },
])('jsonLines: $name', ({ text, want }) => {
  const got = read(text).map((frame) =>
    isFault(frame) && frame.code === 'FRAME_INCOMPLETE' ? ['cut', frame.bytes] : frame,
  );
  expect(got).toEqual(want);
});

describe('jsonLines: the offset of a bad line is where it begins', () => {
  test.each([
    { name: 'after characters of several bytes', text: '"é€😀"\nx\n', at: 12 },
    { name: 'after an empty line', text: '\n\nx\n', at: 2 },
    { name: 'with white space before and a CR behind it', text: '1\n  x\r\n', at: 2 },
  ])('$name', ({ text, at }) => {
    expect(read(text).at(-1)).toEqual(['bad', at]);
  });

  test('after a line with another fault, of which the rest is thrown away', () => {
    expect(read('"aaaaaaa"\nx\n', { maxFrameBytes: 5 })).toEqual([
      { code: 'FRAME_TOO_LONG', offset: 5, limit: 5 },
      ['bad', 10],
    ]);
    expect(read(wire('"\xff"\nx\n'))).toEqual([
      { code: 'FRAME_BAD_BYTE', offset: 1, byte: 0xff, charset: 'utf8' },
      ['bad', 4],
    ]);
  });

  test('of a mark of byte order that was left out, and of a tail', () => {
    expect(read('\ufeffx\n\ufeffy', { bom: 'strip', onTail: 'frame' })).toEqual([
      ['bad', 3],
      ['bad', 5],
    ]);
  });

  test('however the lines are read when the end is known', () => {
    const decoder = jsonLines({ onTail: 'frame' }).decoder();
    decoder.push(utf8('x\n')).push(utf8('y\n')).push(utf8('z')).push(utf8('')).end();
    expect([...decoder].map((frame) => isFault(frame) && frame.offset)).toEqual([0, 2, 4]);
    expect(decoder.offset).toBe(5);
  });

  test('after bytes that were taken', () => {
    const decoder = jsonLines().decoder<Uint8Array>();
    expect([...decoder.push(utf8('{"size":3}\n'))]).toEqual([{ value: { size: 3 } }]);
    decoder.take(3);
    expect([...decoder.push(utf8('\n\n\nx\n'))]).toMatchObject([wire('\n\n\n'), { offset: 14 }]);
    expect([decoder.offset, decoder.partialBytes]).toEqual([16, 0]);
  });
});

test('jsonLines: a tail is cut off, or a value, as asked', () => {
  const cut = { code: 'FRAME_INCOMPLETE', offset: 5, bytes: 3 };
  expect(read('1\n{"a')).toEqual([{ value: 1 }, cut]);
  expect(read('1\n234')).toEqual([{ value: 1 }, cut]);
  expect(read('1\n234', { onTail: 'frame' })).toEqual([{ value: 1 }, { value: 234 }]);
  expect(read('1\n{"a', { onTail: 'frame' })).toEqual([{ value: 1 }, ['bad', 2]]);
  expect(read('1\n \t', { onTail: 'frame' })).toEqual([{ value: 1 }]);
});

test('jsonLines: the reason is one short line of ASCII, whatever the line holds', () => {
  for (const line of ['x', '"\x1b[2J\u202e', '\u2028é', `"${'a'.repeat(5000)}\t`, '{"a":1,\u0007}']) {
    const [fault] = jsonLines()
      .decoder()
      .push(utf8(`${line}\n`));
    if (!isFault(fault) || fault.code !== 'FRAME_BAD_JSON') throw new Error('expected a bad line');
    expect(fault.reason).toMatch(/^[ -~]{5,123}$/);
    expect(formatFault(fault)).toBe(
      `Cannot read frame: it is not JSON: ${fault.reason} (at stream offset 0)`,
    );
  }
});

test('jsonLines: what the parser says is cut off behind 120 characters, and what is no ASCII is escaped', () => {
  const said = (message: string): string => {
    const parse = vi.spyOn(JSON, 'parse').mockImplementation(() => {
      throw new SyntaxError(message);
    });
    const fault = jsonLines().decoder().push(utf8('x\n')).read();
    parse.mockRestore();
    return isFault(fault) && fault.code === 'FRAME_BAD_JSON' ? fault.reason : 'no fault';
  };
  expect(said('a'.repeat(120))).toBe('a'.repeat(120));
  expect(said('a'.repeat(121))).toBe(`${'a'.repeat(120)}...`);
  expect(said('é\n~ \u2028')).toBe('\\u00e9\\u000a~ \\u2028');
});

test('jsonLines: takes each of its options', () => {
  const given: JsonLinesOptions = {
    maxFrameBytes: 8,
    maxTakeBytes: 8,
    onTail: 'frame',
    bom: 'strip',
    source: 'x',
  };
  expect(jsonLines(given)).toBeDefined();
});

test('jsonLines: a key __proto__ is a key like any other', () => {
  const line = '{"__proto__":{"isAdmin":true},"constructor":{"prototype":{"isAdmin":true}}}';
  const [frame] = jsonLines()
    .decoder()
    .push(utf8(`${line}\n`));
  const value = (frame as JsonFrame).value as object;
  expect(Object.keys(value)).toEqual(['__proto__', 'constructor']);
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect('isAdmin' in {}).toBe(false);
  expect(jsonLines().encodeToLatin1({ value })).toBe(`${line}\n`);
});

test('jsonLines: a value that looks like a fault is none', () => {
  const [frame] = jsonLines().decoder().push(utf8('{"code":"FRAME_TOO_LONG","offset":0}\n'));
  expect(isFault(frame)).toBe(false);
  if (frame === undefined || isFault(frame)) throw new Error('expected a value');
  expectTypeOf(frame).toEqualTypeOf<JsonFrame>();
  expectTypeOf(jsonLines().decoder().read()).toEqualTypeOf<Frame<JsonFrame> | undefined>();
  expectTypeOf(jsonLines().decoder<Bytes>().read()).toEqualTypeOf<
    JsonFrame | Bytes | FrameFault | undefined
  >();
  // @ts-expect-error -- its frames are said to be values
  jsonLines().decoder().take(0);
  // @ts-expect-error -- it encodes values, not text
  expect(() => jsonLines().encode('a')).toThrow(new TypeError('Cannot encode frame: expected { value }'));
});

test('jsonLines: 7 every value through every adapter', async () => {
  const chunks = [utf8('{"a":'), utf8('1}\nx\nnul'), utf8('l\n')];
  const want = [{ value: { a: 1 } }, { code: 'FRAME_BAD_JSON', offset: 8 }, { value: null }];
  const one: Frame<JsonFrame>[] = [];
  for await (const frame of frames(Readable.from(chunks, { objectMode: false }), jsonLines()))
    one.push(frame);
  const two = await Readable.from(chunks).pipe(frameTransform(jsonLines())).toArray();
  const three: Frame<JsonFrame>[] = [];
  const stream = ReadableStream.from(chunks).pipeThrough(frameStream(jsonLines()));
  for await (const frame of stream) three.push(frame);
  for (const got of [one, two, three]) expect(got).toMatchObject(want);
});

describe('jsonLines: encode', () => {
  test('6 what is written is JSON, an LF, and comes back as the same value', () => {
    for (const value of [null, 0, '', 'a\nb\r\u2028é', [1, [true]], { a: { b: 'c' } }, '\ud800', '\ufeff']) {
      const bytes = jsonLines().encode({ value });
      expect(unwire(bytes)).toBe(`${unwire(utf8(JSON.stringify(value)))}\n`);
      expect(() => everySplit(jsonLines({ bom: 'strip' }), bytes, [{ value }])).not.toThrow();
    }
    expect(jsonLines().encodeToLatin1({ value: new Date(0) })).toBe('"1970-01-01T00:00:00.000Z"\n');
  });

  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  test.each([
    { value: undefined, why: "JSON can't hold undefined" },
    { value: () => 1, why: "JSON can't hold a function" },
    { value: Symbol('a'), why: "JSON can't hold a symbol" },
    { value: 10n, why: "JSON can't hold a bigint" },
    { value: Number.NaN, why: "JSON can't hold NaN" },
    { value: { a: [1, -Infinity] }, why: 'JSON can\'t hold -Infinity (at "1")' },
    { value: { 'a\nb': undefined }, why: 'JSON can\'t hold undefined (at "a\\u{a}b")' },
    { value: [() => 1], why: 'JSON can\'t hold a function (at "0")' },
  ])('6 refuses $value', ({ value, why }) => {
    expect(() => jsonLines().encode({ value })).toThrow(new TypeError(`Cannot encode frame: ${why}`));
  });

  test('6 refuses a cycle, and what throws while it is written, in one line', () => {
    const throws = {
      toJSON: () => {
        throw new Error('no\nway');
      },
    };
    for (const value of [cycle, [cycle], throws]) {
      expect(() => jsonLines().encode({ value })).toThrow(TypeError);
      expect(() => jsonLines().encode({ value })).toThrow(
        /^Cannot encode frame: it can't be written as JSON: [^\n]+$/,
      );
    }
    expect(() => jsonLines().encode({ value: throws })).toThrow(/: no$/);
  });

  test.each([undefined, null, 5, {}, []])('6 refuses %j in place of a frame', (frame) => {
    const framing = jsonLines() as unknown as Framing<unknown>;
    expect(() => framing.encode(frame)).toThrow(new TypeError('Cannot encode frame: expected { value }'));
  });

  test('6 refuses what is over the limit', () => {
    expect(jsonLines({ maxFrameBytes: 4 }).encodeToLatin1({ value: 'éa'.slice(1) })).toBe('"a"\n');
    expect(() => jsonLines({ maxFrameBytes: 4 }).encode({ value: 'éa' })).toThrow(
      new RangeError('Cannot encode frame: it has 5 bytes, the limit is 4'),
    );
  });
});

test('jsonLines: options that would make it something else are refused by their names', () => {
  for (const [name, value] of Object.entries({
    charset: 'ascii',
    terminator: 'crlf',
    onOverflow: 'truncate',
    bareCr: 'end',
  })) {
    expect(() => jsonLines({ [name]: value })).toThrow(
      new TypeError(
        `Cannot make framing: ${name} is not an option, expected maxFrameBytes, maxTakeBytes, onTail, bom, source`,
      ),
    );
  }
  expect(() => jsonLines({ onTail: 'keep' as 'frame' })).toThrow(RangeError);
  expect(jsonLines({ source: 'a', maxTakeBytes: 3 }).encodeToLatin1({ value: 1 })).toBe('1\n');
});

test('jsonLines: a decoder refuses what any decoder refuses', () => {
  const decoder = jsonLines({ maxTakeBytes: 1 }).decoder<Uint8Array>();
  expect(() => decoder.take(-1)).toThrow(RangeError);
  // @ts-expect-error -- what a caller without types may do
  expect(() => decoder.push('a')).toThrow(TypeError);
  expect(() => decoder.end().push(wire('a'))).toThrow(TypeError);
  expect([...jsonLines().decoder()]).toEqual([]);
});
