const TICK_MS = 10;

/**
 * Measures delays of the event loop, with one timer for all readers. A delay is the time between two ticks that are due 10 ms
 * apart: an idle loop shows 10 ms, and a block of 200 ms never shows less.
 */
export class LoopDelay {
  readonly #longest = new Map<object, number>();
  #timer: NodeJS.Timeout | undefined;

  /** Returns a function that returns the longest delay since its last call; 0 before the next tick. In milliseconds. */
  reader(): () => number {
    const reader = {};
    this.#longest.set(reader, 0);
    this.#timer ??= this.#start();
    return () => {
      const longest = this.#longest.get(reader) ?? 0;
      this.#longest.set(reader, 0);
      return longest;
    };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #start(): NodeJS.Timeout {
    let last = performance.now();
    // `monitorEventLoopDelay` forgets its last tick at each reset, and so misses a block that spans the reset.
    const timer = setInterval(() => {
      const now = performance.now();
      for (const [reader, longest] of this.#longest) this.#longest.set(reader, Math.max(longest, now - last));
      last = now;
    }, TICK_MS);
    return timer.unref();
  }
}
