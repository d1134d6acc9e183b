import { assert, integer, oneof, property } from 'fast-check';
import { expect, test } from 'vitest';
import { everySplit, type EverySplitOptions } from '../src/testing/index.ts';
import {
  delimitedCases,
  enclosedCases,
  jsonCases,
  linesCases,
  looseLinesCases,
  netstringCases,
} from './cases.ts';
import { cobsCases, lengthPrefixedCases, slipCases, stuffedCases } from './cases-binary.ts';

const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? '20');

type Split = (options: EverySplitOptions) => void;
/** A case of each framing, as what compares it with its reference decoder. */
const splits = oneof(
  ...[
    linesCases,
    looseLinesCases,
    delimitedCases,
    enclosedCases,
    netstringCases,
    lengthPrefixedCases,
    slipCases,
    cobsCases,
    stuffedCases,
  ].map((cases) =>
    cases.map(
      ({ framing, wire, want }): Split =>
        (options) =>
          everySplit(framing, wire, want, options),
    ),
  ),
  jsonCases.map(
    ({ framing, wire, want }): Split =>
      (options) =>
        everySplit(framing, wire, want, options),
  ),
);

test(
  `every framing: 1 whatever the cut, the frames of the reference decoder (${SECONDS} s)`,
  () => {
    let runs = 0;
    assert(
      property(splits, integer(), (split, seed) => {
        runs++;
        split({ seed, randomCuts: 20, pairsUpTo: 12 });
      }),
      { numRuns: Number.POSITIVE_INFINITY, interruptAfterTimeLimit: SECONDS * 1000 },
    );
    console.log(`fuzz: ${runs} runs in ${SECONDS} s, no difference`);
    expect(runs).toBeGreaterThan(5 * SECONDS);
  },
  SECONDS * 1000 + 60_000,
);
