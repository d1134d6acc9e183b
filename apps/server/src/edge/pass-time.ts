import type { Clock } from '@proto/scheduler';

/** How long one kind of work may take before control returns to the event loop, which always does one piece of it. */
const MOST_MS = 5;
/** While this many pieces take less than a moment together, the clock is looked at once for all of them. */
const PIECES_PER_LOOK = 8;
const SHORT_MS = 1;

/** How long one kind of work has taken in this pass of the event loop. Time counts from the first question on. */
export class PassTime {
  readonly #clock: Clock;
  readonly #mostMs: number;
  #since: number | undefined;
  #looked = -Infinity;
  /** How many pieces may still be done before the next look. */
  #unlooked = 0;

  /** `mostMs`: how long it may take. In milliseconds. */
  constructor(clock: Clock, mostMs: number = MOST_MS) {
    this.#clock = clock;
    this.#mostMs = mostMs;
  }

  /** Nothing was done yet. */
  begin(): void {
    this.#since = undefined;
    this.#looked = -Infinity;
    this.#unlooked = 0;
  }

  /** When the clock was last looked at. In milliseconds. */
  get looked(): number {
    return this.#looked;
  }

  /** Whether the rest has to wait for the next pass. */
  get isUp(): boolean {
    this.#looked = this.#clock.now();
    this.#since ??= this.#looked;
    return this.#looked - this.#since >= this.#mostMs;
  }

  /** The same, to be asked before each of many pieces. */
  get isUpForOne(): boolean {
    if (this.#unlooked > 0) {
      this.#unlooked--;
      return false;
    }
    const before = this.#looked;
    const { isUp } = this;
    if (!isUp && this.#looked - before < SHORT_MS) this.#unlooked = PIECES_PER_LOOK - 1;
    return isUp;
  }
}
