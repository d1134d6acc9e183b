import { appendFileSync } from 'node:fs';

/** One measured thing of one row of the fault table, beside what is asked of it. */
export interface FaultFigure {
  /** `F1`, or another row of `scripts/faults.mjs`. */
  readonly id: string;
  /** What was measured, in a few words. */
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** What is asked: not below `atLeast`, not above `atMost`. */
  readonly atLeast?: number;
  readonly atMost?: number;
}

/**
 * Notes a figure for `npm run faults`, which prints them all and ends with 1 when one is short. In the gate it does
 * nothing: a test asserts behaviour, never a time.
 */
export function figure(seen: FaultFigure): void {
  note(seen);
}

/** Says that a row cannot be tried on this machine, and why. With `CI=true` it throws. */
export function skip(id: string, reason: string): void {
  if (process.env['CI'] === 'true') throw new Error(`Cannot run ${id}: ${reason}`);
  process.stdout.write(`SKIPPED: ${id}: ${reason}\n`);
  note({ id, skipped: reason });
}

/** A size of a test: small in the gate, as the table of faults has it under `npm run faults`. */
export function size(small: number, full: number): number {
  return process.env['FAULTS'] === 'full' ? full : small;
}

function note(record: object): void {
  const file = process.env['FAULT_FIGURES'];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(record)}\n`);
}
