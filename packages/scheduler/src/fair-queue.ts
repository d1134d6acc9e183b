import { amount, between, grace, MOST, options } from './bounds.ts';
import type { Clock } from './clock.ts';
import { isAborted, reasonOf, signalFrom } from './queue/abort-watch.ts';
import { CapacityWaiters } from './queue/capacity-waiters.ts';
import { Conditions } from './queue/conditions.ts';
import { Dispatcher } from './queue/dispatcher.ts';
import type { JobKey, TaskContext } from './queue/job.ts';
import { refusal } from './queue/refusal.ts';
import {
  type FairQueueOptions,
  type HoldOptions,
  type JobRules,
  perKeyFrom,
  queueFrom,
  type QueueLimits,
  type QueueQuitOptions,
  type Rate,
  rateFrom,
  rulesFrom,
  type RunOptions,
  type UntilOptions,
} from './queue/settings.ts';
import { jainsIndex, type QueueStats, type TaskInfo } from './queue/stats.ts';
import type { QuitMember } from './quit-member.ts';
import type { SchedulerError } from './scheduler-error.ts';
import { show } from './show.ts';

/** How the quit of a queue went. */
export interface QueueQuitReport {
  /** Tasks that were waiting, and were rejected. */
  readonly cancelled: number;
  /** Tasks that were still running when the grace was over, and were rejected. */
  readonly abandoned: number;
}

const NO_OPTIONS: RunOptions = {};
/**
 * Runs tasks with a fair share for each key: a key with a thousand tasks doesn't hold up another's single one.
 *
 * Promises:
 * 1. Tasks of one key start by priority, and those of the same priority in the order in which they came. Keys take
 *    turns by deficit round robin over cost. A key that has used up its rate is passed over until it may go on.
 * 2. Every promise settles if its task does; on abort, timeout, `clear`, `leave` and `quit` even if it doesn't.
 * 3. At most `concurrency` tasks run at a time, even after a promise was rejected before its task ended, unless
 *    `slotAfterTimeout` is `freed`.
 * 4. In no window of `perMs` does a key, or all of them, start tasks that cost more than `cost` plus `burst` of its
 *    rate. A single task that costs more than the burst counts as the burst.
 * 5. Of the idle keys, the 1,000 that were idle last are kept, with their statistics, and those on hold or with a rate
 *    that is partly used up. So an endless stream of new keys doesn't fill the memory.
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
export class FairQueue<Key = string> implements QuitMember<unknown> {
  readonly #dispatcher: Dispatcher<Key>;
  readonly #waiters = new CapacityWaiters<Key>();
  readonly #conditions = new Conditions();
  readonly #cost: number;
  readonly #rules: JobRules;
  readonly #limits: QueueLimits;
  readonly #clock: Clock;
  #rate: Rate | undefined;
  #perKey: number | ((key: Key) => number) | undefined;
  #quitting:
    | { readonly reason: unknown; readonly report: Promise<QueueQuitReport>; abandoned: number }
    | undefined;

  /** Errors: `TypeError` or `RangeError` for an option that can't be used. */
  constructor(given: FairQueueOptions<Key>) {
    const { limits, rules, cost, settingsOf, ...rest } = queueFrom(given);
    this.#limits = limits;
    this.#rules = rules;
    this.#cost = cost;
    this.#perKey = given.concurrencyPerKey;
    this.#clock = rest.clock;
    this.#dispatcher = new Dispatcher<Key>({
      ...rest,
      settingsOf: (key) => settingsOf(key, this.#perKey),
      freed: (key) => this.#waiters.freed(key),
      eased: () => this.#eased(),
    });
    this.rate = given.rate;
  }

  /** How many tasks may run at a time, over all keys. It can be set. Fewer: running tasks go on. */
  get concurrency(): number {
    return this.#dispatcher.concurrency;
  }

  /** Errors: `TypeError` or `RangeError` for a number that can't be used; nothing changes. */
  set concurrency(value: number) {
    this.#dispatcher.concurrency = amount('concurrency', value);
    this.#dispatcher.start();
  }

  /** How many tasks of one key may run at a time. It can be set, to a number or a function, for all keys at once. */
  get concurrencyPerKey(): number | ((key: Key) => number) | undefined {
    return this.#perKey;
  }

  /** Errors: as `update`, and for a number that can't be used; nothing changes. */
  set concurrencyPerKey(value: number | ((key: Key) => number) | undefined) {
    const before = this.#perKey;
    this.#perKey = perKeyFrom(value);
    try {
      this.update();
    } catch (error) {
      this.#perKey = before;
      throw error;
    }
  }

  /** What all keys together may spend. It can be set. What was used up of the old rate is used up of the new one. */
  get rate(): Rate | undefined {
    return this.#rate;
  }

  /** Errors: `TypeError` or `RangeError` for a rate that can't be used; nothing changes. */
  set rate(value: Rate | undefined) {
    const rate = value === undefined ? undefined : rateFrom('rate', value);
    this.#rate = rate;
    this.#dispatcher.gate.rateAll(rate);
    this.#dispatcher.start();
  }

  /**
   * Asks `weightOf`, `rateOf` and `concurrencyPerKey` again, for one key or for all that are known, and goes by what
   * they say now. Nothing changes if one of them throws, or says something that can't be used: that is thrown.
   */
  update(...keys: [] | [key: Key]): void {
    const { keys: known, gate } = this.#dispatcher;
    const states =
      keys.length === 0 ? [...known.all()] : [known.get(keys[0])].filter((state) => state !== undefined);
    const settings = states.map((state) => known.settingsOf(state.id));
    for (const [index, state] of states.entries()) gate.apply(state, settings[index]!);
    this.#dispatcher.start();
  }

  /** Whether no tasks are being started. */
  get paused(): boolean {
    return this.#dispatcher.paused;
  }

  /** Tasks waiting now, over all keys. */
  get waiting(): number {
    return this.#dispatcher.waiting.size;
  }

  /** Tasks running now, over all keys. */
  get running(): number {
    return this.#dispatcher.running.size;
  }

  /**
   * Queues a task under a key, and settles as the task does. If nothing is in its way, it starts before `run` returns.
   * It always runs in the async context of its caller. It gets `{ signal }`, which is aborted if the promise rejects
   * before the task has ended.
   *
   * Errors: rejects with what the task throws, with the signal's reason on an abort, or with a `SchedulerError`:
   * QUEUE_FULL, QUIT, LEFT, CANCELLED, TIMEOUT. Throws a `TypeError` or `RangeError` for a task, an option, a weight, a
   * rate or a limit that can't be used, and queues nothing. If you drop the promise, its rejection is unhandled, which
   * ends a Node process.
   */
  run<T>(
    key: Key,
    task: (context: TaskContext) => T | PromiseLike<T>,
    given: RunOptions = NO_OPTIONS,
  ): Promise<T> {
    // A caller without types may do this.
    if (typeof task !== 'function')
      throw new TypeError(`Cannot run ${typeof task}: expected run(key, task) with a function as the task`);
    const rules = given === NO_OPTIONS ? this.#rules : rulesFrom(given, this.#rules);
    const { signal } = rules;
    if (signal !== undefined && isAborted(signal)) return Promise.reject(reasonOf(signal));
    const { keys } = this.#dispatcher;
    const refused = this.#refused(key, keys.get(key));
    if (refused !== undefined) return Promise.reject(refused);
    const state = keys.of(key);
    // What `weightOf` and the like do may have quit or filled the queue.
    const refusedSince = this.#refused(key, state);
    if (refusedSince !== undefined) return Promise.reject(refusedSince);
    const { cost = this.#cost } = given;
    const outcome = this.#dispatcher.enqueue({
      state,
      task,
      rules,
      cost: rules.timed ? state.estimateMs : (cost as number),
      since: this.#clock.now(),
      arrival: 0,
      waits: false,
      begun: false,
      settled: undefined,
      resolve: undefined,
      reject: undefined,
      outcome: undefined,
      callOff: undefined,
      controller: undefined,
      stopped: undefined,
      listNext: undefined,
      listPrevious: undefined,
    });
    if (state.queued >= this.#limits.maxQueued) this.#waiters.filled(key);
    return outcome as Promise<T>;
  }

  /**
   * Resolves when a `run` for that key wouldn't be refused with QUEUE_FULL. The slot isn't reserved: if several wait,
   * each asks again, as in `while (!queue.hasCapacity(key)) await queue.untilCapacity(key)`.
   *
   * Errors: rejects with a `SchedulerError` (LEFT, QUIT), or with the signal's reason. Throws a `TypeError` for something
   * else than a signal.
   */
  untilCapacity(key: Key, given: UntilOptions = {}): Promise<void> {
    const signal = signalFrom(options('untilCapacity', given, ' signal').signal);
    if (signal !== undefined && isAborted(signal)) return Promise.reject(reasonOf(signal));
    if (this.#quitting !== undefined) return Promise.reject(this.#quit(key));
    if (this.hasCapacity(key)) return Promise.resolve();
    const queued = this.#dispatcher.keys.get(key)?.queued ?? 0;
    return this.#waiters.wait(key, queued >= this.#limits.maxQueued, signal);
  }

  /** Whether a `run` for that key would be accepted, and not refused with QUEUE_FULL. */
  hasCapacity(key: Key): boolean {
    return this.#fits(this.#dispatcher.keys.get(key));
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

  /**
   * Starts no more tasks of one key until `release`, or until that time. It keeps its position and its debts, and the
   * others go on. A second hold replaces the first one. The key is kept until then, even if it has no work.
   *
   * Errors: `TypeError` or `RangeError` for an option that can't be used.
   */
  hold(key: Key, given: HoldOptions = {}): void {
    const { untilMs = Infinity } = options('hold', given, ' untilMs');
    if (untilMs !== Infinity) between('untilMs', untilMs, -Number.MAX_VALUE, Number.MAX_VALUE);
    const { gate, keys } = this.#dispatcher;
    gate.holdUntil(keys.of(key), untilMs);
  }

  /** Ends a `hold`. A key that isn't on hold stays as it is. */
  release(key: Key): void {
    const { gate, keys } = this.#dispatcher;
    const state = keys.get(key);
    if (state === undefined) return;
    gate.release(state);
    keys.eased(state, this.#clock);
    this.#dispatcher.start();
  }

  /**
   * Charges a key for a cost that wasn't known when its task started, or gives back what was too much: its share, its
   * rate, and the rate of all.
   *
   * Errors: `TypeError` or `RangeError` for a cost out of bounds (-1e12 to 1e12).
   */
  charge(key: Key, cost: number): void {
    between('cost', cost, -MOST, MOST);
    const { gate, keys } = this.#dispatcher;
    const state = keys.of(key);
    state.cost += cost;
    gate.charge(state, cost, this.#clock.now());
    keys.eased(state, this.#clock);
    if (cost < 0) this.#dispatcher.start();
  }

  /** Rejects the waiting tasks of one key or of all with CANCELLED, and returns how many. Running tasks continue. */
  clear(...keys: [] | [key: Key]): number {
    const cleared = (key: Key): SchedulerError => refusal('CANCELLED', key, 'it was cleared');
    if (keys.length === 0) return this.#dispatcher.takeBack(cleared);
    const state = this.#dispatcher.keys.get(keys[0]);
    return state === undefined ? 0 : this.#dispatcher.takeBack(cleared, state);
  }

  /**
   * Removes a key, its hold and its rate. Its waiting tasks, and those who wait in `untilCapacity`, are rejected with
   * LEFT. Returns how many tasks.
   */
  leave(key: Key): number {
    const left = (): SchedulerError => refusal('LEFT', key, 'the key has left');
    this.#waiters.fail(left, [key]);
    const state = this.#dispatcher.keys.get(key);
    if (state === undefined) return 0;
    const count = this.#dispatcher.takeBack(left, state);
    this.#dispatcher.forget(state);
    return count;
  }

  /** Resolves when nothing waits and nothing runs, or at the end of a quit. */
  async onIdle(): Promise<void> {
    if (this.#quitting !== undefined) await this.#quitting.report;
    else await this.#conditions.until(() => this.waiting === 0 && this.running === 0);
  }

  /** Resolves when nothing waits. Tasks may still run. */
  onEmpty(): Promise<void> {
    return this.onSizeLessThan(1);
  }

  /** Resolves when fewer than that many tasks wait. Errors: throws for a number that isn't an integer from 1. */
  onSizeLessThan(count: number): Promise<void> {
    amount('count', count);
    return this.#conditions.until(() => this.waiting < count);
  }

  /** Resolves when nothing runs, or at the end of a quit. Tasks may wait: the queue is paused, or they are on hold. */
  onPendingZero(): Promise<void> {
    return this.#conditions.until(() => this.running === 0);
  }

  /**
   * Takes no more tasks, rejects the waiting ones, and lets running ones end. After the grace it rejects those too, and
   * aborts their signals. A second call returns the first one's promise. The promise never rejects.
   *
   * Errors: throws a `TypeError` or `RangeError` for an option that can't be used, and quits nothing.
   */
  quit(given: QueueQuitOptions = {}): Promise<QueueQuitReport> {
    const { reason = 'quit', graceMs = 5_000 } = options('quit', given, ' reason graceMs');
    grace(graceMs);
    if (this.#quitting !== undefined) return this.#quitting.report;
    return this.#end(
      reason,
      this.#clock.setTimeout(() => this.force(), graceMs),
    );
  }

  /** Ends the grace of a quit. Without one, it does nothing. */
  force(): void {
    if (this.#quitting === undefined) return;
    // A task that hears of it may force again, which adds its own.
    const abandoned = this.#dispatcher.abandon(this.#quit);
    this.#quitting.abandoned += abandoned;
    this.#conditions.end();
  }

  /** Quits as a member of a `QuitGroup`, whose grace applies. Resolves when the last task has ended. */
  async drain(reason: unknown): Promise<void> {
    await (this.#quitting?.report ?? this.#end(reason));
  }

  /** Quits, and waits for nothing. */
  destroy(): void {
    if (this.#quitting === undefined) void this.#end('destroyed');
    this.force();
  }

  /** What was served and what waits, in total and for each key that hasn't been forgotten. */
  stats(): QueueStats<Key> {
    const known = [...this.#dispatcher.keys.all()];
    return {
      waiting: this.waiting,
      running: this.running,
      served: this.#dispatcher.served,
      fairness: jainsIndex(known.map(({ cost, weight }) => cost / weight)),
      keys: new Map(known.map((state) => [state.id, state.stats()])),
    };
  }

  /** What runs, in the order in which it was started, and what waits: key by key, each in the order of service. */
  tasks(): TaskInfo<Key>[] {
    return this.#dispatcher.tasks(this.#clock.now());
  }

  #end(reason: unknown, callOff?: () => void): Promise<QueueQuitReport> {
    let settle!: (report: Promise<QueueQuitReport>) => void;
    const report = new Promise<QueueQuitReport>((resolve) => {
      settle = resolve;
    });
    const quitting = { reason, report, abandoned: 0 };
    // Before anybody is told: a key or a reason that is said in an error may quit once more.
    this.#quitting = quitting;
    this.#waiters.fail(() => this.#quit('any key'));
    const cancelled = this.#dispatcher.takeBack(this.#quit);
    const ended = this.#conditions.until(() => this.running === 0);
    settle(
      ended.then(() => {
        callOff?.();
        return { cancelled, abandoned: quitting.abandoned };
      }),
    );
    return report;
  }

  #fits(state: JobKey<Key> | undefined): boolean {
    return (
      this.waiting < this.#limits.maxQueuedInAll &&
      (state === undefined || state.queued < this.#limits.maxQueued)
    );
  }

  #refused(key: Key, state: JobKey<Key> | undefined): SchedulerError | undefined {
    if (this.#quitting !== undefined) return this.#quit(key);
    if (this.#fits(state)) return undefined;
    const ofKey = `${state?.queued ?? 0} of ${this.#limits.maxQueued} are waiting`;
    return refusal('QUEUE_FULL', key, `${ofKey}, ${this.waiting} of ${this.#limits.maxQueuedInAll} in total`);
  }

  readonly #quit = (key: unknown): SchedulerError => {
    const reason = this.#quitting?.reason;
    return refusal('QUIT', key, `the queue has quit (${show(reason)})`, { cause: reason });
  };

  #eased(): void {
    if (this.waiting === 0) this.#waiters.emptied();
    this.#conditions.look();
  }
}
