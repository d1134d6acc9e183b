import { MOST, positive } from '../bounds.ts';
import type { Clock } from '../clock.ts';
import { FairTurns } from '../orders/fair.ts';
import { Turns } from '../turns.ts';
import { AbortWatch, isAborted, reasonOf } from './abort-watch.ts';
import { ignore, type Job } from './job.ts';
import { KeyTally } from './key-tally.ts';

export interface DispatcherOptions<Key> {
  readonly concurrency: number;
  readonly concurrencyPerKey: number;
  readonly quantum: number;
  readonly weightOf: (key: Key) => number;
  readonly clock: Clock;
  /** A job no longer waits. */
  readonly freed: (key: Key) => void;
  /** Nothing waits. */
  readonly emptied: () => void;
}

// Idle keys are forgotten once they outnumber the others and there are at least this many.
const IDLE_KEYS = 1_000;
// Browser clocks can stand still for a millisecond. A task that seems to take no time must not be free.
const LEAST_MS = 0.1;

/** Starts jobs in fair turns as slots become free, and settles each job's promise once. */
export class Dispatcher<Key> {
  readonly tallies: Map<Key, KeyTally> = new Map();
  readonly running: Set<Job<Key>> = new Set();
  /** What waits. */
  readonly turns: Turns<Key, Job<Key>>;
  served = 0;
  paused = false;
  readonly #options: DispatcherOptions<Key>;
  readonly #aborts = new AbortWatch<Job<Key>>((job, signal) => this.#abort(job, signal));
  // For one key, if that is below the limit of all.
  readonly #limit: number;
  #forgetAt = IDLE_KEYS;
  #starting = false;

  constructor(options: DispatcherOptions<Key>) {
    this.#options = options;
    const { quantum, concurrency, concurrencyPerKey } = options;
    this.#limit = concurrencyPerKey < concurrency ? concurrencyPerKey : Infinity;
    this.turns = new Turns((active) => new FairTurns(active, positive('quantum', quantum)), MOST);
  }

  /** The counts of a key. A new key is added. Errors: throws what `weightOf` throws, and adds nothing. */
  tallyOf(key: Key): KeyTally {
    const known = this.tallies.get(key);
    if (known !== undefined) return known;
    const tally = new KeyTally(this.#options.weightOf(key));
    // It may itself have queued something under that key.
    const present = this.tallies.get(key);
    if (present !== undefined) return present;
    if (this.tallies.size >= this.#forgetAt) this.#forgetIdle();
    this.turns.join(key, tally);
    this.tallies.set(key, tally);
    return tally;
  }

  /** Removes a key unless it has work. */
  forget(key: Key): void {
    if (this.tallies.get(key)?.counts.running !== 0 || this.turns.queued(key) > 0) return;
    this.turns.leave(key);
    this.tallies.delete(key);
  }

  /**
   * Returns the promise of its result. Errors: throws what a signal that isn't the platform's throws, and queues
   * nothing.
   */
  enqueue(job: Job<Key>): Promise<unknown> {
    if (job.signal !== undefined) this.#aborts.add(job.signal, job);
    this.turns.push(job.key, job, job.cost);
    job.arrival = this.turns.arrivals;
    this.start();
    return job.outcome ?? this.#wait(job);
  }

  start(): void {
    // A task that ends at once, or queues another, gets back here. The loop below continues with it.
    if (this.#starting) return;
    this.#starting = true;
    while (!this.paused && this.running.size < this.#options.concurrency) {
      const turn = this.turns.take();
      if (turn === undefined) break;
      const job = turn.item;
      this.#occupy(job);
      if (job.open === undefined) this.#begin(job);
      else job.open(job);
      this.#options.freed(job.key);
    }
    this.#starting = false;
    if (this.turns.size === 0) this.#options.emptied();
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

  /** Rejects what waits, of all keys unless some are named, and returns how many. */
  takeBack(error: (key: Key) => Error, only?: readonly Key[]): number {
    let count = 0;
    // To an observer, a job that has its slot but hasn't started still waits.
    for (const job of this.running) {
      const isBegun = job.open === undefined || job.outcome === undefined;
      if (isBegun || only?.includes(job.key) === false) continue;
      if (this.#settle(job, 'reject', error(job.key))) count += 1;
    }
    for (const key of only ?? this.tallies.keys()) {
      for (const job of this.turns.clear(key)) {
        this.#settle(job, 'reject', error(key));
        this.#options.freed(key);
        count += 1;
      }
    }
    if (this.turns.size === 0) this.#options.emptied();
    return count;
  }

  /** Rejects what runs, and returns how many. The tasks themselves continue. */
  abandon(error: (key: Key) => Error): number {
    return [...this.running].filter((job) => this.#settle(job, 'reject', error(job.key))).length;
  }

  #occupy(job: Job<Key>): void {
    const { key, tally } = job;
    job.outcome = new Promise(capture);
    job.resolve = resolveLast;
    job.reject = rejectLast;
    this.running.add(job);
    tally.counts.running += 1;
    if (tally.counts.running >= this.#limit) this.turns.hold(key);
  }

  /** Never throws, no matter what the task does. */
  #begin(job: Job<Key>): void {
    // A listener before ours may have kept us from hearing of the abort.
    if (job.signal !== undefined && isAborted(job.signal)) this.#abort(job, job.signal);
    if (job.settled) return this.#vacate(job);
    const startedAt = this.#options.clock.now();
    job.tally.started(startedAt - job.queuedAt);
    let result: unknown;
    try {
      result = job.task(job.signal);
      if (isThenable(result)) {
        Promise.resolve(result).then(
          (value) => this.#ended(job, startedAt, 'resolve', value),
          (error: unknown) => this.#ended(job, startedAt, 'reject', error),
        );
        return;
      }
    } catch (error) {
      this.#ended(job, startedAt, 'reject', error);
      return;
    }
    this.#ended(job, startedAt, 'resolve', result);
  }

  #ended(job: Job<Key>, startedAt: number, how: 'resolve' | 'reject', value: unknown): void {
    const { key, tally, timed } = job;
    // A custom promise may settle more than once.
    if (!this.running.has(job)) return;
    const tookMs = this.#options.clock.now() - startedAt;
    const cost = timed ? Math.min(MOST, Math.max(LEAST_MS, tookMs)) : job.cost;
    if (timed) this.turns.charge(key, cost - job.cost);
    tally.ended(tookMs, cost, timed);
    this.served += 1;
    // The next task starts before anybody learns that this one has ended, and may pause or quit the queue.
    this.#vacate(job);
    this.#settle(job, how, value);
  }

  #vacate(job: Job<Key>): void {
    const { key, tally } = job;
    this.running.delete(job);
    tally.counts.running -= 1;
    if (tally.counts.running === this.#limit - 1) this.turns.release(key);
    this.start();
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
    if (!this.#settle(job, 'reject', reasonOf(signal))) return;
    // A running job keeps its slot until its task ends.
    if (this.turns.remove(job.key, job.arrival) === undefined) return;
    this.#options.freed(job.key);
    if (this.turns.size === 0) this.#options.emptied();
  }

  #forgetIdle(): void {
    for (const key of this.tallies.keys()) this.forget(key);
    this.#forgetAt = Math.max(IDLE_KEYS, this.tallies.size * 2);
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
