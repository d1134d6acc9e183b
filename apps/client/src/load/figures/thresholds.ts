import type { Latencies } from './latencies.ts';
import { countText, msText } from './number-text.ts';

/** What a figure must come to for a run to pass. */
export interface Threshold {
  /** `rate`, `mean`, `stdev`, `max`, or a percentile such as `p99.9`. */
  readonly name: string;
  /** Lines per second, at least, for `rate`; ms, at most, for the others. */
  readonly limit: number;
}

/** What came of a threshold. */
export interface Judged extends Threshold {
  /** `null`: there is no sample. */
  readonly value: number | null;
  readonly ok: boolean;
}

const PERCENTILE = /^p(100|\d{1,2}(?:\.\d{1,4})?)$/;
const TIME = /^(\d{1,9}(?:\.\d{1,6})?)(us|ms|s)$/;
const UNITS_MS: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000 };

/** What `--fail` expects. */
export const THRESHOLD_SHAPE =
  'NAME=LIMIT, separated by commas: rate=1000, or mean, stdev, max or a percentile such as p99.9 with a time in us, ms or s';

/** Parses `p99=50ms,rate=1000`; `undefined` for anything else. */
export function parseThresholds(text: string): readonly Threshold[] | undefined {
  const thresholds = text.split(',').map(parseThreshold);
  return thresholds.every((threshold) => threshold !== undefined) ? thresholds : undefined;
}

function parseThreshold(text: string): Threshold | undefined {
  const [name = '', value = '', ...more] = text.trim().split('=');
  if (more.length > 0) return undefined;
  if (name === 'rate')
    return /^\d{1,9}$/.test(value) && Number(value) > 0 ? { name, limit: Number(value) } : undefined;
  const isKnown = PERCENTILE.test(name) || name === 'mean' || name === 'stdev' || name === 'max';
  const time = TIME.exec(value);
  if (!isKnown || time === null) return undefined;
  const limit = Number(time[1]) * UNITS_MS[time[2]!]!;
  return limit > 0 ? { name, limit } : undefined;
}

/** What came of each threshold. `linesPerSecond`: the rate of the run. */
export function judge(
  thresholds: readonly Threshold[],
  latencies: Latencies,
  linesPerSecond: number,
): readonly Judged[] {
  return thresholds.map(({ name, limit }) => {
    if (name === 'rate') return { name, limit, value: linesPerSecond, ok: linesPerSecond >= limit };
    const value = figure(name, latencies) ?? null;
    return { name, limit, value, ok: value !== null && value <= limit };
  });
}

function figure(name: string, latencies: Latencies): number | undefined {
  const percentile = PERCENTILE.exec(name)?.[1];
  if (percentile !== undefined) return latencies.at(Number(percentile));
  return latencies.summary()?.[name as 'mean' | 'stdev' | 'max'];
}

/** One row for people: `p99 at most 50.0 ms: was 61.2 ms`. */
export function judgedText({ name, limit, value }: Judged): string {
  if (name === 'rate')
    return `rate at least ${countText(limit, 'line')}/s: was ${countText(value ?? 0, 'line')}/s`;
  const was = value === null ? 'no line was measured' : `was ${msText(value)} ms`;
  return `${name} at most ${msText(limit)} ms: ${was}`;
}
