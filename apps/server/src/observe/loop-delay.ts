const TICK_MS = 10;

/**
 * How long the event loop was held up, by one timer for all who ask. A delay is the time between two ticks 10 ms apart,
 * so that is what a loop at rest has, and a block of 200 ms is never seen as less.
 */
export class LoopDelay {
  readonly #longest = new Map<object, number>();
  #timer: NodeJS.Timeout | undefined;

  /** Gives what says the longest delay since it was last asked; 0 before the next tick. In milliseconds. */
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
    // `monitorEventLoopDelay` forgets its last tick at each reset, and with it a block that lies around it.
    const timer = setInterval(() => {
      const now = performance.now();
      for (const [reader, longest] of this.#longest) this.#longest.set(reader, Math.max(longest, now - last));
      last = now;
    }, TICK_MS);
    return timer.unref();
  }
}
