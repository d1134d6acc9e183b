import { Latencies } from '../../src/load/figures/latencies.ts';
import type { Result } from '../../src/load/figures/tally.ts';
import type { LoadPlan } from '../../src/load/plan.ts';

/** A plan like any other. */
export const PLAN: LoadPlan = {
  clients: 10,
  size: 32,
  linesPerWrite: 1,
  lines: Infinity,
  durationMs: 1000,
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
  for (const ms of latencies) recorded.record(ms, 1);
  const count = latencies.length;
  return {
    clients: 1,
    sent: count,
    answered: count,
    failures: {},
    trouble: undefined,
    elapsedMs: 1000,
    measured: count,
    busy: 0.5,
    latencies: recorded.toString(),
    lateness: new Latencies().toString(),
    ...rest,
  };
}
