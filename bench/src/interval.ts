/** A ratio, and the interval that holds the true one with a confidence of 95 %. */
export interface Interval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/**
 * How likely the true ratio is below the interval, and above it: 3 % together.
 *
 * Source:  a comparison ends when its interval is narrow, and some are narrow by chance: by simulation, that costs up to two
 *          points. Cut at 97 %, 95 % are left (`test/interval.test.ts`).
 */
const BEYOND = 0.015;

/** With fewer pairs, even the widest interval of ranks has less confidence. */
export const LEAST_PAIRS = 7;

/**
 * The ratio of pairs, and its interval: Hodges and Lehmann's estimate, and the interval of Wilcoxon's signed ranks, exact for any
 * distribution of noise that disturbs both sides of a pair alike. Nothing is drawn, so the same pairs have the same interval.
 *
 * Errors: throws a RangeError for fewer than `LEAST_PAIRS` ratios.
 *
 * Source:  Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 3.2 and 3.3, on the logarithms of the ratios.
 */
export function intervalOf(ratios: readonly number[]): Interval {
  if (ratios.length < LEAST_PAIRS)
    throw new RangeError(`Cannot give an interval: ${ratios.length} pairs, expected ${LEAST_PAIRS} or more`);
  const logs = ratios.map(Math.log);
  const means = Float64Array.from(
    logs.flatMap((one, index) => logs.slice(index).map((other) => (one + other) / 2)),
  ).toSorted();
  const at = (index: number): number => Math.exp(means[index]!);
  const outside = outsideOf(ratios.length);
  const middle = (means.length - 1) / 2;
  return {
    ratio: Math.sqrt(at(Math.floor(middle)) * at(Math.ceil(middle))),
    low: at(outside),
    high: at(means.length - 1 - outside),
  };
}

/** By the number of pairs: it takes longer than the rest. */
const OUTSIDE = new Map<number, number>();

/** How many of the means of two lie outside of the interval at each end. */
function outsideOf(pairs: number): number {
  const known = OUTSIDE.get(pairs) ?? countOutside(pairs);
  OUTSIDE.set(pairs, known);
  return known;
}

function countOutside(pairs: number): number {
  // The probability of each sum of ranks: each rank is in it or not, with one half.
  let sums = [1];
  for (let rank = 1; rank <= pairs; rank++) {
    const without = sums;
    sums = Array.from(
      { length: without.length + rank },
      (_, sum) => ((without[sum] ?? 0) + (without[sum - rank] ?? 0)) / 2,
    );
  }
  let outside = -1;
  for (let below = 0; below + sums[outside + 1]! <= BEYOND;) below += sums[++outside]!;
  return outside;
}

/** What an interval says of ours divided by another's, in words for below 1 and above. */
export function verdictOf(
  { low, high }: Pick<Interval, 'low' | 'high'>,
  [below, above]: readonly [below: string, above: string],
): string {
  if (high < 1) return below;
  return low > 1 ? above : 'no difference seen';
}

/** When a comparison has enough: its interval is no wider than this, or there were this many rounds. */
export interface Until {
  readonly width: number;
  /** From `LEAST_PAIRS`. */
  readonly maxRounds: number;
}

/** With fewer pairs, an interval is narrow by chance too often. */
const PAIRS_BEFORE_A_LOOK = 10;

/** Takes the ratios of pairs until they are enough. */
export async function ratiosUntil(
  { width, maxRounds }: Until,
  next: (round: number) => number | Promise<number>,
): Promise<number[]> {
  const ratios: number[] = [];
  const isEnough = (): boolean => {
    if (ratios.length >= maxRounds) return true;
    if (ratios.length < PAIRS_BEFORE_A_LOOK) return false;
    const { low, high } = intervalOf(ratios);
    return high - low <= width;
  };
  while (!isEnough()) ratios.push(await next(ratios.length));
  return ratios;
}
