import type { KeyState } from './key-state.ts';
import type { Linked } from './list.ts';
import type { JobRules } from './settings.ts';

/** What a task gets. */
export interface TaskContext {
  /**
   * Aborted if the task's promise rejects before the task has ended: with the reason of the caller's signal, or with a
   * `SchedulerError` (TIMEOUT, QUIT). It is made when it's asked for.
   */
  readonly signal: AbortSignal;
}

/** A key, and the jobs that wait under it. */
export type JobKey<Key> = KeyState<Key, Job<Key>>;

/** A task in a queue, from `run` to its end. Its promise may settle earlier: on abort, after its timeout, or in a quit. */
export interface Job<Key> extends Linked<Job<Key>> {
  readonly state: JobKey<Key>;
  readonly task: (context: TaskContext) => unknown;
  readonly rules: JobRules;
  /** The cost stated when it was queued. */
  readonly cost: number;
  /** When it was queued, and once it has begun: when that was. */
  since: number;
  /** Its number in the order of arrival, by which it can be taken back. */
  arrival: number;
  /** Its caller has left `run`. It starts in a continuation. */
  waits: boolean;
  /** It has used its slot. */
  begun: boolean;
  /** What its promise was settled as, no matter what its task does. */
  settled: 'fulfilled' | 'rejected' | undefined;
  /** Settle its promise; while it waits, `resolve` starts it. If missing, its promise will ask for `outcome`. */
  resolve: ((value: unknown) => void) | undefined;
  reject: ((error: unknown) => void) | undefined;
  /** The value or the error, until its promise has it. */
  outcome: unknown;
  /** Calls off its timeout. */
  callOff: (() => void) | undefined;
  /** Its own signal, if it has asked for one. */
  controller: AbortController | undefined;
  /** Why it should stop. */
  stopped: { readonly reason: unknown } | undefined;
}

/** Tells a job's promise what it was settled as, if it can be told already. */
export function tell<Key>(job: Job<Key>): void {
  const settle = job.settled === 'fulfilled' ? job.resolve : job.reject;
  if (settle === undefined) return;
  const { outcome } = job;
  // An old job must not keep alive what became of it.
  job.outcome = undefined;
  job.resolve = undefined;
  job.reject = undefined;
  settle(outcome);
}

/**
 * What the promise of a job that has waited goes by: a thenable that keeps the functions that settle it. It is returned
 * to that promise, in place of another promise, which would make two functions more.
 */
export class Outcome<Key> {
  readonly #job: Job<Key>;

  constructor(job: Job<Key>) {
    this.#job = job;
  }

  // oxlint-disable-next-line unicorn/no-thenable -- the promise that it is returned to calls it
  then(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
    const job = this.#job;
    job.resolve = resolve;
    job.reject = reject;
    if (job.settled !== undefined) tell(job);
  }
}

/** The context of a job's task. */
export class JobContext<Key> implements TaskContext {
  readonly #job: Job<Key>;

  constructor(job: Job<Key>) {
    this.#job = job;
  }

  get signal(): AbortSignal {
    const job = this.#job;
    job.controller ??= new AbortController();
    if (job.stopped !== undefined) job.controller.abort(job.stopped.reason);
    return job.controller.signal;
  }
}
