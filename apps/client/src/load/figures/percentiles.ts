import type { Latencies } from './latencies.ts';

/** How far right a percentile stands: 0 for 0 %, 1 for 90 %, 2 for 99 %, and so on, as HdrHistogram plots it. */
export interface PercentilePoint {
  readonly nines: number;
  readonly percentile: number;
  readonly ms: number;
}

/** The most nines that are told apart: 99.9999 %. */
const MOST_NINES = 6;

const STEP = 0.05;

/** The latencies by percentile, as far as there are enough of them to tell. Empty without any. */
export function percentileCurve(latencies: Latencies): readonly PercentilePoint[] {
  const most = Math.min(MOST_NINES, Math.log10(latencies.count));
  const points: PercentilePoint[] = [];
  for (let step = 0; step * STEP <= most; step++) {
    const nines = step * STEP;
    const percentile = 100 * (1 - 10 ** -nines);
    points.push({ nines, percentile, ms: latencies.at(percentile)! });
  }
  return points;
}

/** The marks of the axis, up to this many nines: `0 %`, `90 %`, `99 %`, `99.9 %`. */
export function percentileTicks(nines: number): readonly { readonly at: number; readonly label: string }[] {
  return ['0 %', '90 %', '99 %', '99.9 %', '99.99 %', '99.999 %', '99.9999 %']
    .map((label, at) => ({ at, label }))
    .filter(({ at }) => at <= nines);
}
