import { OverTime } from '../../src/load/figures/over-time.ts';
import { Latencies } from '../../src/load/figures/latencies.ts';
import type { Result } from '../../src/load/figures/tally.ts';
import { type LoadReport, reportOf, type ReportParts } from '../../src/load/report.ts';
import type { LoadPlan } from '../../src/load/plan.ts';

/** A plan like any other. */
export const PLAN: LoadPlan = {
  clients: 10,
  size: 32,
  linesPerWrite: 1,
  lines: Infinity,
  durationMs: 1000,
  warmUpMs: 0,
  rate: undefined,
  arrival: 'steady',
  rampMs: 0,
  reply: 'upper',
  events: 'on',
  timeoutMs: 1000,
  seed: 1,
};

/** What a run came to that took so long for each answer. */
export function resultOf(latencies: readonly number[], rest: Partial<Result> = {}): Result {
  const recorded = new Latencies();
  const overTime = new OverTime();
  for (const [index, ms] of latencies.entries()) {
    recorded.record(ms, 1);
    overTime.record((index * 1000) / latencies.length, ms, 1);
  }
  const count = latencies.length;
  return {
    clients: 1,
    sent: count,
    answered: count,
    failures: {},
    causes: {},
    elapsedMs: 1000,
    measured: count,
    stop: undefined,
    busy: 0.5,
    latencies: recorded.toString(),
    overTime: overTime.toText(),
    lateness: new Latencies().toString(),
    ...rest,
  };
}

/** The report of such a run. */
export function reported(
  latencies: readonly number[],
  rest: Partial<Result> = {},
  { plan = PLAN, thresholds = [] }: Partial<ReportParts> = {},
): LoadReport {
  const endpoint = { host: '127.0.0.1', port: 7, path: undefined };
  return reportOf(resultOf(latencies, rest), { plan, endpoint, thresholds, at: new Date(0) });
}
