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
import { delimited, enclosed, looseLines, netstring } from '../src/framings/index.ts';
import { type JsonFrame, jsonLines } from '../src/json/index.ts';
import {
  type DelimitedRules,
  type LineRules,
  referenceDelimited,
  referenceEnclosed,
  referenceJson,
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

export const rules: Arbitrary<Rules> = record({
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

const onTail = constantFrom('fault', 'frame');
const ends = constantFrom(
  { terminator: 'either', bareCr: 'fault' },
  { terminator: 'either', bareCr: 'content' },
  { terminator: 'either', bareCr: 'end' },
  { terminator: 'lf', bareCr: 'content' },
  { terminator: 'crlf', bareCr: 'fault' },
);
const begin = constantFrom('', '', '', '', '\xef', '\xef\xbb', '\xef\xbb\xbf', '\xef\xbb\xbf\xef\xbb\xbf');

export const linesCases: Arbitrary<Case> = record({
  rule: rules,
  terminator: constantFrom('either', 'lf', 'crlf'),
  onTail,
  bytes: wires(['\n', '\r', '\r\n']),
}).map(({ rule, terminator, onTail: tail, bytes }) => {
  const options = { ...rule, terminator, onTail: tail };
  const bareCr = terminator === 'lf' ? 'content' : 'fault';
  return {
    name: `lines ${JSON.stringify(options)}`,
    framing: lines(options),
    wire: bytes,
    want: referenceLines(bytes, { ...options, bareCr, bom: 'keep' }),
  };
});

export const looseLinesCases: Arbitrary<Case> = record({
  rule: rules,
  end: ends,
  own: record({ onTail, bom: constantFrom('keep', 'strip') }),
  begin,
  rest: wires(['\n', '\r', '\r\n']),
}).map(({ rule, end, own, begin: first, rest }) => {
  const options: LineRules = { ...rule, ...end, ...own };
  const bytes = Uint8Array.of(...wire(first), ...rest);
  return {
    name: `looseLines ${JSON.stringify(options)}`,
    framing: looseLines(options),
    wire: bytes,
    want: referenceLines(bytes, options),
  };
});

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
  onTail,
  keeps: boolean(),
  delimiters: uniqueArray(mark, { minLength: 1, maxLength: 3 }),
  asBytes: boolean(),
  bytes: markWires,
}).map(({ rule, onTail: tail, keeps, delimiters, asBytes, bytes }) => {
  const marks = delimiters.map((delimiter) => given(delimiter, asBytes, rule));
  // Text of UTF-8 can't keep a delimiter that isn't UTF-8, as bytes may be.
  const keepDelimiter =
    keeps && (rule.charset !== 'utf8' || !asBytes || marks.every(({ units }) => /^[\0-\x7f]*$/.test(units)));
  const options: DelimitedRules = { ...rule, onTail: tail, keepDelimiter };
  return {
    name: `delimited ${JSON.stringify({ delimiters, asBytes, ...options })}`,
    framing: delimited({ ...options, delimiters: marks.map((each) => each.mark) }),
    wire: bytes,
    want: referenceDelimited(
      bytes,
      marks.map(({ units }) => units),
      options,
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

const json = array(
  tuple(
    oneof(
      constantFrom(
        '1',
        '-2.5e3',
        'null',
        'true',
        '"a"',
        '"é"',
        '[]',
        '{"a":[1,{}]}',
        '{"__proto__":1}',
        ' [1] ',
      ),
      constantFrom(
        '',
        '\r',
        ' ',
        '\t\r',
        '\r1',
        'x',
        '{',
        '"',
        '1 2',
        '"\t"',
        'é',
        '\xff',
        '"\xc3',
        "'a'",
        '\u007f',
      ),
      constantFrom('"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'),
    ),
    constantFrom('\n', '\n', '\n', '\r\n', '\n\n'),
  ),
  { maxLength: 12 },
).map((all) => all.map((parts) => parts.join('')).join(''));

export const jsonCases: Arbitrary<{
  readonly framing: Framing<JsonFrame>;
  readonly wire: Uint8Array;
  readonly want: readonly Frame<JsonFrame>[];
}> = record({
  own: record({ maxFrameBytes: constantFrom(3, 9, 100), onTail, bom: constantFrom('keep', 'strip') }),
  begin,
  text: json,
  cut: boolean(),
}).map(({ own, begin: first, text, cut }) => {
  const bytes = Uint8Array.of(...wire(first), ...Buffer.from(text));
  const all = cut ? bytes.slice(0, -1) : bytes;
  return {
    framing: jsonLines(own),
    wire: all,
    want: referenceJson(all, { ...own, charset: 'utf8', onOverflow: 'error' }),
  };
});
