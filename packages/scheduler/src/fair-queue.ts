import { amount, grace, options, reasonText, positive, unusable } from './bounds.ts';
import { type Clock, steady, systemClock } from './clock.ts';
import { isAborted, isSignal, reasonOf } from './queue/abort-watch.ts';
import { Dispatcher } from './queue/dispatcher.ts';
import { ignore } from './queue/job.ts';
import { jainsIndex, type QueueStats } from './queue/key-tally.ts';
import { refusal } from './queue/refusal.ts';
import { CapacityWaiters } from './queue/capacity-waiters.ts';
import type { SchedulerError } from './scheduler-error.ts';

/** How much runs and waits, and what each key is due. */
export interface FairQueueOptions<Key> {
  /** How many tasks may run at a time, over all keys. From 1. */
  readonly concurrency: number;
  /** How many tasks of one key may run at a time. From 1. @default `concurrency` */
  readonly concurrencyPerKey?: number | undefined;
  /** How many tasks of one key may wait. From 1. @default 10_000 */
  readonly maxQueued?: number | undefined;
  /** How many tasks may wait, over all keys. From 1. @default 100_000 */
  readonly maxQueuedInAll?: number | undefined;
  /** The share of a key relative to the others. Called when the key is new. From 1e-6 to 1e12. @default 1 for each */
  readonly weightOf?: ((key: Key) => number) | undefined;
  /** What a key of weight 1 may spend in one visit at least. From 1e-6 to 1e12. @default 1 */
  readonly quantum?: number | undefined;
  /** The cost of a task that doesn't state one. @default 1 */
  readonly cost?: number | 'time' | undefined;
  /** Measures waits, costs and the grace. Tests pass their own. @default the machine's */
  readonly clock?: Clock | undefined;
}

/** What one task costs, and how to take it back. */
export interface RunOptions {
  /**
   * What the task costs, from 1e-6 to 1e12. `'time'`: the milliseconds that it takes, at least 0.1. They are charged as
   * the key's average so far when the task starts, and corrected when it ends. @default that of the queue
   */
  readonly cost?: number | 'time' | undefined;
  /**
   * While the task waits: removes it. While it runs: rejects its promise at once, but its slot becomes free only when
   * it ends. Both reject with the signal's reason.
   */
  readonly signal?: AbortSignal | undefined;
}

/** How a queue quits. */
export interface QueueQuitOptions {
  /** Shown in the errors. @default 'quit' */
  readonly reason?: string | undefined;
  /** How long running tasks have until their promises are rejected. From 0 to 2,147,483,647. @default 5_000 */
  readonly graceMs?: number | undefined;
}

/** How the quit of a queue went. */
export interface QueueQuitReport {
  /** Tasks that were waiting, and were rejected. */
  readonly cancelled: number;
  /** Tasks that were still running when the grace was over, and were rejected. */
  readonly abandoned: number;
}

/**
 * Runs tasks with a fair share for each key: a key with a thousand tasks doesn't hold up another's single one.
 *
 * Promises:
 * 1. Tasks of one key start in the order in which they came. Keys take turns by deficit round robin over cost.
 * 2. Every promise settles if its task does; on abort, `clear`, `leave` and `quit` even if it doesn't.
 * 3. At most `concurrency` tasks run at a time, even after a promise was rejected before its task ended.
 * 4. Idle keys are forgotten over time, with their statistics, so an endless stream of new keys doesn't fill the
 *    memory.
 *
 * @example
 * ```ts
 * import { FairQueue } from '@proto/scheduler/queue';
 *
 * const queue = new FairQueue<string>({ concurrency: 1 });
 * const started: string[] = [];
 * const run = (key: string): Promise<void> => queue.run(key, async () => void started.push(key));
 * await Promise.all([run('big'), run('big'), run('big'), run('small')]);
 * console.log(started.join(' ')); // big big small big
 * ```
 */
export class FairQueue<Key = string> {
  readonly #dispatcher: Dispatcher<Key>;
  readonly #waiters = new CapacityWaiters<Key>();
  readonly #maxQueued: number;
  readonly #maxQueuedInAll: number;
  readonly #cost: number | 'time';
  readonly #clock: Clock;
  readonly #whenIdle: (() => void)[] = [];
  #quitting: Promise<QueueQuitReport> | undefined;
  #reason: string | undefined;

  /** Errors: `TypeError` or `RangeError` for an option that can't be used. */
  constructor(given: FairQueueOptions<Key>) {
    const {
      concurrency,
      concurrencyPerKey = concurrency,
      maxQueued = 10_000,
      maxQueuedInAll = 100_000,
      weightOf = () => 1,
      quantum = 1,
      cost = 1,
      clock = systemClock,
    } = options(given);
    this.#maxQueued = amount('maxQueued', maxQueued);
    this.#maxQueuedInAll = amount('maxQueuedInAll', maxQueuedInAll);
    this.#cost = cost === 'time' ? cost : positive('cost', cost);
    if (typeof weightOf !== 'function') throw unusable('weightOf', weightOf, 'a function');
    this.#clock = steady(clock);
    this.#dispatcher = new Dispatcher<Key>({
      concurrency: amount('concurrency', concurrency),
      concurrencyPerKey: amount('concurrencyPerKey', concurrencyPerKey),
      quantum,
      weightOf: (key) => positive('weight', weightOf(key)),
      clock: this.#clock,
      freed: (key) => this.#waiters.freed(key),
      emptied: () => this.#emptied(),
    });
  }

  /** Whether no tasks are being started. */
  get paused(): boolean {
    return this.#dispatcher.paused;
  }

  /** Tasks waiting now, over all keys. */
  get waiting(): number {
    return this.#dispatcher.turns.size;
  }

  /** Tasks running now, over all keys. */
  get running(): number {
    return this.#dispatcher.running.size;
  }

  /**
   * Queues a task under a key, and settles as the task does. If nothing is in its way, it starts before `run` returns.
   * It always runs in the async context of its caller.
   *
   * Errors: rejects with what the task throws, with the signal's reason on an abort, or with a `SchedulerError`:
   * QUEUE_FULL, QUIT, LEFT, CANCELLED. Throws a `TypeError` or `RangeError` for a task, an option or a weight that
   * can't be used, and queues nothing. If you drop the promise, its rejection is unhandled, which ends a Node process.
   */
  run<T>(
    key: Key,
    task: (signal: AbortSignal | undefined) => T | PromiseLike<T>,
    given: RunOptions = {},
  ): Promise<T> {
    // A caller without types may do this.
    if (typeof task !== 'function')
      throw new TypeError(`Cannot run ${typeof task}: expected run(key, task) with a function as the task`);
    const { cost = this.#cost, signal } = options(given);
    const timed = cost === 'time';
    if (!timed) positive('cost', cost);
    if (signal !== undefined && !isSignal(signal))
      throw unusable('signal', signal, 'an AbortSignal, such as controller.signal');
    if (signal !== undefined && isAborted(signal)) return Promise.reject(reasonOf(signal));
    const refused = this.#refused(key);
    if (refused !== undefined) return Promise.reject(refused);
    const tally = this.#dispatcher.tallyOf(key);
    // `weightOf` may have quit or filled the queue.
    const refusedSince = this.#refused(key);
    if (refusedSince !== undefined) return Promise.reject(refusedSince);
    const outcome = this.#dispatcher.enqueue({
      key,
      tally,
      task,
      signal,
      cost: timed ? tally.estimateMs : cost,
      timed,
      queuedAt: this.#clock.now(),
      arrival: 0,
      settled: false,
      outcome: undefined,
      resolve: ignore,
      reject: ignore,
      open: undefined,
    });
    if (this.#dispatcher.turns.queued(key) >= this.#maxQueued) this.#waiters.filled(key);
    return outcome as Promise<T>;
  }

  /**
   * Resolves when a `run` for that key wouldn't be refused with QUEUE_FULL. The slot isn't reserved: if several wait,
   * each asks again, as in `while (!queue.hasCapacity(key)) await queue.untilCapacity(key)`.
   *
   * Errors: rejects with a `SchedulerError`: LEFT, QUIT.
   */
  untilCapacity(key: Key): Promise<void> {
    if (this.#quitting !== undefined) return Promise.reject(this.#quit(key));
    if (this.hasCapacity(key)) return Promise.resolve();
    return this.#waiters.wait(key, this.#dispatcher.turns.queued(key) >= this.#maxQueued);
  }

  /** Whether a `run` for that key would be accepted, and not refused with QUEUE_FULL. */
  hasCapacity(key: Key): boolean {
    return this.waiting < this.#maxQueuedInAll && this.#dispatcher.turns.queued(key) < this.#maxQueued;
  }

  /** Starts no more tasks until `resume`. Tasks that run, or already have their slot, continue. */
  pause(): void {
    this.#dispatcher.paused = true;
  }

  /** Ends a `pause`, and starts tasks for the slots that are free. */
  resume(): void {
    this.#dispatcher.paused = false;
    this.#dispatcher.start();
  }

  /** Rejects the waiting tasks of one key or of all with CANCELLED, and returns how many. Running tasks continue. */
  clear(...keys: [] | [key: Key]): number {
    const cleared = (key: Key): SchedulerError => refusal('CANCELLED', key, 'it was cleared');
    return this.#dispatcher.takeBack(cleared, keys.length === 0 ? undefined : keys);
  }

  /**
   * Removes a key. Its waiting tasks, and those who wait in `untilCapacity`, are rejected with LEFT. Returns how many
   * tasks.
   */
  leave(key: Key): number {
    const left = (): SchedulerError => refusal('LEFT', key, 'the key has left');
    this.#waiters.fail(left, [key]);
    const count = this.#dispatcher.takeBack(left, [key]);
    this.#dispatcher.forget(key);
    return count;
  }

  /** Resolves when nothing waits and nothing runs, or at the end of a quit. */
  async onIdle(): Promise<void> {
    if (this.#quitting !== undefined) await this.#quitting;
    else if (this.waiting > 0 || this.running > 0) {
      await new Promise<void>((resolve) => void this.#whenIdle.push(resolve));
    }
  }

  /**
   * Takes no more tasks, rejects the waiting ones, and lets running ones end. After the grace it rejects those too. A
   * second call returns the first one's promise. The promise never rejects.
   *
   * Errors: throws a `TypeError` or `RangeError` for an option that can't be used, and quits nothing.
   */
  quit(given: QueueQuitOptions = {}): Promise<QueueQuitReport> {
    const { reason = 'quit', graceMs = 5_000 } = options(given);
    grace(graceMs);
    reasonText(reason);
    if (this.#quitting !== undefined) return this.#quitting;
    let abandoned = 0;
    const callOff = this.#clock.setTimeout(() => {
      abandoned = this.#dispatcher.abandon(this.#quit);
      this.#tellIdle();
    }, graceMs);
    this.#reason = reason;
    this.#waiters.fail(() => this.#quit('any key'));
    const cancelled = this.#dispatcher.takeBack(this.#quit);
    this.#quitting = this.onIdle().then(() => {
      callOff();
      return { cancelled, abandoned };
    });
    return this.#quitting;
  }

  /** What was served and what waits, in total and for each key that hasn't been forgotten. */
  stats(): QueueStats<Key> {
    const known = [...this.#dispatcher.tallies];
    return {
      waiting: this.waiting,
      running: this.running,
      served: this.#dispatcher.served,
      fairness: jainsIndex(known.map(([, tally]) => tally.counts.cost / tally.weight)),
      keys: new Map(known.map(([key, tally]) => [key, tally.stats(this.#dispatcher.turns.queued(key))])),
    };
  }

  #refused(key: Key): SchedulerError | undefined {
    if (this.#quitting !== undefined) return this.#quit(key);
    if (this.hasCapacity(key)) return undefined;
    const ofKey = `${this.#dispatcher.turns.queued(key)} of ${this.#maxQueued} are waiting`;
    return refusal('QUEUE_FULL', key, `${ofKey}, ${this.waiting} of ${this.#maxQueuedInAll} in total`);
  }

  readonly #quit = (key: unknown): SchedulerError =>
    refusal('QUIT', key, `the queue has quit (${this.#reason})`);

  #emptied(): void {
    this.#waiters.emptied();
    if (this.running === 0) this.#tellIdle();
  }

  #tellIdle(): void {
    for (const tell of this.#whenIdle.splice(0)) tell();
  }
}
