import * as fc from 'fast-check';

const divisor = Number(process.env['RUNS_DIVISOR'] ?? 1);
// Each mutant must meet the same runs, and one that fails is enough.
if (divisor > 1) fc.configureGlobal({ seed: 6677, endOnFailure: true });

/** So many runs, or the part of them that a run of the tests for every mutant can afford. */
export function runs(count: number): number {
  return Math.ceil(count / divisor);
}
