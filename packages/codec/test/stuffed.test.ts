import { type Arbitrary, array, assert, constantFrom, oneof, property, uint8Array } from 'fast-check';
import { afterEach, expect, expectTypeOf, test, vi } from 'vitest';
import { type Bytes, type Frame, type FrameFault, type Framing, isFault } from '../src/index.ts';
import { cobs, slip, type SlipOptions, stuffed, type StuffedOptions } from '../src/stuffed/index.ts';
import { everySplit } from '../src/testing/index.ts';
import { expectThroughAdapters } from './through-adapters.ts';
import { unwire, wire } from './wire.ts';
import { runsFor } from './how-many.ts';

afterEach(() => vi.restoreAllMocks());

const dle = { start: '\x10\x02', end: '\x10\x03', escape: '\x10' } as const;
const hdlc = { start: '\x7e', end: '\x7e', escape: '\x7d', xor: 0x20 } as const;
const angles = { start: '<', end: '>', escape: '\\' } as const;
const malformed = (offset: number, byte: number, expected: string): FrameFault => ({
  code: 'FRAME_MALFORMED',
  offset,
  byte,
  expected,
});
const skipped = (offset: number, bytes: number): FrameFault => ({ code: 'FRAME_SKIPPED', offset, bytes });
const incomplete = (offset: number, bytes: number): FrameFault => ({
  code: 'FRAME_INCOMPLETE',
  offset,
  bytes,
});

const counting = String.fromCharCode(...Array.from({ length: 255 }, (_, at) => at + 1));

/** A frame and what it is on the wire. Framings are made in the test: one that can't be made fails it, and not the file. */
const vectors: readonly { name: string; make: () => Framing<Uint8Array>; frame: string; bytes: string }[] = [
  // RFC 1055 and the tests of the crates simple_slip 0.1.2 and slip-codec 0.3.1.
  {
    name: 'simple_slip',
    make: () => slip(),
    frame: '\x01\xdb\x49\xc0\x15',
    bytes: '\xc0\x01\xdb\xdd\x49\xdb\xdc\x15\xc0',
  },
  { name: 'slip-codec', make: () => slip(), frame: '\x01\xdb\x03', bytes: '\xc0\x01\xdb\xdd\x03\xc0' },
  { name: 'slip-codec', make: () => slip(), frame: '\x01\xc0\x03', bytes: '\xc0\x01\xdb\xdc\x03\xc0' },
  {
    name: 'the crate divecomputer-core, no leading END',
    make: () => slip({ emptyFrames: 'keep' }),
    frame: '\x01\xc0\xdb',
    bytes: '\x01\xdb\xdc\xdb\xdd\xc0',
  },
  // The example of the paper by Cheshire and Baker, and the tests of cobs-python.
  {
    name: 'COBS paper',
    make: () => cobs(),
    frame: '\x45\0\0\x2c\x4c\x79\0\0\x40\x06\x4f\x37',
    bytes: '\x02\x45\x01\x04\x2c\x4c\x79\x01\x05\x40\x06\x4f\x37\0',
  },
  ...[
    ['', '\x01'],
    ['1', '\x021'],
    ['12345', '\x0612345'],
    ['12345\x006789', '\x0612345\x056789'],
    ['\x0012345\x006789', '\x01\x0612345\x056789'],
    ['12345\x006789\x00', '\x0612345\x056789\x01'],
    ['\x00', '\x01\x01'],
    ['\x00\x00', '\x01\x01\x01'],
    ['\x00\x00\x00', '\x01\x01\x01\x01'],
    [counting.slice(0, 253), `\xfe${counting.slice(0, 253)}`],
    [counting.slice(0, 254), `\xff${counting.slice(0, 254)}`],
    [counting, `\xff${counting.slice(0, 254)}\x02\xff`],
    [`\0${counting}`, `\x01\xff${counting.slice(0, 254)}\x02\xff`],
    [`${counting.slice(0, 254)}\0`, `\xff${counting.slice(0, 254)}\x01\x01`],
  ].map(([frame = '', bytes = '']) => ({
    name: 'cobs-python',
    make: () => cobs(),
    frame,
    bytes: `${bytes}\0`,
  })),
  // RFC 1662, section 4.2, and P. Karn, http://ka9q.net/papers/wcnc99/tsld057.htm
  {
    name: 'RFC 1662',
    make: () => stuffed(hdlc),
    frame: '\xff\x03\x7e\x7d',
    bytes: '\x7e\xff\x03\x7d\x5e\x7d\x5d\x7e',
  },
  // Allen-Bradley, DF1 Protocol and Command Set, publication 1770-6.5.16, and ISO 1745.
  {
    name: 'DF1',
    make: () => stuffed(dle),
    frame: '\x08\x09\x06\0\x10\x04\x03',
    bytes: '\x10\x02\x08\x09\x06\0\x10\x10\x04\x03\x10\x03',
  },
  { name: 'DLE, an empty frame', make: () => stuffed(dle), frame: '', bytes: '\x10\x02\x10\x03' },
  { name: 'single marks', make: () => stuffed(angles), frame: 'a<b>\\', bytes: '<a\\<b\\>\\\\>' },
];

test.each(vectors)('stuffed: $name, both ways, at every cut: $frame', ({ make, frame, bytes }) => {
  const framing = make();
  expect(unwire(framing.encode(wire(frame)))).toBe(bytes);
  expect(framing.encodeToLatin1(frame)).toBe(bytes);
  everySplit(framing, wire(bytes + bytes), [wire(frame), wire(frame)], { pairsUpTo: 30 });
});

const ascii = { charset: 'ascii' } as const;
const utf8 = { charset: 'utf8' } as const;
const badByte = (offset: number, byte: number, charset: 'ascii' | 'utf8'): FrameFault => ({
  code: 'FRAME_BAD_BYTE',
  offset,
  byte,
  charset,
});
const tooLong = (offset: number, limit: number): FrameFault => ({ code: 'FRAME_TOO_LONG', offset, limit });
const rows: readonly { name: string; make: () => Framing; bytes: string; want: readonly Frame[] }[] = [
  {
    name: 'slip, empty frames are dropped',
    make: () => slip(ascii),
    bytes: '\xc0\xc0a\xc0\xc0\xc0b\xc0',
    want: ['a', 'b'],
  },
  {
    name: 'slip, empty frames are kept',
    make: () => slip({ ...ascii, emptyFrames: 'keep' }),
    bytes: '\xc0a\xc0\xc0b\xc0',
    want: ['', 'a', '', 'b'],
  },
  {
    name: 'slip, a wrong escape',
    make: () => slip(ascii),
    bytes: 'a\xdbbc\xc0d\xc0',
    want: [malformed(2, 0x62, '0xDC or 0xDD'), 'd'],
  },
  {
    name: 'slip, an escape before the end',
    make: () => slip(ascii),
    bytes: 'a\xdb\xc0d\xc0',
    want: [malformed(2, 0xc0, '0xDC or 0xDD'), 'd'],
  },
  { name: 'slip, cut off', make: () => slip(ascii), bytes: 'a\xc0bc', want: ['a', incomplete(4, 2)] },
  {
    name: 'slip, cut in an escape',
    make: () => slip(ascii),
    bytes: 'a\xc0b\xdb',
    want: ['a', incomplete(4, 2)],
  },
  {
    name: 'slip, the bad byte of an escape is where its second byte is',
    make: () => slip(ascii),
    bytes: 'a\xdb\xdcb\xc0d\xc0',
    want: [badByte(2, 0xc0, 'ascii'), 'd'],
  },
  {
    name: 'slip, the end of the frame in a character',
    make: () => slip(utf8),
    bytes: 'a\xc3\xc0b\xc0',
    want: [badByte(1, 0xc3, 'utf8'), 'b'],
  },
  {
    name: 'slip, a bad byte before a wrong escape',
    make: () => slip(ascii),
    bytes: 'a\xe9\xdbb\xc0d\xc0',
    want: [badByte(1, 0xe9, 'ascii'), 'd'],
  },
  {
    name: 'slip, a wrong escape in a character',
    make: () => slip(utf8),
    bytes: '\xc3\xdbb\xc0d\xc0',
    want: [malformed(2, 0x62, '0xDC or 0xDD'), 'd'],
  },
  {
    name: 'slip, a bad byte, cut off',
    make: () => slip(ascii),
    bytes: 'd\xc0a\xe9b',
    want: ['d', badByte(3, 0xe9, 'ascii')],
  },
  {
    name: 'slip, cut off in a character',
    make: () => slip(utf8),
    bytes: 'd\xc0a\xc3',
    want: ['d', incomplete(4, 2)],
  },
  {
    name: 'slip, a bad byte before the limit',
    make: () => slip({ ...ascii, maxFrameBytes: 3 }),
    bytes: 'a\xe9\xdb\xdcb\xc0d\xc0',
    want: [badByte(1, 0xe9, 'ascii'), 'd'],
  },
  {
    name: 'slip, the limit in a character',
    make: () => slip({ ...utf8, maxFrameBytes: 2 }),
    bytes: 'a\xc3\xa9\xc0d\xc0',
    want: [tooLong(2, 2), 'd'],
  },
  {
    name: 'slip, truncated and cut off',
    make: () => slip({ ...ascii, maxFrameBytes: 2, onOverflow: 'truncate' }),
    bytes: 'd\xc0abcd',
    want: ['d', incomplete(6, 4)],
  },
  {
    name: 'slip, too long and cut off',
    make: () => slip({ ...ascii, maxFrameBytes: 2 }),
    bytes: 'd\xc0abcd',
    want: ['d', tooLong(4, 2)],
  },
  {
    name: 'cobs, zeros between frames',
    make: () => cobs(ascii),
    bytes: '\0\0\x02a\0\0\0\x01\0\0',
    want: ['a', ''],
  },
  {
    name: 'cobs, a last empty block after 254 bytes',
    make: () => cobs(ascii),
    bytes: `\xff${'a'.repeat(254)}\x01\0\x02b\0`,
    want: ['a'.repeat(254), 'b'],
  },
  {
    name: 'cobs, the limit before a last empty block',
    make: () => cobs({ ...ascii, maxFrameBytes: 254 }),
    bytes: `\xff${'a'.repeat(254)}\x01\0\x02b\0`,
    want: ['a'.repeat(254), 'b'],
  },
  {
    name: 'cobs, a block that breaks off',
    make: () => cobs(ascii),
    bytes: '\x05ab\0\x03a\0\x02b\0',
    want: [malformed(3, 0, '2 more bytes of a block'), malformed(6, 0, '1 more byte of a block'), 'b'],
  },
  { name: 'cobs, cut off', make: () => cobs(ascii), bytes: '\x02a\0\x04a', want: ['a', incomplete(5, 2)] },
  {
    name: 'hdlc, one flag between two frames, or several',
    make: () => stuffed({ ...hdlc, ...ascii }),
    bytes: '~a~b~~~c~',
    want: ['a', 'b', 'c'],
  },
  {
    name: 'hdlc, bytes before the first flag',
    make: () => stuffed({ ...hdlc, ...ascii }),
    bytes: 'ab~c~',
    want: [skipped(0, 2), 'c'],
  },
  {
    name: 'hdlc, any byte may be escaped',
    make: () => stuffed({ ...hdlc, ...ascii }),
    bytes: '~\x7d\x21\x7da\x7d\x5d~',
    want: ['\x01A}'],
  },
  {
    name: 'hdlc, an abort',
    make: () => stuffed({ ...hdlc, ...ascii }),
    bytes: '~ab\x7d~c~',
    want: [malformed(4, 0x7e, 'an escaped byte'), 'c'],
  },
  {
    name: 'hdlc, cut off',
    make: () => stuffed({ ...hdlc, ...ascii }),
    bytes: '~a~b',
    want: ['a', incomplete(4, 1)],
  },
  {
    name: 'dle, bytes between frames, an escape among them',
    make: () => stuffed({ ...dle, ...ascii }),
    bytes: 'x\x10\x10\x02a\x10\x03\xd2\x10\x03\x10\x02b\x10\x03\x10',
    want: [skipped(0, 2), 'a', skipped(7, 3), 'b', skipped(15, 1)],
  },
  {
    name: 'dle, a start in a frame',
    make: () => stuffed({ ...dle, ...ascii }),
    bytes: '\x10\x02ab\x10\x02c\x10\x03',
    want: [incomplete(4, 4), 'c'],
  },
  {
    name: 'dle, a start in a character',
    make: () => stuffed({ ...dle, ...utf8 }),
    bytes: '\x10\x02a\xc3\x10\x02c\x10\x03',
    want: [badByte(3, 0xc3, 'utf8'), 'c'],
  },
  {
    name: 'dle, another control sequence',
    make: () => stuffed({ ...dle, ...ascii }),
    bytes: '\x10\x02a\x10\x05b\x10\x03\x10\x02c\x10\x03',
    want: [malformed(4, 5, '0x02 or 0x03 or 0x10'), 'c'],
  },
  {
    name: 'dle, cut off in an escape',
    make: () => stuffed({ ...dle, ...ascii }),
    bytes: '\x10\x02a\x10',
    want: [incomplete(4, 4)],
  },
  {
    name: 'single marks, an escaped mark is content',
    make: () => stuffed({ ...angles, ...ascii }),
    bytes: '<a\\>b><c\\',
    want: ['a>b', incomplete(9, 3)],
  },
];

test.each(rows)('stuffed: 4 and 5 at every cut: $name', ({ make, bytes, want }) => {
  everySplit(make(), wire(bytes), want);
});

const byName: readonly {
  name: string;
  make: (options: Omit<SlipOptions, 'charset'>) => Framing<Uint8Array>;
  /** A byte that is written in another way, and where the fourth of them is. */
  special: string;
  fourth: number;
}[] = [
  { name: 'slip', make: slip, special: '\xc0', fourth: 8 },
  { name: 'cobs', make: cobs, special: '\0', fourth: 4 },
  { name: 'hdlc', make: (options) => stuffed({ ...hdlc, ...options }), special: '~', fourth: 8 },
  { name: 'dle', make: (options) => stuffed({ ...dle, ...options }), special: '\x10', fourth: 9 },
];

test.each(byName)("$name: 3 the limit counts content, escapes don't count", ({ make, special, fourth }) => {
  const frame = (bytes: number): string => special.repeat(bytes);
  const roomy = make({});
  const all = (...sizes: number[]): Uint8Array =>
    Buffer.concat(sizes.map((size) => roomy.encode(frame(size))));
  const limited = make({ maxFrameBytes: 3 });
  everySplit(limited, all(2, 3), [wire(frame(2)), wire(frame(3))]);
  // The byte that tells what content byte 4 is.
  everySplit(limited, all(4, 1), [{ code: 'FRAME_TOO_LONG', offset: fourth, limit: 3 }, wire(special)]);
  everySplit(make({ maxFrameBytes: 3, onOverflow: 'truncate' }), all(5, 1), [wire(frame(3)), wire(special)]);
  expect(() => limited.encode(frame(4))).toThrow(/it has 4 bytes, the limit is 3$/);
});

test.each(byName)('$name: 2 memory is bounded by twice the limit, whatever does not end', ({ make }) => {
  const decoder = make({ maxFrameBytes: 1024 }).decoder();
  const part = new Uint8Array(16_384).fill(0x61);
  decoder.push(make({}).encode('a').subarray(0, 2)).read();
  const before = process.memoryUsage().arrayBuffers;
  let faults = 0;
  for (let push = 0; push < 60; push++) for (const _ of decoder.push(part)) faults++;
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(65_536);
  expect(faults).toBeLessThan(2);
});

test.each(byName)(
  '$name: 2 a frame in many chunks is copied a few times, not once a chunk',
  ({ make, special }) => {
    const framing = make({ maxFrameBytes: 2 ** 20 });
    const size = 2 ** 16;
    const bytes = framing.encode(special.repeat(size));
    let copied = 0;
    // oxlint-disable-next-line typescript/unbound-method -- called with the array it is spied on
    const { set } = Uint8Array.prototype;
    vi.spyOn(Uint8Array.prototype, 'set').mockImplementation(function (this: Uint8Array, from, at) {
      copied += from.length;
      set.call(this, from, at);
    });
    const decoder = framing.decoder();
    let got: unknown;
    for (let at = 0; at < bytes.length; at += 125)
      got = decoder.push(bytes.subarray(at, at + 125)).read() ?? got;
    expect(got).toHaveLength(size);
    expect(copied).toBeLessThan(5 * bytes.length);
  },
);

test.each(byName)('$name: 2 a kept frame does not keep its chunk', ({ make }) => {
  const bytes = make({}).encode('abc');
  const big = new Uint8Array(65_536);
  big.set(bytes);
  const [kept] = make({}).decoder().push(big.subarray(0, bytes.length));
  expect(kept instanceof Uint8Array && [unwire(kept), kept.buffer.byteLength]).toEqual(['abc', 3]);
});

const framings = (): Arbitrary<Framing<Uint8Array>> =>
  constantFrom<Framing<Uint8Array>[]>(
    slip(),
    slip({ emptyFrames: 'keep' }),
    cobs(),
    stuffed(dle),
    stuffed(hdlc),
    stuffed(angles),
    stuffed({ ...angles, xor: 0x80 }),
    stuffed({ start: '\x10b', end: '\x10b', escape: '\x10' }),
    stuffed({ start: 'b', end: '\x10c', escape: '\x10' }),
  );
const content = array(constantFrom(...wire('\x10\x02\x03\x7e\x7d\x5e\xc0\xdb\xdc\xdd\0ab<>\\')), {
  maxLength: 20,
}).map((bytes) => Uint8Array.from(bytes));

test('stuffed: 6 what encode takes comes back as the same frame, whatever comes before and after it', () => {
  let taken = 0;
  assert(
    property(framings(), array(content), uint8Array({ maxLength: 300 }), (framing, contents, any) => {
      const all = [...contents, any].filter((frame) => {
        try {
          return framing.encode(frame).length > 0;
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
          expect(frame).toHaveLength(0);
          return false;
        }
      });
      taken += all.length;
      const bytes = Buffer.concat(all.map((frame) => framing.encode(frame)));
      expect(
        [...framing.decoder().push(bytes).end()].map((frame) => !isFault(frame) && unwire(frame)),
      ).toEqual(all.map(unwire));
    }),
    { numRuns: runsFor(1000) },
  );
  expect(taken).toBeGreaterThan(runsFor(1000));
});

test('stuffed: 4 after damage, the next frame is unharmed if it begins with an end, else the one after it', () => {
  const beginning = new Set([slip(), stuffed(hdlc)]);
  assert(
    property(
      oneof(constantFrom(...beginning), framings()),
      content,
      uint8Array({ maxLength: 20 }),
      (framing, frame, damage) => {
        const sent = frame.length === 0 ? wire('x') : frame;
        const good = framing.encode(sent);
        const got = [
          ...framing
            .decoder()
            .push(Buffer.concat([damage, good, good]))
            .end(),
        ];
        expect(got.at(-1)).toEqual(sent);
        if (beginning.has(framing)) expect(got.at(-2)).toEqual(sent);
      },
    ),
    { numRuns: runsFor(2000) },
  );
});

test.each([() => slip(), () => stuffed(hdlc)])(
  'stuffed: 6 an empty frame is refused where it would be none',
  (make) => {
    expect(() => make().encode('')).toThrow(
      /^Cannot encode frame: it is empty, and two \w+ in a row are not a frame$/,
    );
  },
);

test('take: with stuffed framings it gives back what is held, as it came', () => {
  for (const [framing, bytes] of [
    [slip(), '\xdb\xdca\xdb'],
    [cobs(), '\x05ab'],
    [stuffed(hdlc), '\x7da\x7d\x41\x7d'],
    [stuffed(dle), '\x10\x02a\x10\x10\x10'],
    [stuffed(dle), '\x10'],
  ] as const) {
    const decoder = framing.decoder();
    const flag = framing.encode('q');
    expect([...decoder.push(flag)]).toEqual([wire('q')]);
    expect([...decoder.push(wire(bytes))]).toEqual([]);
    decoder.take(bytes.length + 1);
    expect([...decoder.push(wire('x'))]).toEqual([wire(`${bytes}x`)]);
    expect([...decoder.push(flag)]).toEqual([wire('q')]);
    expect([decoder.offset, decoder.partialBytes]).toEqual([2 * flag.length + bytes.length + 1, 0]);
  }
});

test('take: after bytes were skipped it counts from the next start, after a fault from the end of the frame', () => {
  const decoder = stuffed(dle).decoder();
  expect([...decoder.push(wire('xx'))]).toEqual([]);
  decoder.take(3);
  expect([...decoder.push(wire('y\x10\x02ab'))]).toEqual([skipped(0, 3), wire('\x10\x02a')]);
  const faulty = slip({ maxFrameBytes: 2 }).decoder();
  expect([...faulty.push(wire('abc'))]).toMatchObject([{ code: 'FRAME_TOO_LONG' }]);
  faulty.take(2);
  expect([...faulty.push(wire('d\xc0xyz\xc0'))]).toEqual([wire('xy'), wire('z')]);
});

test.each<[Partial<StuffedOptions>, string]>([
  [{ escape: '\x10\x10' }, 'escape is 2 bytes, expected 1 byte'],
  [{ start: '\x02\x10' }, 'start is 0x02 0x10, expected 1 byte, or the escape and 1 other byte'],
  [{ start: '\x10' }, 'start is 0x10, expected 1 byte, or the escape and 1 other byte'],
  [{ end: '\x10\x10' }, 'end is 0x10 0x10, expected 1 byte, or the escape and 1 other byte'],
  [{ end: '\x10\x03\x04' }, 'end is 0x10 0x03 0x04, expected 1 byte, or the escape and 1 other byte'],
  [{ end: '' }, 'end is empty, expected at least 1 byte'],
  [{ xor: 0 }, 'xor is 0, expected an integer from 1 to 255'],
  [{ xor: 256 }, 'xor is 256, expected an integer from 1 to 255'],
  [{ xor: 0x12 }, "xor is 18, expected another: with this one 0x10 can't be content"],
  [{ start: '\x03' }, "end is 0x10 0x03, expected another: with this one 0x03 can't be content"],
])('stuffed: %o is refused', (options, why) => {
  expect(() => stuffed({ ...dle, ...options })).toThrow(new RangeError(`Cannot make framing: ${why}`));
});

test('slip: an unknown way with empty frames is refused', () => {
  // @ts-expect-error -- what a caller without types may do
  expect(() => slip({ emptyFrames: 'skip' })).toThrow(
    new RangeError('Cannot make framing: emptyFrames is skip, expected drop, keep'),
  );
});

test('stuffed: 7 every frame through frames, frameTransform and frameStream, empty ones too', async () => {
  const framing = stuffed({ ...dle, charset: 'utf8' });
  const chunks = ['\x10\x02a\x10', '\x03\x10\x02\x10\x03\x10\x02\xe2\x82', '\xac\x10\x03\x10\x02b'].map(wire);
  const want = ['a', '', '€', incomplete(19, 3)];
  await expectThroughAdapters(framing, chunks, want);
});

test('stuffed: the frames are bytes unless a charset of text is given', () => {
  expectTypeOf(slip()).toEqualTypeOf<Framing<Bytes>>();
  expectTypeOf(cobs({ charset: 'utf8' })).toEqualTypeOf<Framing>();
  expectTypeOf(stuffed(dle)).toEqualTypeOf<Framing<Bytes>>();
  expect(cobs({ charset: 'utf8' }).decoder().push(wire('\x03\xc3\xa9\0')).read()).toBe('é');
});

test('stuffed: by default no byte is changed behind the escape, and a flag of two bytes is one of both ends', () => {
  const flags = stuffed({ start: '\x10b', end: '\x10b', escape: '\x10', charset: 'latin1' });
  expect(flags.encodeToLatin1('a\x10')).toBe('\x10ba\x10\x10\x10b');
  const [fault] = flags.decoder().push(wire('\x10ba\x10c\x10b'));
  expect(fault).toEqual(malformed(4, 0x63, '0x10 or 0x62'));
});
