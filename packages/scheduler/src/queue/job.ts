import type { KeyTally } from './key-tally.ts';

/** A task in a queue, from `run` to its end. Its promise may settle earlier: on abort, or in a quit. */
export interface Job<Key> {
  readonly key: Key;
  readonly tally: KeyTally;
  readonly task: (signal: AbortSignal | undefined) => unknown;
  readonly signal: AbortSignal | undefined;
  /** The cost stated when it was queued. */
  readonly cost: number;
  /** Its time is measured, and the difference to `cost` is charged. */
  readonly timed: boolean;
  readonly queuedAt: number;
  /** Its number in the order of arrival, by which it can be taken back. */
  arrival: number;
  /** Its promise is settled, no matter what its task does. */
  settled: boolean;
  /** Its promise, once it has a slot. */
  outcome: Promise<unknown> | undefined;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
  /** While it waits: starts it in its caller's context. If missing, its caller is still in `run`. */
  open: ((job: this) => void) | undefined;
}

/** Settles a job that has nobody to tell: it doesn't wait yet, or it is already settled. */
export function ignore(): void {}
