import { assert, array, constantFrom, integer, oneof, property, record } from 'fast-check';
import { expect, expectTypeOf, test } from 'vitest';
import { type Bytes, type Frame, type FrameFault, type Framing, isFault } from '../src/index.ts';
import { lengthPrefixed, type LengthPrefixedOptions } from '../src/length-prefixed/index.ts';
import { everySplit } from '../src/testing/index.ts';
import { referenceLengthPrefixed } from './reference-binary.ts';
import { used } from './used.ts';
import { expectThroughAdapters } from './through-adapters.ts';
import { unwire, wire } from './wire.ts';
import { runsFor } from './how-many.ts';

const hello = 'HELLO, WORLD';

/** Options, the wire, and the frames on it, in both directions. */
const vectors: readonly {
  name: string;
  options: LengthPrefixedOptions;
  bytes: string;
  want: readonly string[];
}[] = [
  // tokio-util/tests/length_delimited.rs
  { name: 'tokio, default', options: {}, bytes: '\0\0\0\x09abcdefghi', want: ['abcdefghi'] },
  {
    name: 'tokio, several',
    options: {},
    bytes: '\0\0\0\x09abcdefghi\0\0\0\x03123\0\0\0\x0bhello world',
    want: ['abcdefghi', '123', 'hello world'],
  },
  {
    name: 'tokio, little endian',
    options: { endian: 'little' },
    bytes: '\x09\0\0\0abcdefghi',
    want: ['abcdefghi'],
  },
  { name: 'tokio, 1 byte', options: { length: 'u8' }, bytes: '\x09abcdefghi', want: ['abcdefghi'] },
  {
    name: 'tokio, header offset',
    options: { length: 'u16', header: 4 },
    bytes: 'zzzz\0\x09abcdefghi',
    want: ['zzzzabcdefghi'],
  },
  {
    name: 'tokio, several with a header',
    options: { length: 'u16', header: 2 },
    bytes: 'xx\0\x09abcdefghiyy\0\x03123zz\0\x0bhello world',
    want: ['xxabcdefghi', 'yy123', 'zzhello world'],
  },
  // There the byte after the length is skipped; here it belongs to the payload.
  {
    name: 'tokio, a byte after the length',
    options: { length: 'u24', adjust: 1 },
    bytes: '\0\0\x0b\x0cHello world',
    want: ['\x0cHello world'],
  },
  {
    name: 'tokio, length includes head',
    options: { length: 'u16', counts: 'all' },
    bytes: '\0\x0babcdefghi\0\x05123\0\x0dhello world',
    want: ['abcdefghi', '123', 'hello world'],
  },
  {
    name: 'tokio, length includes head by adjustment',
    options: { length: 'u16', adjust: -2 },
    bytes: '\0\x0babcdefghi\0\x05123\0\x0dhello world',
    want: ['abcdefghi', '123', 'hello world'],
  },
  // The table in the documentation of io.netty.handler.codec.LengthFieldBasedFrameDecoder.
  { name: 'netty 2', options: { length: 'u16' }, bytes: `\0\x0c${hello}`, want: [hello] },
  { name: 'netty 3', options: { length: 'u16', counts: 'all' }, bytes: `\0\x0e${hello}`, want: [hello] },
  {
    name: 'netty 4',
    options: { length: 'u24', header: 2 },
    bytes: `\xca\xfe\0\0\x0c${hello}`,
    want: [`\xca\xfe${hello}`],
  },
  {
    name: 'netty 5',
    options: { length: 'u24', adjust: 2 },
    bytes: `\0\0\x0c\xca\xfe${hello}`,
    want: [`\xca\xfe${hello}`],
  },
  {
    name: 'netty 6',
    options: { length: 'u16', header: 1, adjust: 1 },
    bytes: `\xca\0\x0c\xfe${hello}`,
    want: [`\xca\xfe${hello}`],
  },
  {
    name: 'netty 7',
    options: { length: 'u16', header: 1, counts: 'all' },
    bytes: `\xca\0\x10\xfe${hello}`,
    want: [`\xca\xfe${hello}`],
  },
  // https://kafka.apache.org/protocol: an INT32 before each request. ApiVersions 0, correlation 1, no client id.
  {
    name: 'Kafka',
    options: {},
    bytes: '\0\0\0\x0a\0\x12\0\0\0\0\0\x01\xff\xff',
    want: ['\0\x12\0\0\0\0\0\x01\xff\xff'],
  },
  // PostgreSQL documentation, 55.7: the length counts itself, and not the type.
  {
    name: 'PostgreSQL, a query and a sync',
    options: { header: 1, counts: 'all', adjust: 1 },
    bytes: 'Q\0\0\0\x0dSELECT 1\0S\0\0\0\x04',
    want: ['QSELECT 1\0', 'S'],
  },
  {
    name: 'PostgreSQL, SSLRequest, which has no type',
    options: { counts: 'all' },
    bytes: '\0\0\0\x08\x04\xd2\x16\x2f',
    want: ['\x04\xd2\x16\x2f'],
  },
  // RFC 1035, 4.2.2. A query for the root's name servers.
  {
    name: 'DNS over TCP',
    options: { length: 'u16' },
    bytes: '\0\x11\xab\xcd\x01\0\0\x01\0\0\0\0\0\0\0\0\x02\0\x01',
    want: ['\xab\xcd\x01\0\0\x01\0\0\0\0\0\0\0\0\x02\0\x01'],
  },
  // https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md: a compressed flag before the length.
  {
    name: 'gRPC',
    options: { header: 1 },
    bytes: '\0\0\0\0\x07\x0a\x05world\x01\0\0\0\0',
    want: ['\0\x0a\x05world', '\x01'],
  },
  // https://protobuf.dev/programming-guides/techniques#streaming, and the 150 of its page on encoding.
  {
    name: 'Protocol Buffers, delimited',
    options: { length: 'varint' },
    bytes: `\x03\x08\x96\x01\0\x96\x01${'x'.repeat(150)}`,
    want: ['\x08\x96\x01', '', 'x'.repeat(150)],
  },
  // https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, 4.2.3: a heartbeat, with its frame end.
  {
    name: 'AMQP',
    options: { header: 3, adjust: 1 },
    bytes: '\x08\0\0\0\0\0\0\xce',
    want: ['\x08\0\0\xce'],
  },
];

test.each(vectors)('lengthPrefixed: $name, both ways, at every cut', ({ options, bytes, want }) => {
  const framing = lengthPrefixed({ ...options, charset: 'latin1' });
  everySplit(framing, wire(bytes), want);
  everySplit(lengthPrefixed({ ...options, charset: 'bytes' }), wire(bytes), want.map(wire));
  expect(want.map((frame) => framing.encodeToLatin1(frame)).join('')).toBe(bytes);
  expect(want.map((frame) => unwire(lengthPrefixed(options).encode(wire(frame)))).join('')).toBe(bytes);
});

test.each([
  { length: 'u8', most: 255 },
  { length: 'u16', most: 65_535 },
  { length: 'u24', most: 2 ** 24 - 1 },
] as const)('lengthPrefixed: a $length holds $most', ({ length, most }) => {
  const framing = lengthPrefixed({ length, maxFrameBytes: 2 ** 25 });
  const [frame] = framing.decoder().push(framing.encode(new Uint8Array(most)));
  expect(frame).toHaveLength(most);
  const width = length === 'u8' ? 1 : length === 'u16' ? 2 : 3;
  expect(() => framing.encode(new Uint8Array(most + 1))).toThrow(
    new RangeError(
      `Cannot encode frame: its length would be ${most + 1}, which doesn't fit in ${width} byte${width > 1 ? 's' : ''}`,
    ),
  );
});

const limits = { length: 'u16', maxFrameBytes: 5 } as const;
test.each([
  { name: 'payload', options: limits, head: '', offset: 7 },
  { name: 'payload and header', options: { ...limits, header: 2 }, head: 'hh', offset: 7 },
  { name: 'length of all', options: { ...limits, header: 2, counts: 'all' }, head: 'hh', offset: 7 },
] as const)(
  'lengthPrefixed: 3 the limit counts $name, and the next frame arrives',
  ({ options, head, offset }) => {
    const send = lengthPrefixed({ ...options, maxFrameBytes: 100, charset: 'latin1' });
    const framing = lengthPrefixed({ ...options, charset: 'latin1' });
    const frame = (bytes: number): string => head + 'abcdefgh'.slice(0, bytes - head.length);
    const all = (...sizes: number[]): Uint8Array =>
      wire(sizes.map((size) => send.encodeToLatin1(frame(size))).join(''));
    const tooLong = { code: 'FRAME_TOO_LONG', offset, limit: 5 } as const;
    everySplit(framing, all(4, 5), [frame(4), frame(5)]);
    everySplit(framing, all(6, 2), [tooLong, frame(2)]);
    everySplit(lengthPrefixed({ ...options, charset: 'latin1', onOverflow: 'truncate' }), all(6, 5, 9), [
      frame(5),
      frame(5),
      frame(5),
    ]);
    const asBytes = lengthPrefixed({ ...options, charset: 'bytes' });
    everySplit(asBytes, all(6, 5, 2), [tooLong, wire(frame(5)), wire(frame(2))]);
    expect(() => framing.encode(frame(6))).toThrow(/it has 6 bytes, the limit is 5$/);
  },
);

test('lengthPrefixed: 2 a frame that is too long is refused before a byte of it is held', () => {
  const decoder = lengthPrefixed({ maxFrameBytes: 1024 }).decoder();
  const before = process.memoryUsage().arrayBuffers;
  expect([...decoder.push(wire('\xff\xff\xff\xff'))]).toEqual([
    { code: 'FRAME_TOO_LONG', offset: 4 + 1024, limit: 1024 },
  ]);
  const part = new Uint8Array(65_536);
  for (let count = 0; count < 100; count++) expect([...decoder.push(part)]).toEqual([]);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 * part.length);
  expect([decoder.offset, decoder.partialBytes]).toEqual([0, 4 + 100 * 65_536]);
});

const malformed = (offset: number, byte: number, expected: string): FrameFault => ({
  code: 'FRAME_MALFORMED',
  offset,
  byte,
  expected,
});
test.each<{ name: string; options: LengthPrefixedOptions; bytes: string; want: FrameFault }>([
  {
    name: 'all is less than the head',
    options: { length: 'u16', counts: 'all', header: 1 },
    bytes: 'h\0\x02abcdef',
    want: malformed(2, 2, 'a length of at least 3'),
  },
  {
    name: 'negative after adjust',
    options: { length: 'u8', adjust: -4 },
    bytes: '\x03abcdef',
    want: malformed(0, 3, 'a length of at least 4'),
  },
  {
    name: 'a varint of 11 bytes',
    options: { length: 'varint' },
    bytes: `${'\x80'.repeat(10)}\0abcdef`,
    want: malformed(9, 0x80, 'a length of at most 10 bytes'),
  },
  {
    name: 'a varint of 2^53',
    options: { length: 'varint' },
    bytes: `${'\x80'.repeat(7)}\x10abcdef`,
    want: malformed(7, 0x10, 'a length of at most 9007199254740991'),
  },
])('lengthPrefixed: 4 when $name, the stream is lost', ({ options, bytes, want }) => {
  everySplit(lengthPrefixed(options), wire(bytes), [want]);
  const good = unwire(lengthPrefixed(options).encode('hi'));
  everySplit(lengthPrefixed({ ...options, charset: 'latin1' }), wire(good + bytes), [
    'hi',
    { ...want, offset: want.offset + good.length },
  ]);
});

test('lengthPrefixed: a varint of 2^53 - 1, or padded to 10 bytes, is a length', () => {
  const framing = lengthPrefixed({ length: 'varint', maxFrameBytes: 5, charset: 'ascii' });
  everySplit(framing, wire(`${'\xff'.repeat(7)}\x0fabc`), [{ code: 'FRAME_TOO_LONG', offset: 13, limit: 5 }]);
  everySplit(framing, wire(`\x83${'\x80'.repeat(8)}\0abc\x01d`), ['abc', 'd']);
});

test('lengthPrefixed: 5 what is cut off is incomplete, wherever', () => {
  const framing = lengthPrefixed({ length: 'u16', header: 1, charset: 'ascii' });
  for (const bytes of ['h', 'h\0', 'h\0\x02', 'h\0\x02a']) {
    everySplit(framing, wire(`h\0\0${bytes}`), [
      'h',
      { code: 'FRAME_INCOMPLETE', offset: 3 + bytes.length, bytes: bytes.length },
    ]);
  }
});

test('lengthPrefixed: a bad byte in the header, in the payload, and at its end is one fault', () => {
  const framing = lengthPrefixed({ length: 'u8', header: 1, charset: 'ascii' });
  const bad = (offset: number): FrameFault => ({
    code: 'FRAME_BAD_BYTE',
    offset,
    byte: 0x80,
    charset: 'ascii',
  });
  everySplit(framing, wire('\x80\x02abh\0'), [bad(0), 'h']);
  everySplit(framing, wire('h\x02\x80bh\0'), [bad(2), 'h']);
  everySplit(framing, wire('h\x02a\x80h\0'), [bad(3), 'h']);
  // A character can't have its two halves before and behind the length.
  const utf8 = lengthPrefixed({ length: 'u8', header: 1, charset: 'utf8' });
  everySplit(utf8, wire('\xc3\x02\xa9bh\0'), [
    { code: 'FRAME_BAD_BYTE', offset: 0, byte: 0xc3, charset: 'utf8' },
    'h',
  ]);
  expect(() => utf8.encode('é')).toThrow(
    new RangeError('Cannot encode frame: a character begins in its header of 1 byte and ends behind it'),
  );
  everySplit(utf8, utf8.encode('hé'), ['hé']);
});

test.each<{ options: LengthPrefixedOptions; frame: string; why: string }>([
  { options: { header: 3 }, frame: 'ab', why: 'it has 2 bytes, its header alone has 3' },
  { options: { adjust: 3 }, frame: 'ab', why: "its length would be -1, which doesn't fit in 4 bytes" },
  { options: { charset: 'ascii' }, frame: 'é', why: '0xE9 at index 0 is not allowed in charset ascii' },
])('lengthPrefixed: 6 encode refuses a frame: $why', ({ options, frame, why }) => {
  expect(() => lengthPrefixed(options).encode(frame)).toThrow(new RangeError(`Cannot encode frame: ${why}`));
});

test('lengthPrefixed: a varint that counts itself is as long as it has to be', () => {
  const framing = lengthPrefixed({ length: 'varint', counts: 'all' });
  for (const [size, head] of [
    [0, [1]],
    [126, [127]],
    [127, [0x81, 1]],
    [128, [0x82, 1]],
    [16_381, [0xff, 0x7f]],
    [16_382, [0x81, 0x80, 1]],
  ] as const) {
    const bytes = framing.encode(new Uint8Array(size));
    expect([...bytes.subarray(0, bytes.length - size)]).toEqual(head);
    expect(framing.decoder().push(bytes).read()).toHaveLength(size);
  }
});

test.each([
  [{ length: 'u64' }, 'length is u64, expected u8, u16, u24, u32, varint'],
  [{ endian: 'native' }, 'endian is native, expected big, little'],
  [{ counts: 'head' }, 'counts is head, expected payload, all'],
  [{ header: -1 }, 'header is -1, expected an integer from 0 to 65536'],
  [{ header: 4, maxFrameBytes: 3 }, 'header is 4, expected an integer from 0 to 3'],
  [{ adjust: 0.5 }, 'adjust is 0.5, expected an integer from -268435456 to 268435456'],
])('lengthPrefixed: %o is refused', (options, why) => {
  expect(() => lengthPrefixed(options as LengthPrefixedOptions)).toThrow(
    new RangeError(`Cannot make framing: ${why}`),
  );
});

test('take: with lengthPrefixed it takes raw bytes, also in the middle of a window, and gives a head back', () => {
  const framing = lengthPrefixed({ length: 'u16', header: 1 });
  const decoder = framing.decoder();
  decoder.push(wire('a\0\x01xrawb\0\x01yc\0'));
  expect(decoder.read()).toEqual(wire('ax'));
  decoder.take(3);
  expect([...decoder]).toEqual([wire('raw'), wire('by')]);
  decoder.take(4);
  expect([...decoder.push(wire('\x02pd\0\0'))]).toEqual([wire('c\0\x02p'), wire('d')]);
});

test('lengthPrefixed: 2 a kept frame keeps at most 8 KiB, and a long one itself only', () => {
  const framing = lengthPrefixed();
  const part = framing.encode(new Uint8Array(100));
  const chunk = new Uint8Array(65_536);
  for (let at = 0; at + part.length < chunk.length; at += part.length) chunk.set(part, at);
  const kept = [...framing.decoder().push(chunk)].filter((frame) => frame instanceof Uint8Array);
  expect(Math.max(...kept.map(({ buffer }) => buffer.byteLength))).toBe(8192);
  const long = framing
    .decoder()
    .push(framing.encode(new Uint8Array(5000)))
    .read();
  expect(long instanceof Uint8Array && long.buffer.byteLength).toBe(5000);
});

test('lengthPrefixed: 2 a decoder that has read everything keeps no copy', async () => {
  const framing = lengthPrefixed();
  const bytes = Buffer.concat(Array.from({ length: 50 }, () => framing.encode(new Uint8Array(300))));
  const before = used();
  const decoders = Array.from({ length: 1000 }, () => {
    const decoder = framing.decoder().push(bytes);
    while (decoder.read() !== undefined);
    return decoder;
  });
  used();
  // Memory of arrays is freed in the background.
  await new Promise(setImmediate);
  // 1,000 copies of 8 KiB would be 8 MB.
  expect(used() - before).toBeLessThan(2_000_000);
  expect(decoders.every((decoder) => decoder.offset === bytes.length)).toBe(true);
});

test('lengthPrefixed: 2 a chunk of small frames is copied at most one and a half times', () => {
  const framing = lengthPrefixed({ maxFrameBytes: 3000 });
  const bytes = Buffer.concat(
    Array.from({ length: 60 }, (_, index) => framing.encode(new Uint8Array(100 + 30 * index))),
  );
  let copied = 0;
  for (const frame of framing.decoder().push(bytes)) {
    if (frame instanceof Uint8Array && frame.byteOffset === 4) copied += frame.buffer.byteLength;
  }
  expect(copied).toBeLessThan(1.5 * bytes.length);
});

test('lengthPrefixed: frames are plain, hold what was sent, and may be changed or transferred', () => {
  const framing = lengthPrefixed({ length: 'u8', header: 1 });
  const texts = ['habc', 'h', 'hdefgh', 'hij'];
  const decoder = framing.decoder().push(Buffer.concat(texts.map((text) => framing.encode(text))));
  for (const text of texts) {
    const frame = decoder.read();
    if (!(frame instanceof Uint8Array)) throw new Error('no frame');
    expect(frame.constructor).toBe(Uint8Array);
    expect(unwire(frame)).toBe(text);
    new Uint8Array(frame.buffer).fill(0x2a);
    structuredClone(frame, { transfer: [frame.buffer] });
  }
});

const big = record({
  length: constantFrom('u16', 'u32', 'varint'),
  header: constantFrom(0, 1, 5),
  charset: constantFrom('bytes', 'bytes', 'latin1'),
  sizes: array(oneof(integer({ min: 0, max: 90 }), integer({ min: 0, max: 12_000 })), { maxLength: 60 }),
  cuts: array(integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 10 }),
});

test('lengthPrefixed: 1 short and long frames, in and out of windows, are those of the reference decoder', () => {
  assert(
    property(big, ({ length, header, charset, sizes, cuts }) => {
      const framing: Framing<string | Uint8Array> = lengthPrefixed({
        length,
        header,
        charset,
        maxFrameBytes: 10_000,
      });
      const roomy = lengthPrefixed({ length, header });
      const bytes = Buffer.concat(
        sizes.map((size, index) =>
          roomy.encode(Uint8Array.from({ length: size + header }, (_, at) => (at + index) % 256)),
        ),
      );
      const width = length === 'varint' ? 0 : length === 'u16' ? 2 : 4;
      const want = referenceLengthPrefixed(
        bytes,
        { width, endian: 'big', counts: 'payload', header, adjust: 0 },
        { charset, maxFrameBytes: 10_000, onOverflow: 'error' },
      );
      const decoder = framing.decoder();
      const got: Frame<string | Uint8Array>[] = [];
      for (let at = 0, n = 0; at < bytes.length; n++) {
        const to = at + cuts[n % cuts.length]!;
        const chunk = Buffer.from(bytes.subarray(at, to));
        got.push(...decoder.push(chunk));
        chunk.fill(0x2a);
        at = to;
      }
      got.push(...decoder.end());
      // Not `toEqual`, which takes long for so many bytes.
      const plain = (frame: Frame<string | Uint8Array>): string =>
        typeof frame === 'string' ? frame : isFault(frame) ? JSON.stringify(frame) : unwire(frame);
      expect(got.map(plain)).toEqual(want.map(plain));
    }),
    { numRuns: runsFor(200) },
  );
});

test('lengthPrefixed: 7 every frame through frames, frameTransform and frameStream, empty ones too', async () => {
  const framing = lengthPrefixed({ length: 'u8', charset: 'utf8' });
  const chunks = [wire('\x01a\0\x03'), wire('\xe2\x82'), wire('\xac\x02b')];
  const want = ['a', '', '€', { code: 'FRAME_INCOMPLETE', offset: 9, bytes: 2 } as const];
  await expectThroughAdapters(framing, chunks, want);
});

test('lengthPrefixed: the frames are bytes unless a charset of text is given', () => {
  expectTypeOf(lengthPrefixed()).toEqualTypeOf<Framing<Bytes>>();
  expectTypeOf(lengthPrefixed({ length: 'u8', charset: 'bytes' })).toEqualTypeOf<Framing<Bytes>>();
  expectTypeOf(lengthPrefixed({ charset: 'utf8' })).toEqualTypeOf<Framing>();
  expect(lengthPrefixed({ length: 'u8', charset: undefined }).decoder().push(wire('\x01a')).read()).toEqual(
    wire('a'),
  );
});
