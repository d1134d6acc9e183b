import { assert, integer, oneof, property } from 'fast-check';
import { expect, test } from 'vitest';
import { everySplit } from '../src/testing/index.ts';
import { delimitedCases, enclosedCases, linesCases, netstringCases } from './cases.ts';

const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? '20');
const cases = oneof(linesCases, delimitedCases, enclosedCases, netstringCases);

test(
  `every framing: 1 whatever the cut, the frames of the reference decoder (${SECONDS} s)`,
  () => {
    let runs = 0;
    assert(
      property(cases, integer(), ({ framing, wire, want }, seed) => {
        runs++;
        everySplit(framing, wire, want, { seed, randomCuts: 20, pairsUpTo: 12 });
      }),
      { numRuns: Number.POSITIVE_INFINITY, interruptAfterTimeLimit: SECONDS * 1000 },
    );
    console.log(`fuzz: ${runs} runs in ${SECONDS} s, no difference`);
    expect(runs).toBeGreaterThan(5 * SECONDS);
  },
  SECONDS * 1000 + 60_000,
);
