import { unusable } from './bounds.ts';

/** Where time comes from. It never goes back. Tests bring their own. */
export interface Clock {
  /** Units: milliseconds since any moment. */
  now(): number;
  /** Runs `task` once, `ms` milliseconds from now. Returns a function that cancels it. */
  setTimeout(task: () => void, ms: number): () => void;
}

// The only place in the packages where time comes in from outside.
/* oxlint-disable no-restricted-globals */
/** The machine's time: monotonic, and the same in Node and in a browser. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimeout: (task, ms) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
};

/** A clock that can be trusted: the machine's, or a `SteadyClock` around the caller's. */
export function steady(clock: Clock): Clock {
  return clock === systemClock ? clock : new SteadyClock(clock);
}

/**
 * Makes a caller's clock trustworthy. If that one throws, goes back, or doesn't return a number, this one stands still.
 * So reading the clock in the middle of a step can't interrupt the step.
 *
 * Errors: `TypeError` for something that isn't a clock. `setTimeout` throws what the caller's throws.
 */
class SteadyClock implements Clock {
  readonly #clock: Clock;
  #now = -Infinity;

  constructor(clock: Clock) {
    if (typeof clock?.now !== 'function' || typeof clock.setTimeout !== 'function')
      throw unusable('clock', clock, '{ now, setTimeout }');
    this.#clock = clock;
    if (this.now() === -Infinity) throw new TypeError('Cannot use clock: its now() does not return a number');
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
        // A timer that can't be cancelled does nothing when it fires.
      }
    };
  }
}
