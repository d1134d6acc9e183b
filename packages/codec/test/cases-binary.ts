// Random binary framings, options and bytes, with the frames that the reference decoder finds in them.
import { type Arbitrary, array, constant, constantFrom, integer, oneof, record } from 'fast-check';
import { lengthPrefixed } from '../src/length-prefixed/index.ts';
import { cobs, slip, stuffed } from '../src/stuffed/index.ts';
import { type Case, rules } from './cases.ts';
import {
  referenceCobs,
  referenceLengthPrefixed,
  referenceSlip,
  referenceStuffed,
  type StuffedMarks,
} from './reference-binary.ts';
import { wire } from './wire.ts';

const WIDTHS = { u8: 1, u16: 2, u24: 3, u32: 4, varint: 0 };

const payload = oneof(
  { weight: 4, arbitrary: array(constantFrom('a', 'b'), { maxLength: 9 }).map((units) => units.join('')) },
  { weight: 2, arbitrary: constantFrom('', 'é', 'aé', '\xc3', '\x82', '\x00', '\xff', '\x7f\x80') },
  { weight: 1, arbitrary: integer({ min: 0, max: 300 }).map((length) => 'x'.repeat(length)) },
).map((text) => Array.from(wire(text)));

export const lengthPrefixedCases: Arbitrary<Case> = record({
  rule: rules,
  length: constantFrom('u8', 'u16', 'u24', 'u32', 'varint'),
  endian: constantFrom('big', 'little'),
  counts: constantFrom('payload', 'all'),
  header: constantFrom(0, 0, 0, 1, 2, 3),
  adjust: constantFrom(0, 0, 0, 1, -1, 3, -4, 200),
  // A payload, and how wrong its length is: mostly right. Now and then junk in its place.
  parts: array(
    record({
      payload,
      wrong: oneof({ weight: 8, arbitrary: constant(0) }, constantFrom(-1, 1, -5, 100_000)),
      junk: oneof(
        { weight: 12, arbitrary: constant('') },
        constantFrom('\xff', '\x80'.repeat(10), '\xff'.repeat(9)),
      ),
      padding: oneof({ weight: 8, arbitrary: constant(0) }, constantFrom(1, 6)),
    }),
    { maxLength: 20, size: 'max' },
  ),
}).map(({ rule, length, endian, counts, header: wanted, adjust, parts }) => {
  const width = WIDTHS[length];
  const header = Math.min(wanted, rule.maxFrameBytes);
  const bytes = parts.flatMap(({ payload: content, wrong, junk, padding }) => {
    if (junk !== '') return [...wire(junk)];
    const head = content.length < header ? [0x68, 0x68, 0x68].slice(0, header) : content.slice(0, header);
    const rest = content.slice(header);
    const all = counts === 'all' ? header + (width === 0 ? 1 + padding : width) : 0;
    return [...head, ...lengthOf(rest.length + all - adjust + wrong, width, endian, padding), ...rest];
  });
  return {
    name: `lengthPrefixed ${JSON.stringify({ length, endian, counts, header, adjust, ...rule })}`,
    framing: lengthPrefixed({ ...rule, length, endian, counts, header, adjust }),
    wire: Uint8Array.from(bytes),
    want: referenceLengthPrefixed(Uint8Array.from(bytes), { width, endian, counts, header, adjust }, rule),
  };
});

/** A length as it comes, right or not. */
function lengthOf(value: number, width: number, endian: 'big' | 'little', padding: number): number[] {
  if (width > 0) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
    const low = [...bytes.subarray(0, width)];
    return endian === 'big' ? low.toReversed() : low;
  }
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n || bytes.length < padding; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return [...bytes, Number(rest)];
}

const marks: readonly StuffedMarks[] = [
  { start: '\x10\x02', end: '\x10\x03', escape: '\x10', expected: '0x02 or 0x03 or 0x10' },
  { start: '\x7e', end: '\x7e', escape: '\x7d', xor: 0x20, expected: 'an escaped byte' },
  { start: '<', end: '>', escape: '\\', expected: 'an escaped byte' },
  { start: '<', end: '>', escape: '\\', xor: 0x80, expected: 'an escaped byte' },
  { start: 'b', end: 'b', escape: '\x10', expected: 'an escaped byte' },
  { start: '\x10b', end: '\x10b', escape: '\x10', expected: '0x10 or 0x62' },
  { start: '<', end: '\x10\x03', escape: '\x10', expected: '0x03 or 0x10 or 0x3C' },
  { start: '\x10\x02', end: '>', escape: '\x10', xor: 0x20, expected: 'an escaped byte' },
];

/** Mostly content, and whole frames among the marks: of marks alone nothing would ever be whole. */
function wires(pieces: readonly string[]): Arbitrary<Uint8Array> {
  const piece = oneof(
    { weight: 6, arbitrary: constantFrom('a', 'aaa') },
    { weight: 5, arbitrary: constantFrom(...pieces) },
    { weight: 1, arbitrary: constantFrom('é', 'Ã', '©', '\xe2\x82', '\xf0\x9f', '\x00', '\t', '\x7f') },
  );
  return array(piece, { maxLength: 60, size: 'max' }).map((all) => wire(all.join('')));
}

export const slipCases: Arbitrary<Case> = record({
  rule: rules,
  emptyFrames: constantFrom('drop', 'keep'),
  bytes: wires(['\xc0', '\xc0', '\xdb', '\xdb\xdc', '\xdb\xdd', '\xdc', '\xc0\xc0']),
}).map(({ rule, emptyFrames, bytes }) => ({
  name: `slip ${JSON.stringify({ emptyFrames, ...rule })}`,
  framing: slip({ ...rule, emptyFrames }),
  wire: bytes,
  want: referenceSlip(bytes, emptyFrames === 'keep', rule),
}));

export const stuffedCases: Arbitrary<Case> = constantFrom(...marks).chain((mark) => {
  const { start, end, escape, xor = 0 } = mark;
  const changed = (byte: string): string => escape + String.fromCharCode(byte.charCodeAt(0) ^ xor);
  const pieces = [start, end, start + end, escape, changed(escape), changed(start), `${start}aa${end}`];
  return record({ rule: rules, bytes: wires(pieces) }).map(({ rule, bytes }) => {
    const { expected: _, ...options } = mark;
    return {
      name: `stuffed ${JSON.stringify({ ...options, ...rule })}`,
      framing: stuffed({ ...rule, ...options }),
      wire: bytes,
      want: referenceStuffed(bytes, mark, rule),
    };
  });
});

export const cobsCases: Arbitrary<Case> = record({
  rule: rules,
  bytes: array(
    oneof(
      { weight: 5, arbitrary: constantFrom('\x01', '\x02a', '\x03aa', '\x04aaa\x01\x02a') },
      { weight: 3, arbitrary: constantFrom('\x00', '\x00\x00') },
      {
        weight: 1,
        arbitrary: constantFrom(
          '\x03é\x01',
          '\x02Ã\x02©',
          '\x05aa',
          'a',
          `\xff${'a'.repeat(254)}`,
          '\xff',
          '\xfe',
        ),
      },
    ),
    { maxLength: 40, size: 'max' },
  ).map((all) => wire(all.join(''))),
}).map(({ rule, bytes }) => ({
  name: `cobs ${JSON.stringify(rule)}`,
  framing: cobs(rule),
  wire: bytes,
  want: referenceCobs(bytes, rule),
}));
