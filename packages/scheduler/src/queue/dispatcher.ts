import { MOST } from '../bounds.ts';
import type { Clock } from '../clock.ts';
import { FairTurns } from '../orders/fair.ts';
import { SchedulerError } from '../scheduler-error.ts';
import { Service } from '../service.ts';
import { AbortWatch, isAborted, reasonOf } from './abort-watch.ts';
import { Gate } from './gate.ts';
import { ignore, type Job, JobContext, type JobKey } from './job.ts';
import { HELD } from './key-state.ts';
import { Keys } from './keys.ts';
import type { KeySettings } from './settings.ts';
import type { TaskInfo } from './stats.ts';
import { taskName } from './refusal.ts';

export interface DispatcherOptions<Key> {
  readonly concurrency: number;
  readonly quantum: number;
  readonly settingsOf: (key: Key) => KeySettings;
  /** Keys may have rates. */
  readonly isRated: boolean;
  readonly clock: Clock;
  /** A job no longer waits. */
  readonly freed: (key: Key) => void;
  /** Less waits or runs than before. */
  readonly eased: () => void;
}

// Browser clocks can stand still for a millisecond. A task that seems to take no time must not be free.
const LEAST_MS = 0.1;

/** Starts jobs in fair turns as slots become free, and settles each job's promise once. */
export class Dispatcher<Key> {
  readonly keys: Keys<Key>;
  readonly gate: Gate<Key>;
  readonly running: Set<Job<Key>> = new Set();
  /** What waits. */
  readonly waiting: Service<Key, Job<Key>>;
  concurrency: number;
  served = 0;
  paused = false;
  readonly #options: DispatcherOptions<Key>;
  readonly #aborts = new AbortWatch<Job<Key>>((job, signal) => this.#abort(job, signal));
  #starting = false;

  constructor(options: DispatcherOptions<Key>) {
    this.#options = options;
    const { clock, quantum, concurrency, settingsOf, isRated } = options;
    this.concurrency = concurrency;
    this.waiting = new Service((active) => new FairTurns(active, quantum));
    this.keys = new Keys(settingsOf);
    this.gate = new Gate(clock, this.waiting, isRated, () => this.start());
  }

  /**
   * Returns the promise of its result. Errors: throws what a signal that isn't the platform's throws, and queues
   * nothing.
   */
  enqueue(job: Job<Key>): Promise<unknown> {
    if (job.signal !== undefined) this.#aborts.add(job.signal, job);
    this.waiting.push(job.state, job, job.cost, 1);
    job.arrival = this.waiting.arrivals;
    this.start();
    return job.outcome ?? this.#wait(job);
  }

  start(): void {
    // A task that ends at once, or queues another, gets back here. The loop below continues with it.
    if (this.#starting) return;
    this.#starting = true;
    while (!this.paused && this.running.size < this.concurrency) {
      const job = this.gate.take();
      if (job === undefined) break;
      this.#occupy(job);
      if (job.open === undefined) this.#begin(job);
      else job.open(job);
      this.#options.freed(job.state.id);
    }
    this.#starting = false;
    this.#options.eased();
  }

  /**
   * Makes a job wait for its slot. A promise made in `run` and continued carries the caller's async context, on every
   * platform that has one. The task starts in that continuation.
   */
  #wait(job: Job<Key>): Promise<unknown> {
    const opened = new Promise<Job<Key>>(capture);
    job.open = resolveLast;
    job.reject = rejectLast;
    return opened.then(this.#beginWaiting);
  }

  // One for all jobs: thousands may wait, and a closure for each would be kept that long.
  readonly #beginWaiting = (job: Job<Key>): unknown => {
    const { outcome } = job;
    // A job that has waited is old: the garbage collector keeps what it points to for a long time.
    job.outcome = undefined;
    this.#starting = true;
    this.#begin(job);
    this.#starting = false;
    this.start();
    return outcome;
  };

  /** Rejects what waits, of all keys unless one is named, and returns how many. */
  takeBack(error: (key: Key) => Error, only?: JobKey<Key>): number {
    let count = 0;
    // To an observer, a job that has its slot but hasn't started still waits.
    for (const job of this.running) {
      const isBegun = job.open === undefined || job.outcome === undefined;
      if (isBegun || (only !== undefined && job.state !== only)) continue;
      if (this.#settle(job, 'reject', error(job.state.id))) count += 1;
    }
    for (const state of only === undefined ? this.keys.all() : [only]) {
      for (const job of this.waiting.drain(state)) {
        this.#settle(job, 'reject', error(state.id));
        this.#options.freed(state.id);
        count += 1;
      }
      this.keys.eased(state, this.#options.clock);
    }
    this.#options.eased();
    return count;
  }

  /** Rejects what runs, and returns how many. The tasks themselves continue, and see it by their signals. */
  abandon(error: (key: Key) => Error): number {
    return [...this.running].filter((job) => this.#stop(job, error(job.state.id))).length;
  }

  /** What runs and what waits. */
  tasks(now: number): TaskInfo<Key>[] {
    const info = (job: Job<Key>, state: TaskInfo<Key>['state']): TaskInfo<Key> => {
      return { key: job.state.id, state, forMs: now - job.since, cost: job.cost, priority: job.priority };
    };
    const tasks = [...this.running].map((job) => info(job, job.settled ? 'abandoned' : 'running'));
    for (const state of this.keys.all()) {
      for (const { item } of state.entries()) tasks.push(info(item, 'waiting'));
    }
    return tasks;
  }

  /** Forgets a key, with its rate, unless it has work. Its hold ends. */
  forget(state: JobKey<Key>): void {
    this.gate.release(state);
    if (state.isIdle) this.keys.forget(state);
  }

  #occupy(job: Job<Key>): void {
    const { state } = job;
    job.outcome = new Promise(capture);
    job.resolve = resolveLast;
    job.reject = rejectLast;
    this.running.add(job);
    state.running += 1;
    if (state.running >= state.limit) this.gate.hold(state, HELD.limit);
  }

  /** Never throws, no matter what the task does. */
  #begin(job: Job<Key>): void {
    // A listener before ours may have kept us from hearing of the abort.
    if (job.signal !== undefined && isAborted(job.signal)) this.#abort(job, job.signal);
    if (job.settled) return this.#vacate(job);
    const startedAt = this.#options.clock.now();
    job.state.started(startedAt - job.since);
    job.since = startedAt;
    let result: unknown;
    try {
      result = job.task(new JobContext(job));
      if (isThenable(result)) {
        // It may have ended the queue, or itself.
        if (job.timeoutMs !== undefined && !job.settled) this.#limitTime(job, job.timeoutMs);
        Promise.resolve(result).then(
          (value) => this.#ended(job, 'resolve', value),
          (error: unknown) => this.#ended(job, 'reject', error),
        );
        return;
      }
    } catch (error) {
      this.#ended(job, 'reject', error);
      return;
    }
    this.#ended(job, 'resolve', result);
  }

  #limitTime(job: Job<Key>, timeoutMs: number): void {
    const { clock } = this.#options;
    const left = Math.max(0, timeoutMs - (clock.now() - job.since));
    try {
      job.callOff = clock.setTimeout(() => this.#timeOut(job, timeoutMs), left);
    } catch (error) {
      // Nothing would end it.
      this.#stop(job, error);
    }
  }

  #timeOut(job: Job<Key>, timeoutMs: number): void {
    const text = `Cannot wait for ${taskName(job.state.id)}: it has run for ${timeoutMs} ms`;
    this.#stop(job, new SchedulerError('TIMEOUT', text));
    if (job.freed) this.#ended(job, 'reject', undefined);
  }

  #ended(job: Job<Key>, how: 'resolve' | 'reject', value: unknown): void {
    const { state, timed } = job;
    // A custom promise may settle more than once, and a slot may have been freed.
    if (!this.running.has(job)) return;
    job.callOff();
    const now = this.#options.clock.now();
    const tookMs = now - job.since;
    const cost = timed ? Math.min(MOST, Math.max(LEAST_MS, tookMs)) : job.cost;
    if (timed) this.gate.charge(state, cost - job.cost, now);
    state.ended(tookMs, cost, timed);
    this.served += 1;
    // The next task starts before anybody learns that this one has ended, and may pause or quit the queue.
    this.#vacate(job);
    this.#settle(job, how, value);
  }

  #vacate(job: Job<Key>): void {
    const { state } = job;
    this.running.delete(job);
    state.running -= 1;
    if (state.running < state.limit) this.gate.unhold(state, HELD.limit);
    this.keys.eased(state, this.#options.clock);
    this.start();
  }

  /** Rejects a running job, and tells its task. Returns whether this settled it. */
  #stop(job: Job<Key>, reason: unknown): boolean {
    if (!this.#settle(job, 'reject', reason)) return false;
    // The timeout of a task that was aborted still frees its slot.
    if (!job.freed) job.callOff();
    job.stopped = { reason };
    job.controller?.abort(reason);
    return true;
  }

  /** Returns whether this settled it. */
  #settle(job: Job<Key>, how: 'resolve' | 'reject', value: unknown): boolean {
    if (job.settled) return false;
    job.settled = true;
    if (job.signal !== undefined) this.#aborts.remove(job.signal, job);
    if (how === 'resolve') job.resolve(value);
    else job.reject(value);
    job.resolve = ignore;
    job.reject = ignore;
    return true;
  }

  #abort(job: Job<Key>, signal: AbortSignal): void {
    if (!this.#stop(job, reasonOf(signal))) return;
    // A running job keeps its slot until its task ends.
    const { state, arrival, priority } = job;
    const entry = state.remove(arrival, priority);
    if (entry === undefined) return;
    this.waiting.lost(state, [entry]);
    this.#options.freed(state.id);
    this.keys.eased(state, this.#options.clock);
    this.#options.eased();
  }
}

// Settles the promise that was made last.
let resolveLast: (value: unknown) => void;
let rejectLast: (error: unknown) => void;

function capture(resolve: (value: never) => void, reject: (error: unknown) => void): void {
  resolveLast = resolve as typeof resolveLast;
  rejectLast = reject;
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}
