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
