import type { Arrival } from './lines/arrivals.ts';
import type { Reply } from './lines/line-pool.ts';

/** What a load run does. */
export interface LoadPlan {
  readonly clients: number;
  /** Content of a line, bytes. */
  readonly size: number;
  readonly linesPerWrite: number;
  /** Lines of each client; `Infinity`: until the time is up. */
  readonly lines: number;
  readonly durationMs: number | undefined;
  /** Lines a second in all; `undefined`: as fast as they are answered. */
  readonly rate: number | undefined;
  readonly arrival: Arrival;
  /** Over how long the clients come in. */
  readonly rampMs: number;
  readonly reply: Reply;
  readonly events: 'on' | 'off';
  /** What has no answer for so long has none. */
  readonly timeoutMs: number;
  readonly seed: number;
}

/** The plan of each of so many threads: together they do what one would. */
export function split(plan: LoadPlan, threads: number): LoadPlan[] {
  const count = Math.min(threads, plan.clients);
  return Array.from({ length: count }, (_, thread) => {
    const clients = Math.floor(plan.clients / count) + (thread < plan.clients % count ? 1 : 0);
    const rate = plan.rate === undefined ? undefined : (plan.rate * clients) / plan.clients;
    return { ...plan, clients, rate, seed: plan.seed + thread };
  });
}
