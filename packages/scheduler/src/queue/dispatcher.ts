import { MOST, share } from '../bounds.ts';
import type { Clock } from '../clock.ts';
import { FairTurns } from '../orders/fair.ts';
import { Turns } from '../turns.ts';
import { AbortWatch } from './abort-watch.ts';
import type { Job } from './job.ts';
import { KeyTally } from './key-tally.ts';
import { aborted } from './refusal.ts';

export interface DispatcherOptions<Key> {
  readonly concurrency: number;
  readonly concurrencyPerKey: number;
  readonly quantum: number;
  readonly weightOf: (key: Key) => number;
  readonly clock: Clock;
  /** A job waits no longer. */
  readonly freed: (key: Key) => void;
  /** Nothing waits. */
  readonly emptied: () => void;
}

// Keys that are idle are forgotten once there are more of them than are not, and at least so many.
const IDLE_KEYS = 1_000;
// Clocks of browsers stand still for a millisecond: what seems to take no time must not be free.
const LEAST_MS = 0.1;

/** Starts jobs in fair turns as places become free, and settles each one's promise once. */
export class Dispatcher<Key> {
  readonly tallies: Map<Key, KeyTally> = new Map();
  readonly running: Set<Job<Key>> = new Set();
  /** What waits. */
  readonly turns: Turns<Key, Job<Key>>;
  served = 0;
  paused = false;
  readonly #options: DispatcherOptions<Key>;
  readonly #aborts = new AbortWatch<Job<Key>>((job, signal) => this.#abort(job, signal));
  // Of one key, where that says more than the limit of all.
  readonly #limit: number;
  #forgetAt = IDLE_KEYS;
  #starting = false;

  constructor(options: DispatcherOptions<Key>) {
    this.#options = options;
    const { quantum, concurrency, concurrencyPerKey } = options;
    this.#limit = concurrencyPerKey < concurrency ? concurrencyPerKey : Infinity;
    this.turns = new Turns((line) => new FairTurns(line, share('quantum', quantum)), MOST);
  }

  /** The counts of a key, which is let in if it is new. */
  tallyOf(key: Key): KeyTally {
    const known = this.tallies.get(key);
    if (known !== undefined) return known;
    if (this.tallies.size >= this.#forgetAt) this.#forgetIdle();
    const tally = new KeyTally(this.#options.weightOf(key));
    this.turns.join(key, tally);
    this.tallies.set(key, tally);
    return tally;
  }

  /** Lets a key go, unless it has work. */
  forget(key: Key): void {
    if (this.tallies.get(key)?.counts.running !== 0 || this.turns.queued(key) > 0) return;
    this.turns.leave(key);
    this.tallies.delete(key);
  }

  enqueue(job: Job<Key>): void {
    this.turns.push(job.key, job, job.cost);
    job.arrival = this.turns.arrivals;
    if (job.signal !== undefined) this.#aborts.add(job.signal, job);
  }

  start(): void {
    // A task that ends at once, or queues another, comes back here: the loop below goes on with it.
    if (this.#starting) return;
    this.#starting = true;
    while (!this.paused && this.running.size < this.#options.concurrency) {
      const turn = this.turns.take();
      if (turn === undefined) break;
      this.#begin(turn.item);
    }
    this.#starting = false;
    if (this.turns.size === 0) this.#options.emptied();
  }

  /** Rejects what waits, of all keys unless some are named, and says how many that were. */
  takeBack(error: (key: Key) => Error, keys: Iterable<Key> = this.tallies.keys()): number {
    let count = 0;
    for (const key of keys) {
      for (const job of this.turns.clear(key)) {
        this.#settle(job);
        job.reject(error(key));
        this.#options.freed(key);
        count += 1;
      }
    }
    if (this.turns.size === 0) this.#options.emptied();
    return count;
  }

  /** Rejects what runs, and says how many that were; the tasks themselves go on. */
  abandon(error: (key: Key) => Error): number {
    const jobs = [...this.running].filter((job) => this.#settle(job));
    for (const job of jobs) job.reject(error(job.key));
    return jobs.length;
  }

  #begin(job: Job<Key>): void {
    const { key, tally } = job;
    job.startedAt = this.#options.clock.now();
    tally.started(job.startedAt - job.queuedAt);
    this.running.add(job);
    if (tally.counts.running >= this.#limit) this.turns.hold(key);
    this.#options.freed(key);
    let result: unknown;
    try {
      result = job.task(job.signal);
      if (isThenable(result)) {
        Promise.resolve(result).then(
          (value) => this.#ended(job, true, value),
          (error: unknown) => this.#ended(job, false, error),
        );
        return;
      }
    } catch (error) {
      this.#ended(job, false, error);
      return;
    }
    this.#ended(job, true, result);
  }

  #ended(job: Job<Key>, well: boolean, value: unknown): void {
    const { key, tally, timed } = job;
    if (this.#settle(job)) {
      if (well) job.resolve(value);
      else job.reject(value);
    }
    const tookMs = this.#options.clock.now() - job.startedAt;
    const cost = timed ? Math.max(LEAST_MS, tookMs) : job.cost;
    if (timed) this.turns.charge(key, cost - job.cost);
    tally.ended(tookMs, cost, timed);
    this.served += 1;
    this.running.delete(job);
    if (tally.counts.running === this.#limit - 1) this.turns.release(key);
    this.start();
  }

  /** True once: whoever settles a job's promise asks here first. */
  #settle(job: Job<Key>): boolean {
    if (job.settled) return false;
    job.settled = true;
    if (job.signal !== undefined) this.#aborts.remove(job.signal, job);
    return true;
  }

  #abort(job: Job<Key>, signal: AbortSignal): void {
    this.#settle(job);
    job.reject(aborted(job.key, signal));
    // One that runs keeps its place until its task ends.
    if (this.turns.remove(job.key, job.arrival) === undefined) return;
    this.#options.freed(job.key);
    if (this.turns.size === 0) this.#options.emptied();
  }

  #forgetIdle(): void {
    for (const key of this.tallies.keys()) this.forget(key);
    this.#forgetAt = Math.max(IDLE_KEYS, this.tallies.size * 2);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as Partial<PromiseLike<unknown>> | null | undefined)?.then === 'function';
}
