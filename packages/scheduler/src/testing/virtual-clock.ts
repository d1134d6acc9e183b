import type { Clock } from '../clock.ts';

interface Timer {
  readonly at: number;
  readonly task: () => void;
}

/**
 * A clock that stands still until a test moves it. Timers run in order of their time, those of one time in order of
 * setting; between two of them everything that was promised is let run, so that a trace is the same every time.
 */
export class VirtualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  setTimeout(task: () => void, ms: number): () => void {
    const timer = { at: this.#now + Math.max(0, ms), task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers set and not run. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Moves time on by `ms`, and runs what falls due. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms;
    await settled();
    for (let timer = this.#next(until); timer !== undefined; timer = this.#next(until)) {
      await this.#run(timer);
    }
    this.#now = until;
  }

  /** Moves time on as far as there are timers. It does not end while each one sets another. */
  async runAll(): Promise<void> {
    await settled();
    for (let timer = this.#next(Infinity); timer !== undefined; timer = this.#next(Infinity)) {
      await this.#run(timer);
    }
  }

  #next(until: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.at <= until && (next === undefined || timer.at < next.at)) next = timer;
    }
    return next;
  }

  async #run(timer: Timer): Promise<void> {
    this.#timers.delete(timer);
    this.#now = timer.at;
    timer.task();
    await settled();
  }
}

const CHAIN = 64;

/** Lets every promise that can settle without time settle, as far as chains of 64 reach. */
async function settled(): Promise<void> {
  for (let step = 0; step < CHAIN; step += 1) await Promise.resolve();
}
