import { Latencies } from './figures/latencies.ts';
import type { LoadReport } from './report.ts';

/** Parses what `--json` wrote; `undefined` for anything else. */
export function parseReport(text: string): LoadReport | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isReport(value) ? value : undefined;
}

/** Whether it has what a comparison reads. */
function isReport(value: unknown): value is LoadReport {
  if (!isRecord(value) || !isRecord(value['plan']) || !isRecord(value['overTime'])) return false;
  const { elapsedMs, linesPerSecond, latencyMs, histogram, plan, overTime } = value;
  if (!isNumber(elapsedMs) || !isNumber(linesPerSecond) || typeof histogram !== 'string') return false;
  if (!Object.values(plan).every((told) => typeof told === 'string' || isNumber(told))) return false;
  const { intervalMs, linesPerSecond: rates, p99Ms } = overTime;
  const isCourse = isNumber(intervalMs) && Array.isArray(rates) && Array.isArray(p99Ms);
  if (!isCourse || !rates.every(isNumber) || !p99Ms.every((ms) => ms === null || isNumber(ms))) return false;
  const summary = histogramSummary(histogram);
  if (summary === undefined) return false;
  if (latencyMs === null) return summary === null;
  return (
    isRecord(latencyMs) && summary !== null && Object.keys(summary).every((key) => isNumber(latencyMs[key]))
  );
}

/** What a histogram comes to: `null` if it is empty, `undefined` if it isn't one. */
function histogramSummary(histogram: string): object | null | undefined {
  try {
    return Latencies.parse(histogram).summary() ?? null;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && value >= 0;
}
