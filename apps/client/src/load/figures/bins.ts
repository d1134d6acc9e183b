import type { Recorded } from './latencies.ts';

/** Latencies from one bound up to, and without, another, in ms. */
export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** How many bins at most. */
const MOST_BINS = 12;

/** Bounds within a decade, the finest first. Latencies differ by factors, so the bins grow by them. */
const STEPS: readonly (readonly number[])[] = [
  Array.from({ length: 90 }, (_, index) => 1 + index / 10),
  [
    1, 1.1, 1.2, 1.3, 1.5, 1.6, 1.8, 2, 2.2, 2.4, 2.7, 3, 3.3, 3.6, 3.9, 4.3, 4.7, 5.1, 5.6, 6.2, 6.8, 7.5,
    8.2, 9.1,
  ],
  [1, 1.2, 1.5, 1.8, 2.2, 2.7, 3.3, 3.9, 4.7, 5.6, 6.8, 8.2],
  [1, 1.5, 2, 3, 5, 7],
  [1, 2, 5],
  [1],
];

/** Sorts latencies into at most twelve bins with round bounds, as narrow as possible, from the shortest to the longest. */
export function binsOf(recorded: Iterable<Recorded>): readonly Bin[] {
  const all = [...recorded];
  const [first, last] = [all[0], all.at(-1)];
  if (first === undefined || last === undefined) return [];
  const bounds = STEPS.map((steps) => boundsOf(steps, first.ms, last.ms));
  const chosen = bounds.find(({ length }) => length <= MOST_BINS + 1) ?? bounds.at(-1)!;
  const counts = Array.from({ length: chosen.length - 1 }, () => 0);
  let bin = 0;
  for (const { ms, count } of all) {
    while (ms >= chosen[bin + 1]!) bin++;
    counts[bin]! += count;
  }
  return counts.map((count, index) => ({ from: chosen[index]!, to: chosen[index + 1]!, count }));
}

/** The bounds around what was recorded: the last one is above it. */
function boundsOf(steps: readonly number[], least: number, most: number): number[] {
  const bounds: number[] = [];
  for (let decade = Math.floor(Math.log10(least)); bounds.length < 1000; decade++) {
    for (const step of steps) {
      // Nothing is recorded between two microseconds.
      const bound = Number((step * 10 ** decade).toFixed(3));
      if (bound === bounds.at(-1)) continue;
      if (bound <= least) bounds.length = 0;
      bounds.push(bound);
      if (bound > most) return bounds;
    }
  }
  return bounds;
}
