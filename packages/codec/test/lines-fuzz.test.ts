import { array, assert, constant, constantFrom, integer, oneof, property, record } from 'fast-check';
import { expect, test } from 'vitest';
import { lines } from '../src/index.ts';
import { everySplit } from '../src/testing/index.ts';
import { referenceLines } from './reference.ts';

const byte = oneof(
  { weight: 6, arbitrary: constant(0x61) },
  { weight: 2, arbitrary: constantFrom(0x0a, 0x0d) },
  { weight: 1, arbitrary: constantFrom(0xff, 0x80, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0x09, 0x00, 0x7f) },
);
const wires = array(byte, { maxLength: 150, size: 'max' }).map((bytes) => Uint8Array.from(bytes));
const rules = record({
  charset: constantFrom('text', 'ascii', 'latin1', 'utf8', 'bytes'),
  maxFrameBytes: constantFrom(1, 2, 3, 5, 8, 100),
  onOverflow: constantFrom('error', 'truncate'),
});
const terminators = constantFrom('either', 'lf', 'crlf');

test('lines: 1 chunking never changes the result, and it is the reference decoder`s', () => {
  assert(
    property(wires, terminators, rules, integer(), (wire, terminator, rule, seed) => {
      everySplit(lines({ ...rule, terminator }), wire, referenceLines(wire, terminator, rule), {
        seed,
        randomCuts: 20,
        pairsUpTo: 0,
      });
    }),
    { numRuns: 1000 },
  );
  expect.assertions(0);
});
