// Random framings, options and bytes, with the frames that the reference decoder finds in them.
import {
  type Arbitrary,
  array,
  boolean,
  constant,
  constantFrom,
  oneof,
  record,
  tuple,
  uniqueArray,
} from 'fast-check';
import { type Frame, type Framing, lines } from '../src/index.ts';
import { delimited, enclosed, netstring } from '../src/framings/index.ts';
import {
  referenceDelimited,
  referenceEnclosed,
  referenceLines,
  referenceNetstring,
  type Rules,
} from './reference.ts';
import { wire } from './wire.ts';

export interface Case {
  readonly name: string;
  readonly framing: Framing<string | Uint8Array>;
  readonly wire: Uint8Array;
  readonly want: readonly Frame<string | Uint8Array>[];
}

const rules: Arbitrary<Rules> = record({
  charset: constantFrom('text', 'ascii', 'latin1', 'utf8', 'bytes'),
  maxFrameBytes: constantFrom(1, 2, 3, 5, 8, 40, 100),
  onOverflow: constantFrom('error', 'truncate'),
});

// Mostly plain bytes: with as many marks as bytes no frame would ever be long enough to be too long.
function wires(marks: readonly string[]): Arbitrary<Uint8Array> {
  const piece = oneof(
    { weight: 6, arbitrary: constant('a') },
    { weight: 2, arbitrary: constantFrom(...marks) },
    {
      weight: 1,
      arbitrary: constantFrom('é', 'â', '\x82', '¬', 'Ã', '©', '\xed', '\xf0', '\x00', '\t', '\x7f'),
    },
  );
  return array(piece, { maxLength: 150, size: 'max' }).map((pieces) => wire(pieces.join('')));
}

export const linesCases: Arbitrary<Case> = record({
  rule: rules,
  terminator: constantFrom('either', 'lf', 'crlf'),
  bytes: wires(['\n', '\r', '\r\n']),
}).map(({ rule, terminator, bytes }) => ({
  name: `lines ${terminator} ${JSON.stringify(rule)}`,
  framing: lines({ ...rule, terminator }),
  wire: bytes,
  want: referenceLines(bytes, terminator, rule),
}));

const mark = constantFrom('b', 'c', 'bb', 'bc', 'ab', 'bcb', 'abc', 'a', '\xff', '\xc3', '\n');
const markWires = wires(['b', 'c', 'bb', 'bc', 'ab', 'bcb', '\xff', 'Ã¿', 'Ã\x83', '\n']);

/** A mark as it is given, and as the reference finds it: one code unit for each byte. */
function given(
  text: string,
  asBytes: boolean,
  { charset }: Rules,
): { mark: string | Uint8Array; units: string } {
  if (asBytes) return { mark: wire(text), units: text };
  return { mark: text, units: charset === 'utf8' ? Buffer.from(text, 'utf8').toString('latin1') : text };
}

export const delimitedCases: Arbitrary<Case> = record({
  rule: rules,
  delimiters: uniqueArray(mark, { minLength: 1, maxLength: 3 }),
  asBytes: boolean(),
  bytes: markWires,
}).map(({ rule, delimiters, asBytes, bytes }) => {
  const marks = delimiters.map((delimiter) => given(delimiter, asBytes, rule));
  return {
    name: `delimited ${JSON.stringify({ delimiters, asBytes, ...rule })}`,
    framing: delimited({ ...rule, delimiters: marks.map((each) => each.mark) }),
    wire: bytes,
    want: referenceDelimited(
      bytes,
      marks.map(({ units }) => units),
      rule,
    ),
  };
});

export const enclosedCases: Arbitrary<Case> = record({
  rule: rules,
  marks: tuple(mark, mark),
  asBytes: boolean(),
  bytes: markWires,
}).map(({ rule, marks, asBytes, bytes }) => {
  const [start, end] = [given(marks[0], asBytes, rule), given(marks[1], asBytes, rule)];
  return {
    name: `enclosed ${JSON.stringify({ marks, asBytes, ...rule })}`,
    framing: enclosed({ ...rule, start: start.mark, end: end.mark }),
    wire: bytes,
    want: referenceEnclosed(bytes, start.units, end.units, rule),
  };
});

const netstrings = array(
  oneof(
    { weight: 4, arbitrary: constantFrom('0:,', '1:a,', '3:abc,', '4:é\x82a,', '9:aaaaaaaaa,') },
    {
      weight: 1,
      arbitrary: constantFrom('1', '0', ':', ',', 'a', '12:', '9999999999', '999999999', '2:abc,'),
    },
  ),
  { maxLength: 20, size: 'max' },
).map((pieces) => wire(pieces.join('')));

export const netstringCases: Arbitrary<Case> = record({ rule: rules, bytes: netstrings }).map(
  ({ rule, bytes }) => ({
    name: `netstring ${JSON.stringify(rule)}`,
    framing: netstring(rule),
    wire: bytes,
    want: referenceNetstring(bytes, rule),
  }),
);
