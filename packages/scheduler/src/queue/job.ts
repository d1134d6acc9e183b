import type { KeyTally } from './key-tally.ts';

/** A task in a queue, from `run` to its end. Its promise may be settled before: on abort, or in a quit. */
export interface Job<Key> {
  readonly key: Key;
  readonly tally: KeyTally;
  readonly task: (signal: AbortSignal | undefined) => unknown;
  readonly signal: AbortSignal | undefined;
  // A method, as what its own task gives back is all it will be called with.
  resolve(value: unknown): void;
  readonly reject: (error: unknown) => void;
  /** What it was said to cost when it was queued. */
  readonly cost: number;
  /** Its time is measured, and what `cost` was short of it is charged. */
  readonly timed: boolean;
  readonly queuedAt: number;
  startedAt: number;
  /** Its number in the order of arrival, by which it can be taken back. */
  arrival: number;
  /** Its promise is, whatever its task does. */
  settled: boolean;
}
