import { amount, between, callable, MOST_MS, options, positive, unusable } from '../bounds.ts';
import { type Clock, steady, systemClock } from '../clock.ts';
import { signalFrom } from './abort-watch.ts';

/** How much may be spent in a time. In no window of `perMs` is more spent than `cost` plus `burst`. */
export interface Rate {
  /** What may be spent in `perMs`, in the unit of the tasks' costs. From 1e-6 to 1e12. */
  readonly cost: number;
  /** In how long. From 1e-6 to 2,147,483,647 milliseconds. */
  readonly perMs: number;
  /** What may be spent at once when nothing was spent for a while. From 1e-6 to 1e12. @default `cost` */
  readonly burst?: number | undefined;
}

/** A rate with its defaults. */
export interface FullRate {
  readonly cost: number;
  readonly perMs: number;
  readonly burst: number;
}

/** What becomes of the slot of a task that goes on after its timeout. */
export type SlotAfterTimeout = 'kept' | 'freed';

/** How much runs and waits, and what each key is due. */
export interface FairQueueOptions<Key> {
  /** How many tasks may run at a time, over all keys. From 1. It can be changed later. */
  readonly concurrency: number;
  /** How many tasks of one key may run at a time, or of which key how many. From 1. @default as many as of all keys */
  readonly concurrencyPerKey?: number | ((key: Key) => number) | undefined;
  /** How many tasks of one key may wait. From 1. @default 10_000 */
  readonly maxQueued?: number | undefined;
  /** How many tasks may wait, over all keys. From 1. @default 100_000 */
  readonly maxQueuedInAll?: number | undefined;
  /** The share of a key relative to the others. From 1e-6 to 1e12. @default 1 for each */
  readonly weightOf?: ((key: Key) => number) | undefined;
  /** What all keys together may spend. @default no limit */
  readonly rate?: Rate | undefined;
  /** What a key may spend; `undefined`: no limit. @default no limit */
  readonly rateOf?: ((key: Key) => Rate | undefined) | undefined;
  /** What a key of weight 1 may spend in one visit at least. From 1e-6 to 1e12. @default 1 */
  readonly quantum?: number | undefined;
  /** The cost of a task that doesn't state one. @default 1 */
  readonly cost?: number | 'time' | undefined;
  /** How long a task may run that doesn't state it. From 1 to 2,147,483,647. @default no limit */
  readonly timeoutMs?: number | undefined;
  /**
   * What becomes of a slot if its task goes on after its timeout. `kept`: at most `concurrency` tasks run, and a task
   * that hangs keeps its slot. `freed`: the next task starts, and more than `concurrency` may run. @default 'kept'
   */
  readonly slotAfterTimeout?: SlotAfterTimeout | undefined;
  /** Measures waits, costs, rates, timeouts and the grace. Tests pass their own. @default the machine's */
  readonly clock?: Clock | undefined;
}

/** What one task costs, when it runs, and how to take it back. */
export interface RunOptions {
  /**
   * What the task costs, from 1e-6 to 1e12. `'time'`: the milliseconds that it takes, at least 0.1. They are charged as
   * the key's average so far when the task starts, and corrected when it ends. @default that of the queue
   */
  readonly cost?: number | 'time' | undefined;
  /** Among the tasks of its key: higher first, then those that came first. Any finite number. @default 0 */
  readonly priority?: number | undefined;
  /**
   * How long the task may run; waiting doesn't count. Then its promise rejects with TIMEOUT, and its signal is aborted.
   * From 1 to 2,147,483,647. @default that of the queue
   */
  readonly timeoutMs?: number | undefined;
  /** What becomes of its slot if it goes on after its timeout. @default that of the queue */
  readonly slotAfterTimeout?: SlotAfterTimeout | undefined;
  /**
   * While the task waits: removes it. While it runs: rejects its promise at once and aborts the task's own signal, but
   * its slot becomes free only when it ends. Both reject with the signal's reason.
   */
  readonly signal?: AbortSignal | undefined;
}

/** What applies to one key. */
export interface KeySettings {
  readonly weight: number;
  readonly limit: number;
  readonly rate: FullRate | undefined;
}

/** How one task runs. Shared by all tasks that state nothing. */
export interface JobRules {
  readonly signal: AbortSignal | undefined;
  /** Its time is measured, and the difference to its cost is charged. */
  readonly timed: boolean;
  readonly priority: number;
  readonly timeoutMs: number | undefined;
  /** Its slot becomes free at its timeout. */
  readonly freed: boolean;
}

/** The options of a queue, checked, with their defaults. */
export interface QueueSettings<Key> {
  readonly concurrency: number;
  readonly limits: QueueLimits;
  readonly quantum: number;
  /** Keys may have rates. */
  readonly isRated: boolean;
  readonly cost: number;
  readonly rules: JobRules;
  readonly clock: Clock;
  /** What applies to a key, as the callbacks say now. Errors: throws what they throw, and for what can't be used. */
  readonly settingsOf: (key: Key, perKey: FairQueueOptions<Key>['concurrencyPerKey']) => KeySettings;
}

/** How many tasks may wait. */
export interface QueueLimits {
  readonly maxQueued: number;
  readonly maxQueuedInAll: number;
}

/** Errors: `TypeError` or `RangeError` for a rate that can't be used. */
export function rateFrom(name: string, given: Rate): FullRate {
  const { cost, perMs, burst = cost } = options(name, given, ' cost perMs burst');
  return {
    cost: positive(`${name}.cost`, cost),
    perMs: between(`${name}.perMs`, perMs, 1e-6, MOST_MS),
    burst: positive(`${name}.burst`, burst),
  };
}

/** How long a key is on hold. */
export interface HoldOptions {
  /** Until when, on the queue's clock: for the machine's, `performance.now() + ms`. @default until `release` */
  readonly untilMs?: number | undefined;
}

/** How long to wait. */
export interface UntilOptions {
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
}

/** How a queue quits. */
export interface QueueQuitOptions {
  /** Shown in the errors, and their `cause`. @default 'quit' */
  readonly reason?: unknown;
  /** How long running tasks have until their promises are rejected. From 0 to 2,147,483,647. @default 5_000 */
  readonly graceMs?: number | undefined;
}

/** How many tasks of a key may run. Errors: `TypeError` or `RangeError` for a number that can't be used. */
export function perKeyFrom<Key>(value: FairQueueOptions<Key>['concurrencyPerKey']): typeof value {
  return value === undefined || typeof value === 'function' ? value : amount('concurrencyPerKey', value);
}

/** The options of a queue with their defaults. Errors: `TypeError` or `RangeError` for one that can't be used. */
export function queueFrom<Key>(given: FairQueueOptions<Key>): QueueSettings<Key> {
  const {
    concurrency,
    concurrencyPerKey,
    maxQueued = 10_000,
    maxQueuedInAll = 100_000,
    weightOf = () => 1,
    rateOf,
    quantum = 1,
    cost = 1,
    timeoutMs,
    slotAfterTimeout = 'kept',
    clock = systemClock,
  } = options(
    'FairQueue',
    given,
    ' concurrency concurrencyPerKey maxQueued maxQueuedInAll weightOf rate rateOf quantum cost timeoutMs slotAfterTimeout clock',
  );
  const timed = cost === 'time';
  if (rateOf !== undefined) callable('rateOf', rateOf);
  callable('weightOf', weightOf);
  perKeyFrom(concurrencyPerKey);
  return {
    concurrency: amount('concurrency', concurrency),
    limits: {
      maxQueued: amount('maxQueued', maxQueued),
      maxQueuedInAll: amount('maxQueuedInAll', maxQueuedInAll),
    },
    quantum: positive('quantum', quantum),
    isRated: rateOf !== undefined,
    cost: timed ? 1 : positive('cost', cost),
    rules: {
      signal: undefined,
      timed,
      priority: 0,
      timeoutMs: timeoutFrom(timeoutMs),
      freed: slotFrom(slotAfterTimeout) === 'freed',
    },
    clock: steady(clock),
    settingsOf(key: Key, perKey: typeof concurrencyPerKey): KeySettings {
      const ofKey = rateOf?.(key);
      const limit = typeof perKey === 'function' ? perKey(key) : perKey;
      return {
        weight: positive('weight', weightOf(key)),
        limit: limit === undefined ? Infinity : amount('concurrencyPerKey', limit),
        rate: ofKey === undefined ? undefined : rateFrom('rateOf', ofKey),
      };
    },
  };
}

/** How a task runs that states something. Errors: `TypeError` or `RangeError` for an option that can't be used. */
export function rulesFrom(given: RunOptions, defaults: JobRules): JobRules {
  const {
    cost,
    priority = 0,
    timeoutMs = defaults.timeoutMs,
    slotAfterTimeout,
    signal,
  } = options('run', given, ' cost priority timeoutMs slotAfterTimeout signal');
  if (cost !== undefined && cost !== 'time') positive('cost', cost);
  return {
    signal: signalFrom(signal),
    timed: cost === undefined ? defaults.timed : cost === 'time',
    priority: between('priority', priority, -Number.MAX_VALUE, Number.MAX_VALUE),
    timeoutMs: timeoutFrom(timeoutMs),
    freed: slotAfterTimeout === undefined ? defaults.freed : slotFrom(slotAfterTimeout) === 'freed',
  };
}

/** `undefined` is no limit. */
function timeoutFrom(value: number | undefined): number | undefined {
  return value === undefined ? undefined : between('timeoutMs', value, 1, MOST_MS);
}

function slotFrom(value: SlotAfterTimeout): SlotAfterTimeout {
  if (value === 'kept' || value === 'freed') return value;
  throw unusable('slotAfterTimeout', value, 'kept or freed', 'string');
}
