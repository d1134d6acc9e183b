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

/** The counts of one key as long as it is known. */
export class KeyTally {
  readonly weight: number;
  readonly counts = { running: 0, served: 0, longestWaitMs: 0, serviceMs: 0, cost: 0 };
  // For tasks whose time is their cost.
  #timed = 0;
  #timedMs = 0;

  constructor(weight: number) {
    this.weight = weight;
  }

  /** An estimate of the time that the next task of this key will take. */
  get estimateMs(): number {
    return this.#timed === 0 ? 1 : this.#timedMs / this.#timed;
  }

  started(waitedMs: number): void {
    this.counts.longestWaitMs = Math.max(this.counts.longestWaitMs, waitedMs);
  }

  ended(tookMs: number, cost: number, timed: boolean): void {
    const { counts } = this;
    counts.served += 1;
    counts.serviceMs += tookMs;
    counts.cost += cost;
    if (!timed) return;
    this.#timed += 1;
    this.#timedMs += cost;
  }

  stats(waiting: number): KeyStats {
    return { waiting, ...this.counts };
  }
}

/** Jain's index: (sum of x)^2 over n times the sum of x^2. With no values it is 1. */
export function jainsIndex(shares: readonly number[]): number {
  const sum = shares.reduce((a, b) => a + b, 0);
  return sum === 0 ? 1 : sum ** 2 / (shares.length * shares.reduce((a, b) => a + b ** 2, 0));
}
