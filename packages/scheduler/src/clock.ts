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

/**
 * A clock that can be trusted: the machine's, or one around the caller's. If that one throws, goes back, or doesn't
 * return a number, this one stands still. So reading the clock in the middle of a step can't interrupt the step.
 *
 * Errors: `TypeError` for something that isn't a clock. `setTimeout` throws what the caller's throws.
 */
export function steady(clock: Clock): Clock {
  if (clock === systemClock) return clock;
  if (typeof clock?.now !== 'function' || typeof clock.setTimeout !== 'function')
    throw unusable('clock', clock, '{ now, setTimeout }');
  let last = -Infinity;
  const now = (): number => {
    try {
      const given = clock.now();
      if (typeof given === 'number' && given > last && given < Infinity) last = given;
    } catch {
      // It stands still.
    }
    return last;
  };
  if (now() === -Infinity) throw unusable('clock', clock, 'a now() that returns a number');
  return {
    now,
    setTimeout: (task, ms) => {
      const callOff = clock.setTimeout(task, ms);
      return () => {
        try {
          callOff();
        } catch {
          // A timer that can't be cancelled does nothing when it fires.
        }
      };
    },
  };
}
