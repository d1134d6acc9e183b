import type { EventLoopUtilization } from 'node:perf_hooks';
import { Latencies } from './latencies.ts';

/** The result of a run, or of one thread of it, as plain data. */
export interface Result {
  readonly clients: number;
  readonly sent: number;
  readonly answered: number;
  /** How many failures, by kind. */
  readonly failures: Readonly<Record<string, number>>;
  /** The first thing that went wrong with a connection, in words. */
  readonly trouble: string | undefined;
  readonly elapsedMs: number;
  /** How many lines were answered in that time. */
  readonly measured: number;
  /** The fraction of time that the event loop was busy, 0 to 1. */
  readonly busy: number;
  /** The times from when a line was due until its answer, as `Latencies` writes them. */
  readonly latencies: string;
  /** With a rate: how late lines were written. */
  readonly lateness: string;
}

/** Counts what happens. */
export class Tally {
  sent = 0;
  answered = 0;
  readonly failures: Map<string, number> = new Map();
  readonly latencies: Latencies = new Latencies();
  readonly lateness: Latencies = new Latencies();
  trouble: string | undefined;
  #before = 0;
  #from = 0;
  #until = 0;
  #loop: EventLoopUtilization = performance.eventLoopUtilization();
  #busy: number | undefined;

  /** This many lines were answered, this long after they were due. */
  answer(count: number, ms: number, now: number): void {
    this.answered += count;
    this.#until = now;
    this.latencies.record(ms, count);
  }

  failure(kind: string, count: number): void {
    this.failures.set(kind, (this.failures.get(kind) ?? 0) + count);
  }

  /** Starts the time. */
  begin(): void {
    this.#before = this.answered;
    this.#from = this.#until = performance.now();
    this.#loop = performance.eventLoopUtilization();
    this.latencies.clear();
    this.lateness.clear();
  }

  /** The last line was sent. From here on, waiting doesn't count as idle. */
  end(): void {
    this.#busy ??= performance.eventLoopUtilization(this.#loop).utilization;
  }

  result(clients: number): Result {
    this.end();
    return {
      clients,
      sent: this.sent,
      answered: this.answered,
      failures: Object.fromEntries([...this.failures].filter(([, count]) => count !== 0)),
      trouble: this.trouble,
      elapsedMs: this.#until - this.#from,
      measured: this.answered - this.#before,
      busy: this.#busy ?? 0,
      latencies: this.latencies.toString(),
      lateness: this.lateness.toString(),
    };
  }
}

/** Adds up the results of several threads. */
export function merge(results: readonly Result[]): Result {
  const [latencies, lateness] = [new Latencies(), new Latencies()];
  const failures = new Map<string, number>();
  for (const result of results) {
    latencies.add(Latencies.parse(result.latencies));
    lateness.add(Latencies.parse(result.lateness));
    for (const [kind, count] of Object.entries(result.failures))
      failures.set(kind, (failures.get(kind) ?? 0) + count);
  }
  const sum = (of: (result: Result) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  return {
    clients: sum(({ clients }) => clients),
    sent: sum(({ sent }) => sent),
    answered: sum(({ answered }) => answered),
    failures: Object.fromEntries(failures),
    trouble: results.find(({ trouble }) => trouble !== undefined)?.trouble,
    elapsedMs: Math.max(...results.map(({ elapsedMs }) => elapsedMs)),
    measured: sum(({ measured }) => measured),
    busy: Math.max(...results.map(({ busy }) => busy)),
    latencies: latencies.toString(),
    lateness: lateness.toString(),
  };
}
