import { unusable } from './bounds.ts';

/** Where time comes from. It never goes back, and a test brings its own. */
export interface Clock {
  /** Units: milliseconds, from any beginning. */
  now(): number;
  /** Runs `task` once, `ms` milliseconds from now, and gives back what calls that off. */
  setTimeout(task: () => void, ms: number): () => void;
}

// The one place in the packages where time comes in from outside.
/* oxlint-disable no-restricted-globals */
/** The time of the machine it runs on: monotonic, the same in Node and in a browser. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (task, ms) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};

/** A clock that can be trusted: that of the machine, or a `SteadyClock` of the caller's. */
export function steady(clock: Clock): Clock {
  return clock === systemClock ? clock : new SteadyClock(clock);
}

/**
 * A caller's clock that can be trusted. Where that one throws, goes back, or gives no number, this one stands still:
 * a clock that is read halfway through a step cannot break it off.
 *
 * Errors: `TypeError` for something that is not a clock. `setTimeout` throws what the caller's throws.
 */
class SteadyClock implements Clock {
  readonly #clock: Clock;
  #now = -Infinity;

  constructor(clock: Clock) {
    if (typeof clock?.now !== 'function' || typeof clock.setTimeout !== 'function')
      throw unusable('clock', clock, '{ now, setTimeout }');
    this.#clock = clock;
    if (this.now() === -Infinity) throw new TypeError('Cannot use clock: its now() gives no number');
  }

  now(): number {
    try {
      const now = this.#clock.now();
      if (typeof now === 'number' && now > this.#now && now < Infinity) this.#now = now;
    } catch {
      // It stands still.
    }
    return this.#now;
  }

  setTimeout(task: () => void, ms: number): () => void {
    const callOff = this.#clock.setTimeout(task, ms);
    return () => {
      try {
        callOff();
      } catch {
        // A timer that cannot be called off does nothing when it fires.
      }
    };
  }
}
