import type { Arrival } from './lines/arrivals.ts';
import type { Reply } from './lines/line-pool.ts';

/** What a load run does. */
export interface LoadPlan {
  readonly clients: number;
  /** Content of a line, bytes. */
  readonly size: number;
  readonly linesPerWrite: number;
  /** Lines per client; `Infinity`: until the time is up. */
  readonly lines: number;
  /** How long to send; `undefined`: until every line is sent. */
  readonly durationMs: number | undefined;
  /** How long to send before that, without measuring. Those lines are checked, and come on top. */
  readonly warmUpMs: number;
  /** Lines per second in total; `undefined`: as fast as they are answered. */
  readonly rate: number | undefined;
  readonly arrival: Arrival;
  /** The time over which the clients connect. */
  readonly rampMs: number;
  readonly reply: Reply;
  readonly events: 'on' | 'off';
  /** A line without an answer after this long counts as unanswered. */
  readonly timeoutMs: number;
  readonly seed: number;
}

/** The plan of each of this many threads. Together they do what one thread would. */
export function split(plan: LoadPlan, threads: number): LoadPlan[] {
  const count = Math.min(threads, plan.clients);
  return Array.from({ length: count }, (_, thread) => {
    const clients = Math.floor(plan.clients / count) + (thread < plan.clients % count ? 1 : 0);
    const rate = plan.rate === undefined ? undefined : (plan.rate * clients) / plan.clients;
    return { ...plan, clients, rate, seed: plan.seed + thread };
  });
}
