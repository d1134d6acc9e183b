import type { Clock } from '@proto/scheduler';

/** How many seconds' worth may be used at once. */
const BURST_SECONDS = 8;
/** What was used beyond that is waited for, but for each use never for longer than this. */
const MOST_WAIT_SECONDS = 60;
/** What several have used together is waited for no longer than this, in such waits. */
const MOST_MINUTES = 10;

/** A token bucket. Its rate may be used each second, and 8 seconds' worth of it at once. */
export class Bucket {
  readonly #perSecond: number;
  readonly #clock: Clock;
  #left: number;
  #at: number;

  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#left = BURST_SECONDS * perSecond;
    this.#at = clock.now();
  }

  /** What may be used now. Below 0: more was used than there was. */
  get left(): number {
    const now = this.#clock.now();
    const more = ((now - this.#at) * this.#perSecond) / 1_000;
    this.#at = now;
    this.#left = Math.min(this.#left + more, BURST_SECONDS * this.#perSecond);
    return this.#left;
  }

  /** Nothing of it is used, or all has come back. */
  get isFull(): boolean {
    return this.left === BURST_SECONDS * this.#perSecond;
  }

  /** Uses some of it, even if less is left, as often as `uses` says. A negative amount gives some back. */
  take(amount: number, uses = 1): void {
    const { left } = this;
    const least = Math.min(left, -MOST_WAIT_SECONDS * uses * this.#perSecond);
    this.#left = Math.max(left - amount, least);
  }

  /** Takes over what was used of another one of the same rate, at most what may be used at once. */
  takeOver(owed: Bucket): void {
    const used = Math.min(owed.#used, BURST_SECONDS * this.#perSecond);
    this.take(used);
    owed.take(-used);
  }

  /** What was used of another one of the same rate was used of this one. It takes ten minutes to come back at most. */
  add(other: Bucket): void {
    this.take(other.#used, MOST_MINUTES);
  }

  get #used(): number {
    return BURST_SECONDS * this.#perSecond - this.left;
  }

  /** How long until `amount` may be used. In milliseconds; 0: now. */
  waitMs(amount: number): number {
    const missing = amount - this.left;
    return missing > 0 ? (missing * 1_000) / this.#perSecond : 0;
  }
}
