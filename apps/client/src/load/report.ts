import type { Endpoint } from '../dial/dial.ts';
import { formatEndpoint } from '../dial/dial.ts';
import type { Told } from './figures/comparison.ts';
import { Latencies, type LatencySummary } from './figures/latencies.ts';
import { type Course, OverTime } from './figures/over-time.ts';
import type { Result, Stop } from './figures/tally.ts';
import { judge, type Judged, type Threshold } from './figures/thresholds.ts';
import type { LoadPlan } from './plan.ts';

/** An event loop that was busy for this much of the time may have been the bottleneck. */
const BUSY_LIMIT = 0.9;

/** The result of a run, for programs, and for `--compare`. Times in ms. */
export interface LoadReport {
  /** Whether every answer was right, and every threshold met. */
  readonly ok: boolean;
  /** When the report was made, as ISO 8601. */
  readonly at: string;
  readonly target: string;
  /** What the run was told, as far as its figures depend on it. */
  readonly plan: Told;
  /** How many clients the server let in. */
  readonly clients: number;
  readonly sent: number;
  readonly answered: number;
  readonly failures: Readonly<Record<string, number>>;
  /** What the failures came from, in words, and how often. */
  readonly causes: Readonly<Record<string, number>>;
  /** How long the run was measured: until it sent no more, and the last answer came. */
  readonly elapsedMs: number;
  /** How many lines were due and answered in that time. */
  readonly measured: number;
  /** When it sent no more, and how many lines had no answer then. Not there: it ended by itself. */
  readonly stop?: Stop;
  readonly linesPerSecond: number;
  readonly bytesPerSecond: number;
  /** `null`: no line was measured. */
  readonly latencyMs: LatencySummary | null;
  /** With a rate: how late lines were written. */
  readonly latenessMs?: LatencySummary | null;
  readonly overTime: Course;
  readonly thresholds: readonly Judged[];
  /** The fraction of time that this side's event loop was busy, 0 to 1; with several threads, the busiest. */
  readonly busy: number;
  /** Whether this side may have been the limit. */
  readonly wasLimit: boolean;
  /** The histogram, as HdrHistogram writes it, in microseconds. */
  readonly histogram: string;
}

/** What else a report needs. */
export interface ReportParts {
  readonly plan: LoadPlan;
  readonly endpoint: Pick<Endpoint, 'host' | 'port' | 'path'>;
  readonly thresholds: readonly Threshold[];
  readonly at: Date;
}

/** Adds up the result of a run. */
export function reportOf(result: Result, { plan, endpoint, thresholds, at }: ReportParts): LoadReport {
  const { clients, sent, answered, failures, causes, elapsedMs, measured, stop, busy } = result;
  const linesPerSecond = elapsedMs === 0 ? 0 : Math.round((measured * 1000) / elapsedMs);
  const latencies = Latencies.parse(result.latencies);
  const judged = judge(thresholds, latencies, linesPerSecond);
  const isRight = Object.keys(failures).length === 0 && answered === sent && sent > 0;
  return {
    ok: isRight && judged.every(({ ok }) => ok),
    at: at.toISOString(),
    target: formatEndpoint(endpoint),
    plan: reportedPlan(plan),
    clients,
    sent,
    answered,
    failures,
    causes,
    elapsedMs: round(elapsedMs),
    measured,
    ...(stop !== undefined && { stop: { ...stop, afterMs: round(stop.afterMs) } }),
    linesPerSecond,
    bytesPerSecond: linesPerSecond * (plan.size + 1),
    latencyMs: latencies.summary() ?? null,
    ...(plan.rate !== undefined && { latenessMs: Latencies.parse(result.lateness).summary() ?? null }),
    overTime: OverTime.parse(result.overTime).course(elapsedMs),
    thresholds: judged,
    busy: round(busy),
    wasLimit: busy >= BUSY_LIMIT,
    histogram: result.latencies,
  };
}

function reportedPlan(plan: LoadPlan): Told {
  const { clients, size, linesPerWrite, lines, durationMs, warmUpMs, rate, arrival, rampMs } = plan;
  return {
    clients,
    size,
    'lines-per-write': linesPerWrite,
    ...(lines !== Infinity && { lines }),
    ...(durationMs !== undefined && { 'duration-ms': durationMs }),
    ...(warmUpMs > 0 && { 'warm-up-ms': warmUpMs }),
    ...(rate !== undefined && { rate, arrival }),
    ...(rampMs > 0 && { 'ramp-ms': rampMs }),
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
