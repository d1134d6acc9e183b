import type { LoopFact } from '../../model/shapes.ts';

const WIDTH = 150;
const RANKED_HEIGHT = 44;
const SPARK_HEIGHT = 34;
/** The position of the event loop's dotted line. In milliseconds. */
const LIMIT_MS = 200;

/** What each of many clients got, lowest first: flat is fair. */
export function Ranked({ values }: { values: readonly number[] }) {
  const sorted = values.toSorted((a, b) => a - b);
  const most = Math.max(1, sorted.at(-1) ?? 0);
  const points = sorted.map((value, i) => {
    const x = (i / Math.max(1, sorted.length - 1)) * WIDTH;
    return `L${x.toFixed(1)} ${(RANKED_HEIGHT - 2 - (value / most) * (RANKED_HEIGHT - 6)).toFixed(1)}`;
  });
  return (
    <svg
      class="chart ranked"
      viewBox={`0 0 ${WIDTH} ${RANKED_HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Lines answered, lowest first: from ${sorted[0] ?? 0} to ${sorted.at(-1) ?? 0}`}
    >
      <path d={`M0 ${RANKED_HEIGHT}${points.join('')}L${WIDTH} ${RANKED_HEIGHT}Z`} />
    </svg>
  );
}

/** Delays of the event loop from 10 ms to 1 s, on a logarithmic scale. */
export function Spark({ points, t, spanMs }: { points: readonly LoopFact[]; t: number; spanMs: number }) {
  const x = (at: number): number => WIDTH - ((t - at) / spanMs) * WIDTH;
  const y = (ms: number): number =>
    SPARK_HEIGHT - 2 - Math.max(0, Math.min(1, Math.log10(Math.max(10, ms) / 10) / 2)) * (SPARK_HEIGHT - 6);
  const path = points.map(
    ({ t: at, ms }, i) => `${i === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(ms).toFixed(1)}`,
  );
  const peak = points.toSorted((a, b) => b.ms - a.ms)[0];
  return (
    <svg
      class="chart"
      viewBox={`0 0 ${WIDTH} ${SPARK_HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label="Delays of the event loop over 30 s"
    >
      <path class="limit" d={`M0 ${y(LIMIT_MS)}H${WIDTH}`} />
      <path d={path.join('')} />
      {peak !== undefined && peak.ms >= 100 && (
        <path class="peak" d={`M${x(peak.t).toFixed(1)} ${y(peak.ms).toFixed(1)}h0`} />
      )}
    </svg>
  );
}
