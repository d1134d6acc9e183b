import { between, callable } from '../bounds.ts';
import type { Clock } from '../clock.ts';

interface Timer {
  readonly at: number;
  readonly task: () => void;
}

/**
 * A clock that stands still until a test moves it. Timers run in order of their time; those with the same time, in the
 * order they were set. Between two of them, all promises that can settle do so, so that a trace is the same every time.
 *
 * @example
 * ```ts
 * import { QuitGroup } from '@proto/scheduler';
 * import { VirtualClock } from '@proto/scheduler/testing';
 *
 * const clock = new VirtualClock();
 * const group = new QuitGroup<string>({ clock });
 * group.add('deaf', { drain: () => new Promise(() => {}), destroy: () => {} });
 * const report = group.quit({ graceMs: 5_000 });
 * await clock.advance(5_000);
 * console.log((await report).tookMs); // 5000
 * ```
 */
export class VirtualClock implements Clock {
  #now = 0;
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  setTimeout(task: () => void, ms: number): () => void {
    callable('task', task);
    // As the timers of the platform do.
    if (Number.isNaN(ms)) return this.setTimeout(task, 0);
    const timer = { at: this.#now + Math.max(0, ms), task };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Timers that were set and haven't run. */
  get pending(): number {
    return this.#timers.size;
  }

  /**
   * Advances time by `ms`, and runs what falls due. Errors: throws a `TypeError` or `RangeError` for a time that isn't a
   * number from 0 to 1e12.
   */
  async advance(ms: number): Promise<void> {
    between('ms', ms, 0, 1e12);
    const until = this.#now + ms;
    await settled();
    for (let timer = this.#next(until); timer !== undefined; timer = this.#next(until)) {
      await this.#run(timer);
    }
    this.#now = until;
  }

  /** Advances time until there are no more timers. It doesn't end if each one sets another. */
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

/** Lets every promise settle that can without time passing, through chains of up to 64. */
async function settled(): Promise<void> {
  for (let step = 0; step < CHAIN; step += 1) await Promise.resolve();
}
