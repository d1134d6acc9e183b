import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes of the heap that are still in use when everything has been collected that can be. */
export function heapAfterGc(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

interface Sample {
  /** How many things have been done by then. */
  readonly done: number;
  readonly bytes: number;
}

/**
 * How much is kept for each of the things done: the median of the slopes between any two samples (Theil and Sen), so
 * that a step, as when the compiler has optimised something, is not taken for growth.
 */
export function slope(samples: readonly Sample[]): number {
  const slopes = samples.flatMap((to, index) =>
    samples.slice(0, index).map((from) => (to.bytes - from.bytes) / (to.done - from.done)),
  );
  return slopes.toSorted((one, other) => one - other)[Math.floor(slopes.length / 2)] ?? Number.NaN;
}
