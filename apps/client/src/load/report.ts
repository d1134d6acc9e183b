import { Latencies, type LatencySummary } from './figures/latencies.ts';
import type { LoadPlan } from './plan.ts';
import type { Result } from './figures/tally.ts';

/** An event loop that was busy for this much of the time may have been what set the pace. */
const BUSY_LIMIT = 0.9;

/** What a run came to, for programs. Times in ms. */
export interface LoadReport {
  readonly ok: boolean;
  readonly clients: number;
  readonly sent: number;
  readonly answered: number;
  readonly failures: Readonly<Record<string, number>>;
  /** What went wrong first with a connection. */
  readonly trouble?: string;
  readonly elapsedMs: number;
  readonly linesPerSecond: number;
  readonly bytesPerSecond: number;
  readonly latencyMs: LatencySummary;
  /** With a rate: how long after it was due a line was written. */
  readonly latenessMs?: LatencySummary;
  /** How much of the time this side's event loop was busy, 0 to 1; of several threads the busiest. */
  readonly busy: number;
  /** Whether this side was perhaps the limit itself. */
  readonly wasLimit: boolean;
  /** The histogram, as HdrHistogram writes it, in microseconds. */
  readonly histogram: string;
}

/** Adds up what a run came to. */
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
  const asked = rate === undefined ? '' : ` of ${number(rate)} asked for`;
  const kinds = Object.entries(failures).map(([kind, count]) => `${number(count)} ${kind}`);
  const rows: [string, string][] = [
    ['clients', `${number(clients)}, ${number(linesPerWrite)} lines of ${number(size)} bytes a write`],
    [
      'lines',
      `${number(answered)} answered of ${number(sent)} sent, ${(elapsedMs / 1000).toFixed(1)} s measured`,
    ],
    ['rate', `${number(linesPerSecond)} lines/s${asked}, ${(bytesPerSecond / 1e6).toFixed(2)} MB/s each way`],
    ['latency', latency(report.latencyMs)],
    ...(report.latenessMs === undefined
      ? []
      : [['sent late', latency(report.latenessMs)] as [string, string]]),
    ['wrong', kinds.length === 0 ? 'nothing: every answer was the right one' : kinds.join(', ')],
    ...(trouble === undefined ? [] : [['', trouble] as [string, string]]),
    ['this side', `busy ${Math.round(report.busy * 100)} % of the time${limit(report)}`],
  ];
  return rows.map(([name, text]) => `${name.padEnd(10)} ${text}\n`).join('');
}

function limit({ wasLimit }: LoadReport): string {
  return wasLimit ? ': it was the limit itself, perhaps. Take more --threads' : '';
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
