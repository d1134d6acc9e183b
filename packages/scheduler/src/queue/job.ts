import type { KeyTally } from './key-tally.ts';

/** A task in a queue, from `run` to its end. What became of it may be settled before: on abort, or in a quit. */
export interface Job<Key> {
  readonly key: Key;
  readonly tally: KeyTally;
  readonly task: (signal: AbortSignal | undefined) => unknown;
  readonly signal: AbortSignal | undefined;
  /** What it was said to cost when it was queued. */
  readonly cost: number;
  /** Its time is measured, and what `cost` was short of it is charged. */
  readonly timed: boolean;
  readonly queuedAt: number;
  /** Its number in the order of arrival, by which it can be taken back. */
  arrival: number;
  /** What became of it is, whatever its task does. */
  settled: boolean;
  /** What becomes of it, from the time that it has a slot. */
  outcome: Promise<unknown> | undefined;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
  /** While it waits: has it begin in the context of its caller. Without it, its caller is in `run` still. */
  open: ((job: this) => void) | undefined;
}

/** What settles a job that has nobody to tell: it does not wait yet, or it is settled. */
export function ignore(): void {}
