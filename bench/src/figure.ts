import type { Interval } from './interval.ts';

/** One measured thing, beside what was asked of it. */
export interface Result {
  /** What was measured, against what: `16-byte lines / split2`. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** Lowest and highest value of the rounds. */
  readonly spread: readonly [number, number];
  /** What was asked for: a value not below `atLeast`, not above `atMost`. */
  readonly atLeast?: number;
  readonly atMost?: number;
  /** What was seen on the way, for people. */
  readonly detail: string;
  /** How it compares with another build. */
  readonly change?: Change;
  /** Why nothing was measured. */
  readonly skipped?: string;
  readonly ok: boolean;
}

/** A ratio of two builds: what is sure of it, and after how many rounds. */
export interface Change {
  readonly interval: Pick<Interval, 'low' | 'high'>;
  readonly verdict: string;
  readonly rounds: number;
}

/** A row of a report: measures when told to. */
export interface Figure {
  readonly name: string;
  measure(): Promise<readonly Result[]>;
}

/** Fills in whether a value is what was asked for. */
export function judge(result: Omit<Result, 'ok'>): Result {
  const { value, atLeast = Number.NEGATIVE_INFINITY, atMost = Number.POSITIVE_INFINITY } = result;
  return { ...result, ok: value >= atLeast && value <= atMost };
}

/** The row of what could not be measured, and why. */
export function skipped(name: string, why: string, bounds: Pick<Result, 'atLeast' | 'atMost'> = {}): Result {
  const spread = [Number.NaN, Number.NaN] as const;
  return { name, value: Number.NaN, unit: 'x', spread, ...bounds, detail: '', skipped: why, ok: true };
}

/** The middle value; of an even number of values the lower of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted[(sorted.length - 1) >> 1];
  if (middle === undefined) throw new RangeError('Cannot take median: there are no values');
  return middle;
}
