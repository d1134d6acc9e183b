import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Decoder, type Frame, lines } from '../src/index.ts';
import { chunk, delimited, enclosed, netstring } from '../src/framings/index.ts';
import { delimitedCases, enclosedCases, linesCases, netstringCases } from './cases.ts';
import { wire } from './wire.ts';
import { runsFor } from './how-many.ts';

type Frames = Frame<string | Uint8Array>[];

/** What a decoder makes of the bytes in chunks of these sizes, in turns. */
function drive(
  decoder: Decoder<string | Uint8Array>,
  bytes: Uint8Array,
  sizes: readonly number[],
  step: (part: Uint8Array, turn: number) => Frames,
): (readonly [frames: Frames, offset: number, partialBytes: number])[] {
  const seen: (readonly [Frames, number, number])[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length]!;
    const part = bytes.slice(at, at + size);
    at += size;
    const frames = step(part, turn);
    part.fill(0x2a);
    seen.push([frames, decoder.offset, decoder.partialBytes]);
  }
  return seen;
}

const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 });

/** Wires of several hundred bytes too, so that whole windows of text are in one chunk. */
const cases = fc.oneof(linesCases, delimitedCases, enclosedCases, netstringCases).chain((one) =>
  fc
    .tuple(fc.constant(one), fc.integer({ min: 1, max: 6 }), sizes)
    .map(([{ framing, wire: bytes }, times, cut]) => ({
      framing,
      bytes: Uint8Array.from(Array.from({ length: times }, () => [...bytes]).flat()),
      cut,
    })),
);

test('decode: gives what read gives, chunk by chunk, in every framing, and leaves the decoder in the same place', () => {
  fc.assert(
    fc.property(cases, ({ framing, bytes, cut }) => {
      const reader = framing.decoder();
      const want = drive(reader, bytes, cut, (part) => [...reader.push(part)]);
      const decoder = framing.decoder();
      expect(drive(decoder, bytes, cut, (part) => decoder.decode(part))).toEqual(want);
      expect([...decoder.end()]).toEqual([...reader.end()]);
    }),
    { numRuns: runsFor(2_000) },
  );
});

/** Lines that windows of text are cut from, now and then with something wrong in them. */
const line = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('', 'a', 'bcd', 'The quick brown fox', 'v'.repeat(19)) },
  { weight: 1, arbitrary: fc.constantFrom('x\r', 'y\rz', '\x80', '\x00', 'w'.repeat(25), '\xc3\xa9') },
);
const text = fc
  .array(fc.tuple(line, fc.constantFrom('\n', '\n', '\n', '\r\n', '\r\n')), { maxLength: 120 })
  .map((pairs) => pairs.map((pair) => pair.join('')).join(''));
const options = fc.record({
  terminator: fc.constantFrom('either', 'either', 'lf', 'crlf'),
  charset: fc.constantFrom('text', 'ascii', 'latin1', 'utf8'),
  // A limit that a window fits in, and one that a line may pass.
  maxFrameBytes: fc.constantFrom(20, 20, 8192),
});
const actions = fc.array(fc.constantFrom('decode', 'decode', 'decode and take', 'push', 'read', 'readRun'), {
  minLength: 1,
});

test('decode: takes turns with push, read, readRun and take, and no frame is lost or moved', () => {
  fc.assert(
    fc.property(options, text, sizes, actions, (given, content, cut, wanted) => {
      const [decoder, twin] = [lines(given).decoder<Uint8Array>(), lines(given).decoder<Uint8Array>()];
      const want: Frames = [];
      const got: Frames = [];
      let at = 0;
      for (let turn = 0; at < content.length; turn++) {
        const part = wire(content.slice(at, at + cut[turn % cut.length]!));
        at += part.length;
        const action = wanted[turn % wanted.length]!;
        twin.push(part.slice());
        if (action.startsWith('decode')) {
          want.push(...twin);
          got.push(...decoder.decode(part));
          part.fill(0x2a);
          expect([decoder.offset, decoder.partialBytes]).toEqual([twin.offset, twin.partialBytes]);
        } else decoder.push(part);
        if (action === 'decode and take')
          expect(attempt(() => decoder.take(3))).toBe(attempt(() => twin.take(3)));
        if (action === 'read') {
          want.push(...[twin.read()].filter((frame) => frame !== undefined));
          got.push(...[decoder.read()].filter((frame) => frame !== undefined));
        }
        const run = action === 'readRun' ? decoder.readRun?.(3) : undefined;
        if (run !== undefined) {
          got.push(...run.text.split('\n').slice(0, -1));
          for (const _ of run.ends) want.push(twin.read()!);
        }
      }
      expect([...got, ...decoder.end()]).toEqual([...want, ...twin.end()]);
    }),
    { numRuns: runsFor(3_000) },
  );
});

/** What it threw: a take may be refused while an earlier one waits for its bytes. */
function attempt(act: () => void): string {
  try {
    act();
    return '';
  } catch (error) {
    return String(error);
  }
}

test.each([
  { name: 'lines', decoder: (): Decoder => lines().decoder() },
  { name: 'delimited', decoder: (): Decoder => delimited({ delimiters: ';' }).decoder() },
  { name: 'enclosed', decoder: (): Decoder => enclosed({ start: '<', end: '>' }).decoder() },
  { name: 'netstring', decoder: (): Decoder => netstring().decoder() },
  { name: 'chunk', decoder: (): Decoder => chunk().decoder() },
])(
  'decode: of $name gives an array, empty for no bytes, and refuses what push refuses',
  ({ decoder: make }) => {
    const decoder = make();
    expect(decoder.decode(new Uint8Array(0))).toEqual([]);
    // @ts-expect-error -- what a caller without types may do
    expect(() => decoder.decode('a')).toThrow(new TypeError('Cannot push string: expected a Uint8Array'));
    decoder.end();
    expect(() => decoder.decode(wire('a'))).toThrow(
      new TypeError('Cannot push 1 bytes: end() was already called'),
    );
  },
);

test('decode: frames that wait from earlier chunks come first', () => {
  const decoder = lines().decoder().push(wire('one\ntwo\n')).push(wire('thr'));
  expect(decoder.read()).toBe('one');
  expect(decoder.decode(wire('ee\n'))).toEqual(['two', 'three']);
  expect(decoder.push(wire('four\n')).decode(new Uint8Array(0))).toEqual(['four']);
});
