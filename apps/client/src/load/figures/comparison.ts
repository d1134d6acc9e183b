import type { LatencySummary } from './latencies.ts';
import { changeText, msText, numberText } from './number-text.ts';

/** The figures of a run that another run is compared by. */
export interface Compared {
  readonly linesPerSecond: number;
  /** `null`: no line was measured. */
  readonly latencyMs: LatencySummary | null;
}

/** A figure of two runs. */
export interface ComparisonRow {
  readonly name: string;
  readonly before: string;
  readonly now: string;
  /** By how many percent it has changed; `''` where one of them has no sample. */
  readonly change: string;
}

const LATENCIES = [
  ['mean', 'mean'],
  ['stdev', 'stdev'],
  ['p50', 'p50'],
  ['p90', 'p90'],
  ['p99', 'p99'],
  ['p99.9', 'p999'],
  ['max', 'max'],
] as const;

/** Rate and latencies of two runs, one under the other. */
export function compare(before: Compared, now: Compared): readonly ComparisonRow[] {
  const rate = {
    name: 'rate, lines/s',
    before: numberText(before.linesPerSecond),
    now: numberText(now.linesPerSecond),
    change: changeText(before.linesPerSecond, now.linesPerSecond),
  };
  const latencies = LATENCIES.map(([name, key]) => {
    const [was, is] = [before.latencyMs?.[key], now.latencyMs?.[key]];
    return {
      name: `${name}, ms`,
      before: was === undefined ? 'no sample' : msText(was),
      now: is === undefined ? 'no sample' : msText(is),
      change: was === undefined || is === undefined ? '' : changeText(was, is),
    };
  });
  return [rate, ...latencies];
}

/** What a run was told: options and their values. */
export type Told = Readonly<Record<string, number | string>>;

/** What differs between what two runs were told to do: `clients 50, before 10`. */
export function otherLoad(before: Told, now: Told): readonly string[] {
  return Object.keys({ ...before, ...now })
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name} ${now[name] ?? 'none'}, before ${before[name] ?? 'none'}`);
}
