import { Latencies, type LatencySummary } from './figures/latencies.ts';
import type { LoadPlan } from './plan.ts';
import type { Result } from './figures/tally.ts';

/** An event loop that was busy for this much of the time may have been the bottleneck. */
const BUSY_LIMIT = 0.9;

/** The result of a run, for programs. Times in ms. */
export interface LoadReport {
  readonly ok: boolean;
  readonly clients: number;
  readonly sent: number;
  readonly answered: number;
  readonly failures: Readonly<Record<string, number>>;
  /** The first thing that went wrong with a connection. */
  readonly trouble?: string;
  readonly elapsedMs: number;
  readonly linesPerSecond: number;
  readonly bytesPerSecond: number;
  readonly latencyMs: LatencySummary;
  /** With a rate: how late lines were written. */
  readonly latenessMs?: LatencySummary;
  /** The fraction of time that this side's event loop was busy, 0 to 1; with several threads, the busiest. */
  readonly busy: number;
  /** Whether this side may have been the limit. */
  readonly wasLimit: boolean;
  /** The histogram, as HdrHistogram writes it, in microseconds. */
  readonly histogram: string;
}

/** Adds up the result of a run. */
export function reportOf(result: Result, plan: LoadPlan): LoadReport {
  const { clients, sent, answered, failures, trouble, elapsedMs, measured, busy, latencies } = result;
  const linesPerSecond = elapsedMs === 0 ? 0 : Math.round((measured * 1000) / elapsedMs);
  return {
    ok: Object.keys(failures).length === 0 && answered === sent && sent > 0,
    clients,
    sent,
    answered,
    failures,
    ...(trouble !== undefined && { trouble }),
    elapsedMs: round(elapsedMs),
    linesPerSecond,
    bytesPerSecond: linesPerSecond * (plan.size + 1),
    latencyMs: Latencies.parse(latencies).summary(),
    ...(plan.rate !== undefined && { latenessMs: Latencies.parse(result.lateness).summary() }),
    busy: round(busy),
    wasLimit: busy >= BUSY_LIMIT,
    histogram: latencies,
  };
}

/** The same for people. */
export function formatReport(report: LoadReport, { size, rate, linesPerWrite }: LoadPlan): string {
  const { clients, sent, answered, failures, trouble, elapsedMs, linesPerSecond, bytesPerSecond } = report;
  const asked = rate === undefined ? '' : ` of ${number(rate)} requested`;
  const kinds = Object.entries(failures).map(([kind, count]) => `${number(count)} ${kind}`);
  const rows: [string, string][] = [
    ['clients', `${number(clients)}, ${number(linesPerWrite)} lines of ${number(size)} bytes per write`],
    [
      'lines',
      `${number(answered)} answered of ${number(sent)} sent, ${(elapsedMs / 1000).toFixed(1)} s measured`,
    ],
    ['rate', `${number(linesPerSecond)} lines/s${asked}, ${(bytesPerSecond / 1e6).toFixed(2)} MB/s each way`],
    ['latency', latency(report.latencyMs)],
    ...(report.latenessMs === undefined
      ? []
      : [['sent late', latency(report.latenessMs)] as [string, string]]),
    ['wrong', kinds.length === 0 ? 'nothing: every answer was right' : kinds.join(', ')],
    ...(trouble === undefined ? [] : [['', trouble] as [string, string]]),
    ['this side', `busy ${Math.round(report.busy * 100)} % of the time${limit(report)}`],
  ];
  return rows.map(([name, text]) => `${name.padEnd(10)} ${text}\n`).join('');
}

function limit({ wasLimit }: LoadReport): string {
  return wasLimit ? ': this side may be the limit. Use more --threads' : '';
}

function latency({ p50, p90, p99, p999, max }: LatencySummary): string {
  const points = { p50, p90, p99, 'p99.9': p999, max };
  return `${Object.entries(points)
    .map(([name, ms]) => `${name} ${ms.toPrecision(3)}`)
    .join('  ')} ms`;
}

function number(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
