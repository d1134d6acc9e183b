import { MOST } from '../bounds.ts';
import type { Clock } from '../clock.ts';
import { SchedulerError } from '../scheduler-error.ts';
import type { Service } from '../service.ts';
import { AbortWatch, isAborted, reasonOf } from './abort-watch.ts';
import { fairService } from './fair-service.ts';
import { Gate } from './gate.ts';
import { type Job, JobContext, type JobKey, Outcome, tell } from './job.ts';
import { HELD } from './key-state.ts';
import { List } from './list.ts';
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
  readonly running: List<Job<Key>> = new List<Job<Key>>();
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
    this.waiting = fairService(quantum);
    this.keys = new Keys(settingsOf);
    this.gate = new Gate(clock, this.waiting, isRated, () => this.start());
  }

  /**
   * Returns the promise of its result. Errors: throws what a signal that isn't the platform's throws, and queues
   * nothing.
   */
  enqueue(job: Job<Key>): Promise<unknown> {
    const { state, cost, rules } = job;
    if (rules.signal !== undefined) this.#aborts.add(rules.signal, job);
    this.waiting.push(state, job, cost, 1);
    job.arrival = this.waiting.arrivals;
    if (this.#starting || !this.#hasSlot) return this.#wait(job);
    const now = new Promise(capture);
    job.resolve = resolveLast;
    job.reject = rejectLast;
    this.start();
    return job.begun ? now : this.#wait(job);
  }

  start(): void {
    // A task that ends at once, or queues another, gets back here. The loop below continues with it.
    if (this.#starting) return;
    this.#starting = true;
    while (this.#hasSlot) {
      const job = this.gate.take();
      if (job === undefined) break;
      const { state, resolve } = job;
      this.running.append(job);
      state.running += 1;
      if (state.running >= state.limit) this.gate.hold(state, HELD.limit);
      if (job.waits) {
        // It is opened. From here on, its promise will ask.
        job.resolve = undefined;
        job.reject = undefined;
        resolve?.(job);
      } else {
        this.#begin(job);
      }
      this.#options.freed(state.id);
    }
    this.#starting = false;
    this.#options.eased();
  }

  get #hasSlot(): boolean {
    return !this.paused && this.running.size < this.concurrency;
  }

  /**
   * Makes a job wait for its slot. A promise made in `run` and continued carries the caller's async context, on every
   * platform that has one. The task starts in that continuation.
   */
  #wait(job: Job<Key>): Promise<unknown> {
    const opened = new Promise<Job<Key>>(capture);
    job.waits = true;
    job.resolve = resolveLast;
    job.reject = rejectLast;
    return opened.then(this.#beginWaiting);
  }

  // One for all jobs: thousands may wait, and a closure for each would be kept that long.
  readonly #beginWaiting = (job: Job<Key>): unknown => {
    this.#starting = true;
    this.#begin(job);
    this.#starting = false;
    this.start();
    return new Outcome(job);
  };

  /** Rejects what waits, of all keys unless one is named, and returns how many. */
  takeBack(error: (key: Key) => Error, only?: JobKey<Key>): number {
    let count = 0;
    // To an observer, a job that has its slot but hasn't started still waits.
    for (const job of this.running.all()) {
      if (job.begun || (only !== undefined && job.state !== only)) continue;
      if (this.#settle(job, true, error(job.state.id))) count += 1;
    }
    for (const state of only === undefined ? this.keys.all() : [only]) {
      for (const job of this.waiting.drain(state)) {
        this.#settle(job, true, error(state.id));
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
    return this.running.all().filter((job) => this.#stop(job, error(job.state.id))).length;
  }

  /** What runs and what waits. */
  tasks(now: number): TaskInfo<Key>[] {
    const info = (job: Job<Key>, state: TaskInfo<Key>['state']): TaskInfo<Key> => {
      return {
        key: job.state.id,
        state,
        forMs: now - job.since,
        cost: job.cost,
        priority: job.rules.priority,
      };
    };
    const tasks = this.running
      .all()
      .map((job) => info(job, job.settled === undefined ? 'running' : 'abandoned'));
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

  /** Never throws, no matter what the task does. */
  #begin(job: Job<Key>): void {
    // A listener before ours may have kept us from hearing of the abort.
    const { signal, timeoutMs } = job.rules;
    job.begun = true;
    if (signal !== undefined && isAborted(signal)) this.#abort(job, signal);
    if (job.settled !== undefined) return this.#vacate(job);
    const startedAt = this.#options.clock.now();
    job.state.started(startedAt - job.since);
    job.since = startedAt;
    let result: unknown;
    try {
      result = job.task(new JobContext(job));
      if (isThenable(result)) {
        // It may have ended the queue, or itself. Its timeout may still have to free its slot.
        if (timeoutMs !== undefined && (job.settled === undefined || job.rules.freed))
          this.#limitTime(job, timeoutMs);
        Promise.resolve(result).then(
          (value) => this.#ended(job, false, value),
          (error: unknown) => this.#ended(job, true, error),
        );
        return;
      }
    } catch (error) {
      this.#ended(job, true, error);
      return;
    }
    this.#ended(job, false, result);
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
    if (job.rules.freed) this.#ended(job, true, undefined);
  }

  #ended(job: Job<Key>, failed: boolean, value: unknown): void {
    const { state } = job;
    const { timed } = job.rules;
    // A custom promise may settle more than once, and a slot may have been freed.
    if (!this.running.has(job)) return;
    job.callOff?.();
    const now = this.#options.clock.now();
    const tookMs = now - job.since;
    const cost = timed ? Math.min(MOST, Math.max(LEAST_MS, tookMs)) : job.cost;
    if (timed) this.gate.charge(state, cost - job.cost, now);
    state.ended(tookMs, cost, timed);
    this.served += 1;
    // The next task starts before anybody learns that this one has ended, and may pause or quit the queue.
    this.#vacate(job);
    this.#settle(job, failed, value);
  }

  #vacate(job: Job<Key>): void {
    const { state } = job;
    this.running.remove(job);
    state.running -= 1;
    if (state.running < state.limit) this.gate.unhold(state, HELD.limit);
    this.keys.eased(state, this.#options.clock);
    this.start();
  }

  /** Rejects a running job, and tells its task. Returns whether this settled it. */
  #stop(job: Job<Key>, reason: unknown): boolean {
    if (!this.#settle(job, true, reason)) return false;
    // The timeout of a task that was aborted still frees its slot.
    if (!job.rules.freed) job.callOff?.();
    job.stopped = { reason };
    job.controller?.abort(reason);
    return true;
  }

  /** Returns whether this settled it. */
  #settle(job: Job<Key>, failed: boolean, value: unknown): boolean {
    if (job.settled !== undefined) return false;
    const { signal } = job.rules;
    job.settled = failed ? 'rejected' : 'fulfilled';
    job.outcome = value;
    if (signal !== undefined) this.#aborts.remove(signal, job);
    tell(job);
    return true;
  }

  #abort(job: Job<Key>, signal: AbortSignal): void {
    if (!this.#stop(job, reasonOf(signal))) return;
    // A running job keeps its slot until its task ends.
    const { state } = job;
    const entry = state.takeBack(job, job.arrival);
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
