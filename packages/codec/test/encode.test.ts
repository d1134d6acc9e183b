import {
  array,
  assert,
  boolean,
  constantFrom,
  oneof,
  property,
  record,
  string,
  uint8Array,
  uniqueArray,
} from 'fast-check';
import { expect, test } from 'vitest';
import { type Framing, isFault, lines } from '../src/index.ts';
import { chunk, delimited, enclosed, looseLines, netstring } from '../src/framings/index.ts';
import { everySplit } from '../src/testing/index.ts';
import { unwire } from './wire.ts';
import { runsFor } from './how-many.ts';

const charset = constantFrom('text', 'ascii', 'latin1', 'utf8', 'bytes');
const common = { charset, maxFrameBytes: constantFrom(1, 3, 10) };
const mark = constantFrom('b', 'c', 'bb', 'bc', 'ab', 'bcb', 'abc', 'a', '\xff', '\n');
const framings = oneof(
  record({ ...common, terminator: constantFrom('either', 'lf', 'crlf') }).map((options) => ({
    name: 'lines',
    framing: lines(options),
  })),
  record({
    ...common,
    terminator: constantFrom('either', 'lf', 'crlf'),
    bareCr: constantFrom('fault', 'content', 'end'),
    bom: constantFrom('keep', 'strip'),
  }).map(({ bareCr, ...options }) => ({
    name: 'looseLines',
    framing: looseLines(options.terminator === 'either' ? { ...options, bareCr } : options),
  })),
  record({
    ...common,
    delimiters: uniqueArray(mark, { minLength: 1, maxLength: 3 }),
    keepDelimiter: boolean(),
  })
    .filter(({ keepDelimiter, charset: one, delimiters }) => {
      return !keepDelimiter || one !== 'utf8' || !delimiters.includes('\xff');
    })
    .map((options) => ({ name: 'delimited', framing: delimited(options) })),
  record({ ...common, start: mark, end: mark }).map((options) => ({
    name: 'enclosed',
    framing: enclosed(options),
  })),
  record(common).map((options) => ({ name: 'netstring', framing: netstring(options) })),
);
const content = oneof(
  array(constantFrom('a', 'b', 'c', '\r', '\n', 'é', '€', '\x00', '\ufeff'), { maxLength: 6 }).map((units) =>
    units.join(''),
  ),
  string({ unit: 'binary', maxLength: 4 }),
  uint8Array({ maxLength: 4 }),
);

function encoded(framing: Framing<string | Uint8Array>, frame: string | Uint8Array): Uint8Array | undefined {
  try {
    return framing.encode(frame);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

test('every framing: 6 what encode does not refuse comes back as the same frame, whatever comes next', () => {
  let accepted = 0;
  assert(
    property(framings, content, content, ({ framing }, first, second) => {
      const [one, two] = [encoded(framing, first), encoded(framing, second)];
      if (one === undefined || two === undefined) return;
      accepted++;
      // A frame is text or bytes as the charset says: compare what it encodes to.
      const got = [
        ...framing
          .decoder()
          .push(Uint8Array.of(...one, ...two))
          .end(),
      ];
      expect(got.map((frame) => (isFault(frame) ? frame : unwire(framing.encode(frame))))).toEqual(
        [one, two].map(unwire),
      );
      everySplit(framing, Uint8Array.of(...one, ...two), got, { randomCuts: 3, pairsUpTo: 0 });
    }),
    { numRuns: runsFor(3000) },
  );
  expect(accepted).toBeGreaterThan(runsFor(300));
});

test.each([
  { framing: () => delimited({ delimiters: ['\r', '\r\n', '\n'] }), frame: 'a', want: 'a\r\n' },
  { framing: () => delimited({ delimiters: Uint8Array.of(0, 255) }), frame: 'a', want: 'a\x00\xff' },
  // The second begins as the first ends, and is longer than all of this.
  { framing: () => delimited({ delimiters: ['xab', 'bqqqq'] }), frame: '', want: 'xab' },
  {
    framing: () => enclosed({ start: '\x0b', end: '\x1c\r', charset: 'utf8' }),
    frame: 'é',
    want: '\x0b\xc3\xa9\x1c\r',
  },
  { framing: () => netstring(), frame: '', want: '0:,' },
  { framing: () => netstring({ charset: 'utf8' }), frame: 'é', want: '2:\xc3\xa9,' },
])('every framing: 6 encode and encodeToLatin1 give the same bytes: $want', ({ framing, frame, want }) => {
  expect([unwire(framing().encode(frame)), framing().encodeToLatin1(frame)]).toEqual([want, want]);
});

test.each([
  { framing: () => delimited({ delimiters: ';' }), frame: 'a;', byte: '0x3B' },
  { framing: () => delimited({ delimiters: ['aa'] }), frame: 'xa', byte: '0x61' },
  { framing: () => delimited({ delimiters: ['b', 'abc'] }), frame: 'xa', byte: '0x61' },
  { framing: () => enclosed({ start: '<', end: '>' }), frame: 'a<', byte: '0x3C' },
])('encode: 6 refuses what could be read as a mark: $frame', ({ framing, frame, byte }) => {
  expect(() => framing().encode(frame)).toThrow(
    new RangeError(`Cannot encode frame: ${byte} at index 1 could be read as a mark of the framing`),
  );
});

test.each([chunk, netstring])('encode: 6 refuses what is over the limit', (framing) => {
  expect(() => framing({ maxFrameBytes: 2 }).encode('abc')).toThrow(
    new RangeError('Cannot encode frame: it has 3 bytes, the limit is 2'),
  );
});

test.each([
  { frame: '\ud800', at: 0 },
  { frame: '\udc00', at: 0 },
  { frame: 'a\udc00', at: 1 },
  { frame: 'a\ud800b', at: 1 },
])('encode: 6 refuses half of a character in utf8: $at', ({ frame, at }) => {
  const unit = `0x${frame.charCodeAt(at).toString(16).toUpperCase()}`;
  expect(() => lines({ charset: 'utf8' }).encode(frame)).toThrow(
    new RangeError(`Cannot encode frame: ${unit} at index ${at} is not allowed in charset utf8`),
  );
  expect(lines({ charset: 'utf8' }).encode('\ud83d\ude00')).toHaveLength(5);
});

test.each([
  { frame: undefined, kind: 'undefined' },
  { frame: { code: 'FRAME_BARE_CR', offset: 3 }, kind: 'object' },
  { frame: Uint16Array.of(97), kind: 'object' },
  { frame: new DataView(new ArrayBuffer(1)), kind: 'object' },
])('encode: 6 refuses what is neither text nor bytes: $kind', ({ frame, kind }) => {
  // @ts-expect-error -- what a caller without types may do
  expect(() => lines().encode(frame)).toThrow(
    new TypeError(`Cannot encode ${kind}: expected a string or a Uint8Array`),
  );
});
