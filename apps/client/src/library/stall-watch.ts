/** What a watch observes, and what it triggers. */
export interface StallWatchParts {
  /** Whether reading has stopped, and somebody waits for something after what the reader hasn't taken. */
  readonly isHeldUp: () => boolean;
  /** Called when the reader turns out to be stuck. By then `stuck` is true. */
  readonly goOn: () => void;
}

/**
 * Tells a slow reader from a stuck one. A reader is stuck if it takes nothing for a whole pass of the event loop while
 * it holds somebody up, perhaps itself.
 */
export class StallWatch {
  readonly #isHeldUp: () => boolean;
  readonly #goOn: () => void;
  #watching = false;
  #stuck = false;
  #taken = 0;

  constructor({ isHeldUp, goOn }: StallWatchParts) {
    this.#isHeldUp = isHeldUp;
    this.#goOn = goOn;
  }

  get stuck(): boolean {
    return this.#stuck;
  }

  /** The reader took something. */
  taken(): void {
    this.#taken++;
    this.#stuck = false;
  }

  /** Reading has stopped. */
  watch(): void {
    if (this.#watching || !this.#isHeldUp()) return;
    this.#watching = true;
    const before = this.#taken;
    setImmediate(() => {
      this.#watching = false;
      if (!this.#isHeldUp()) return;
      if (this.#taken !== before) return this.watch();
      this.#stuck = true;
      this.#goOn();
    });
  }
}
