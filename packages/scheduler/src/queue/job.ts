import type { KeyState } from './key-state.ts';

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
export interface Job<Key> {
  readonly state: JobKey<Key>;
  readonly task: (context: TaskContext) => unknown;
  readonly signal: AbortSignal | undefined;
  /** The cost stated when it was queued. */
  readonly cost: number;
  /** Its time is measured, and the difference to `cost` is charged. */
  readonly timed: boolean;
  readonly priority: number;
  readonly timeoutMs: number | undefined;
  /** Its slot becomes free at its timeout. */
  readonly freed: boolean;
  /** When it was queued, and once it has begun: when that was. */
  since: number;
  /** Its number in the order of arrival, by which it can be taken back. */
  arrival: number;
  /** Its promise is settled, no matter what its task does. */
  settled: boolean;
  /** Its promise, once it has a slot. */
  outcome: Promise<unknown> | undefined;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
  /** Starts it in its caller's context. If missing, its caller is still in `run`. */
  open: ((job: this) => void) | undefined;
  /** Calls off its timeout. */
  callOff: () => void;
  /** Its own signal, if it has asked for one. */
  controller: AbortController | undefined;
  /** Why it should stop. */
  stopped: { readonly reason: unknown } | undefined;
}

/** Settles a job that has nobody to tell: it doesn't wait yet, or it is already settled. */
export function ignore(): void {}

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
