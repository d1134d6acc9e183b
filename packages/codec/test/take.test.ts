import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { type Frame, lines } from '../src/index.ts';
import { delimited, enclosed, netstring } from '../src/framings/index.ts';
import { host } from '../src/host.ts';
import { unwire, wire } from './wire.ts';
import { runsFor } from './how-many.ts';

afterEach(() => vi.restoreAllMocks());

/** Reads `$n` as the announcement of n raw bytes, as RESP does. */
function resp(stream: string, cuts: readonly number[], maxTakeBytes = 100): Frame<string | Uint8Array>[] {
  const decoder = lines({ charset: 'text', maxFrameBytes: 50, maxTakeBytes }).decoder<Uint8Array>();
  const frames: Frame<string | Uint8Array>[] = [];
  const bytes = wire(stream);
  let from = 0;
  const drain = (): void => {
    for (const frame of decoder) {
      frames.push(frame);
      if (typeof frame === 'string' && frame.startsWith('$')) decoder.take(Number(frame.slice(1)));
    }
  };
  for (const to of [...cuts, bytes.length]) {
    const chunk = bytes.slice(from, to);
    from = to;
    decoder.push(chunk);
    drain();
    chunk.fill(0x2a);
  }
  decoder.end();
  drain();
  expect(decoder.offset).toBe(bytes.length);
  return frames;
}

const rows = [
  {
    name: 'bytes are raw, then lines again',
    stream: '$5\r\na\nb\r\x80\r\n+OK\r\n',
    want: ['$5', wire('a\nb\r\x80'), '', '+OK'],
  },
  { name: 'take(0) is an empty frame', stream: '$0\n\nx\n', want: ['$0', wire(''), '', 'x'] },
  { name: 'take(0) at the end of the stream', stream: '$0\n', want: ['$0', wire('')] },
  {
    name: 'a take is not a line: over maxFrameBytes is fine',
    stream: `$60\n${'z'.repeat(60)}x\n`,
    want: ['$60', wire('z'.repeat(60)), 'x'],
  },
  {
    name: 'over maxTakeBytes is a fault, and the bytes are discarded',
    stream: `$101\n${'\n'.repeat(101)}x\n`,
    want: ['$101', { code: 'FRAME_TOO_LONG', offset: 5, limit: 100 }, 'x'],
  },
  {
    name: 'a cut take is incomplete',
    stream: '$5\nab',
    want: ['$5', { code: 'FRAME_INCOMPLETE', offset: 5, bytes: 2 }],
  },
  {
    name: 'a take with no byte at all is incomplete',
    stream: '$5\n',
    want: ['$5', { code: 'FRAME_INCOMPLETE', offset: 3, bytes: 0 }],
  },
  {
    name: 'a cut take already reported adds nothing',
    stream: '$101\nab',
    want: ['$101', { code: 'FRAME_TOO_LONG', offset: 5, limit: 100 }],
  },
];

test.each(rows)('take: 1 $name', ({ stream, want }) => {
  expect(resp(stream, [])).toEqual(want);
  for (let at = 1; at < stream.length; at++) expect(resp(stream, [at])).toEqual(want);
  expect(
    resp(
      stream,
      Array.from({ length: stream.length - 1 }, (_, i) => i + 1),
    ),
  ).toEqual(want);
});

test('take: after bytes of the next line were seen it gives them back', () => {
  const decoder = lines().decoder<Uint8Array>();
  expect([...decoder.push(wire('ab\r'))]).toEqual([]);
  decoder.take(2);
  expect([...decoder]).toEqual([wire('ab')]);
  expect([...decoder.push(wire('\nc\n'))]).toEqual(['', 'c']);
});

test('take: after a fault it counts from the end of the faulty line', () => {
  const decoder = lines({ maxFrameBytes: 3 }).decoder<Uint8Array>();
  decoder.push(wire('abcd'));
  expect(decoder.read()).toMatchObject({ code: 'FRAME_TOO_LONG' });
  decoder.take(2);
  expect([...decoder.push(wire('ef\nxyz\n'))]).toEqual([wire('xy'), 'z']);
});

test('take: after a fault it counts from the end of the faulty frame, enclosed', () => {
  const decoder = enclosed({ start: '<', end: '>', maxFrameBytes: 3 }).decoder<Uint8Array>();
  expect([...decoder.push(wire('<abcd'))]).toEqual([{ code: 'FRAME_TOO_LONG', offset: 4, limit: 3 }]);
  decoder.take(2);
  expect([...decoder.push(wire('e>xy<z>'))]).toEqual([wire('xy'), 'z']);
});

test('take: a second one before the first was read, and no whole number, throw', () => {
  const decoder = lines().decoder<Uint8Array>();
  decoder.take(3);
  expect(() => decoder.take(4)).toThrow(
    new RangeError('Cannot take 4 bytes: the previous 3 have not been read yet'),
  );
  // @ts-expect-error -- what a caller without types may do with what a line said
  expect(() => lines().decoder<Uint8Array>().take('5')).toThrow(
    new RangeError('Cannot take "5" bytes: expected a whole number from 0'),
  );
  expect(() => lines().decoder<Uint8Array>().take(-1)).toThrow(
    new RangeError('Cannot take -1 bytes: expected a whole number from 0'),
  );
});

test.each([
  { name: 'delimited', framing: delimited({ delimiters: '--', maxFrameBytes: 400_000 }) },
  { name: 'enclosed', framing: enclosed({ start: '<<', end: '>', maxFrameBytes: 400_000 }) },
  { name: 'netstring', framing: netstring({ maxFrameBytes: 400_000 }) },
])('take: gives back the bytes of a long $name frame, and its start', ({ framing }) => {
  const decoder = framing.decoder<Uint8Array>();
  const bytes = framing.encode('x'.repeat(100_000));
  expect(decoder.push(bytes.subarray(0, 75_000)).read()).toBeUndefined();
  decoder.take(75_001);
  expect(decoder.read()).toBeUndefined();
  const taken = decoder.push(bytes.subarray(75_000, 75_001)).read();
  // Not `toEqual`, which takes seconds for so many bytes.
  expect(taken instanceof Uint8Array && Buffer.compare(taken, bytes.subarray(0, 75_001))).toBe(0);
  expect(decoder.offset).toBe(75_001);
});

test('take: in the middle of an enclosed frame it takes the start too, and a start is looked for behind it', () => {
  const decoder = enclosed({ start: '<', end: '>' }).decoder<Uint8Array>();
  decoder.push(wire('<ab'));
  expect(decoder.read()).toBeUndefined();
  decoder.take(3);
  expect(decoder.read()).toEqual(Uint8Array.of(0x3c, 0x61, 0x62));
  decoder.push(wire('x<c>'));
  expect([decoder.read(), decoder.read()]).toEqual([{ code: 'FRAME_SKIPPED', offset: 3, bytes: 1 }, 'c']);
});

test('take: in the middle of a delimited frame what is left of it is a frame', () => {
  const decoder = delimited({ delimiters: ';' }).decoder<Uint8Array>();
  decoder.push(wire('ab'));
  expect(decoder.read()).toBeUndefined();
  decoder.take(1);
  expect(decoder.read()).toEqual(Uint8Array.of(0x61));
  decoder.push(wire('c;'));
  expect(decoder.read()).toBe('bc');
});

test('take: after one too long it counts from the end of the bytes discarded', () => {
  const decoder = lines({ maxTakeBytes: 3 }).decoder<Uint8Array>();
  decoder.take(4);
  expect([...decoder]).toEqual([{ code: 'FRAME_TOO_LONG', offset: 0, limit: 3 }]);
  decoder.push(wire('ab'));
  expect([decoder.read(), decoder.partialBytes]).toEqual([undefined, 2]);
  decoder.take(2);
  expect([...decoder.push(wire('cdefgh\n'))]).toEqual([wire('ef'), 'gh']);
  expect(decoder.offset).toBe(9);
});

test('take: in one chunk, the next frame begins behind the bytes discarded', () => {
  const decoder = lines({ maxTakeBytes: 3 }).decoder<Uint8Array>().push(wire('x\n12345y'));
  expect(decoder.read()).toBe('x');
  decoder.take(5);
  expect([...decoder]).toEqual([{ code: 'FRAME_TOO_LONG', offset: 2, limit: 3 }]);
  expect([decoder.offset, decoder.partialBytes]).toEqual([7, 1]);
  expect([...decoder.end()]).toEqual([{ code: 'FRAME_INCOMPLETE', offset: 8, bytes: 1 }]);
  expect([decoder.offset, decoder.partialBytes]).toEqual([8, 0]);
});

test('take: what is thrown away of one too long is no frame, however small the chunks', () => {
  const decoder = lines({ maxTakeBytes: 3 }).decoder<Uint8Array>();
  // A line in small chunks, after which short chunks are taken in by the short way.
  expect(['a', 'b', '\n'].flatMap((text) => [...decoder.push(wire(text))])).toEqual(['ab']);
  decoder.take(5);
  expect([...decoder]).toEqual([{ code: 'FRAME_TOO_LONG', offset: 3, limit: 3 }]);
  decoder.take(0);
  expect([...decoder]).toEqual([]);
  for (const text of ['v', 'w', 'x', 'y']) expect([...decoder.push(wire(text))]).toEqual([]);
  expect([decoder.offset, decoder.partialBytes]).toEqual([3, 4]);
  expect([...decoder.push(wire('z'))]).toEqual([wire('')]);
  expect([decoder.offset, decoder.partialBytes]).toEqual([8, 0]);
  decoder.take(4);
  expect(['w', 'x', 'y', 'z', 'ok', '\n'].flatMap((text) => [...decoder.push(wire(text))])).toEqual([
    { code: 'FRAME_TOO_LONG', offset: 8, limit: 3 },
    'ok',
  ]);
  decoder.take(4);
  expect([...decoder.push(wire('wxyz'))]).toEqual([{ code: 'FRAME_TOO_LONG', offset: 15, limit: 3 }]);
  expect([decoder.offset, decoder.partialBytes]).toEqual([19, 0]);
});

test('take: cut off before its first byte it has none, whatever lay before it', () => {
  const decoder = lines({ maxFrameBytes: 3, maxTakeBytes: 3 }).decoder<Uint8Array>();
  expect([...decoder.push(wire('abcd'))]).toMatchObject([{ code: 'FRAME_TOO_LONG' }]);
  decoder.take(2);
  expect([...decoder.push(wire('ef')).end()]).toEqual([{ code: 'FRAME_INCOMPLETE', offset: 6, bytes: 0 }]);
  const skipping = lines({ maxTakeBytes: 3 }).decoder<Uint8Array>();
  skipping.take(4);
  skipping.read();
  skipping.take(2);
  expect([...skipping.push(wire('ab')).end()]).toEqual([{ code: 'FRAME_INCOMPLETE', offset: 2, bytes: 0 }]);
});

test('take: 2 text between the bytes taken is decoded once', () => {
  const decoded = vi.spyOn(host, 'latin1');
  const decoder = lines().decoder<Uint8Array>();
  const bytes = wire('$1\r\na\r\n'.repeat(9000));
  let taken = 0;
  for (const frame of decoder.push(bytes)) {
    if (frame === '$1') decoder.take(1);
    else if (frame instanceof Uint8Array) taken++;
  }
  const total = decoded.mock.calls.reduce((sum, [, from, to]) => sum + to - from, 0);
  expect(taken).toBe(9000);
  expect(total).toBeLessThan(1.1 * bytes.length);
});

/** Parts of a stream: a line, or `$n` and the n bytes it announces. Now and then long ones, and what no text has. */
const part = fc.oneof(
  fc.constantFrom('', 'a', 'The quick brown fox', '\x80', 'w'.repeat(600)),
  fc.constantFrom('', 'a\nb\r\n', '\n\n', '\x80\x00', 'z'.repeat(90), 'q\n'.repeat(300)).map(wire),
);

test('take: 1 whatever the parts, the cuts, and how read and readRun take turns', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(part, fc.constantFrom('\n', '\r\n')), { maxLength: 60 }),
      fc.array(fc.oneof(fc.integer({ min: 1, max: 200 }), fc.constant(9000)), { minLength: 1 }),
      fc.array(fc.boolean(), { minLength: 1 }),
      fc.constantFrom('lf', 'either'),
      (parts, cuts, runs, terminator) => {
        const text = parts.map(([content, end]) =>
          typeof content === 'string' ? `${content}${end}` : `$${content.length}${end}${unwire(content)}`,
        );
        const bytes = wire(text.join(''));
        const want = parts.flatMap(([content, end]) => {
          const cr = terminator === 'lf' ? end.slice(0, -1) : '';
          return typeof content === 'string' ? [`${content}${cr}`] : [`$${content.length}${cr}`, content];
        });
        const decoder = lines({ terminator, charset: 'latin1' }).decoder<Uint8Array>();
        const got: unknown[] = [];
        let turn = 0;
        const read = (): void => {
          for (;;) {
            // A run of one: the line may announce bytes.
            const run = runs[turn++ % runs.length] === true ? decoder.readRun?.(1) : undefined;
            const frame = run?.text.slice(0, -1) ?? decoder.read();
            if (frame === undefined) return;
            got.push(frame);
            const size = typeof frame === 'string' ? /^\$(\d+)\r?$/.exec(frame)?.[1] : undefined;
            if (size !== undefined) decoder.take(Number(size));
          }
        };
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const to = at + cuts[n % cuts.length]!;
          decoder.push(bytes.slice(at, to));
          read();
          at = to;
        }
        decoder.end();
        read();
        expect(got).toEqual(want);
        expect([decoder.offset, decoder.partialBytes]).toEqual([bytes.length, 0]);
      },
    ),
    { numRuns: runsFor(500) },
  );
});

test.each([
  {
    name: 'bytes skipped',
    framing: enclosed({ start: '<', end: '>' }),
    stream: 'xxx',
    before: { code: 'FRAME_SKIPPED', offset: 0, bytes: 3 },
    at: 3,
  },
  {
    name: 'a frame cut to its limit',
    framing: lines({ maxFrameBytes: 3, onOverflow: 'truncate' }),
    stream: 'abcdef',
    before: { code: 'FRAME_INCOMPLETE', offset: 6, bytes: 6 },
    at: 6,
  },
])('take: 5 at the end $name before it is told first', ({ framing, stream, before, at }) => {
  for (const [n, want] of [
    [2, { code: 'FRAME_INCOMPLETE', offset: at, bytes: 0 }],
    [0, wire('')],
    [2_000_000, { code: 'FRAME_TOO_LONG', offset: at, limit: 1_048_576 }],
  ] as const) {
    const decoder = framing.decoder<Uint8Array>();
    expect([...decoder.push(wire(stream))]).toEqual([]);
    decoder.take(n);
    expect([...decoder.end()]).toEqual([before, want]);
    expect([decoder.offset, decoder.partialBytes]).toEqual([at, 0]);
  }
});

test.each([
  { n: 0, want: wire('') },
  { n: 4, want: { code: 'FRAME_TOO_LONG', offset: 6, limit: 3 } },
])('take: 5 of $n at the end of a faulty frame is answered as ever', ({ n, want }) => {
  const decoder = lines({ maxFrameBytes: 3, maxTakeBytes: 3 }).decoder<Uint8Array>();
  expect([...decoder.push(wire('abcd'))]).toMatchObject([{ code: 'FRAME_TOO_LONG' }]);
  decoder.take(n);
  expect([...decoder.push(wire('ef')).end()]).toEqual([want]);
  expect([decoder.offset, decoder.partialBytes]).toEqual([6, 0]);
});
