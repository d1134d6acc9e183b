/** What is known about one key. */
export interface KeyStats {
  /** Tasks waiting now. */
  readonly waiting: number;
  /** Tasks running now. */
  readonly running: number;
  /** Tasks that have ended, whether they succeeded or not. */
  readonly served: number;
  /** The longest time that one of its tasks waited before it started. */
  readonly longestWaitMs: number;
  /** The total time of its tasks. */
  readonly serviceMs: number;
  /** The total cost of its tasks. */
  readonly cost: number;
  /** Why nothing of it is started: its rate is used up, or the caller has put it on hold. */
  readonly held: 'rate' | 'caller' | undefined;
}

/** A task that waits or runs. */
export interface TaskInfo<Key> {
  /** Its key, as `run` had it. */
  readonly key: Key;
  /** `abandoned`: it still runs, and its promise was rejected: on abort, after its timeout, or in a quit. */
  readonly state: 'waiting' | 'running' | 'abandoned';
  /** How long it has waited, or run. In milliseconds. */
  readonly forMs: number;
  /** As stated, or estimated if its time is its cost. */
  readonly cost: number;
  /** As stated. */
  readonly priority: number;
}

/** What is known about all keys that haven't been forgotten. */
export interface QueueStats<Key> {
  /** Tasks waiting now, over all keys. */
  readonly waiting: number;
  /** Tasks running now, over all keys. At most `concurrency`. */
  readonly running: number;
  /** Since the queue was created, over all keys, including forgotten ones. */
  readonly served: number;
  /**
   * Jain's index of the cost served for each key, divided by its weight: 1 is even, 1/n is everything for one of n.
   * Only the keys in `keys` count.
   */
  readonly fairness: number;
  /** A copy, made when it was asked for. */
  readonly keys: ReadonlyMap<Key, KeyStats>;
}

/** Jain's index: (sum of x)^2 over n times the sum of x^2. With no values it is 1. */
export function jainsIndex(shares: readonly number[]): number {
  const sum = shares.reduce((a, b) => a + b, 0);
  return sum === 0 ? 1 : sum ** 2 / (shares.length * shares.reduce((a, b) => a + b ** 2, 0));
}
