import type { EventLoopUtilization } from 'node:perf_hooks';
import { Causes } from './causes.ts';
import { Latencies } from './latencies.ts';
import { OverTime, type OverTimeText } from './over-time.ts';

/** When a run sent no more. */
export interface Stop {
  /** After this time, ms. */
  readonly afterMs: number;
  /** How many lines had no answer yet. */
  readonly owed: number;
}

/** The result of a run, or of one thread of it, as plain data. */
export interface Result {
  /** How many clients the server let in. */
  readonly clients: number;
  readonly sent: number;
  readonly answered: number;
  /** How many failures, by kind. */
  readonly failures: Readonly<Record<string, number>>;
  /** What the failures came from, in words, and how often. */
  readonly causes: Readonly<Record<string, number>>;
  /** How long the run was measured: until it sent no more, and the last answer came. */
  readonly elapsedMs: number;
  /** How many lines were due and answered in that time. */
  readonly measured: number;
  /** `undefined`: it ended by itself. */
  readonly stop: Stop | undefined;
  /** The fraction of time that the event loop was busy, 0 to 1. */
  readonly busy: number;
  /** The times from when a line was due until its answer, as `Latencies` writes them. */
  readonly latencies: string;
  /** The same by the time of the answer. */
  readonly overTime: OverTimeText;
  /** With a rate: how late lines were written. */
  readonly lateness: string;
}

/** Counts what happens. */
export class Tally {
  sent = 0;
  answered = 0;
  readonly failures: Map<string, number> = new Map();
  readonly causes: Causes = new Causes();
  readonly #latencies = new Latencies();
  readonly #overTime = new OverTime();
  readonly #lateness = new Latencies();
  #measured = 0;
  /** `Infinity` until the time is started. */
  #from = Infinity;
  #until = Infinity;
  #loop: EventLoopUtilization = performance.eventLoopUtilization();
  #busy: number | undefined;
  #stop: Stop | undefined;

  /** This many lines were answered. If they were due before the time began, they aren't measured. */
  answer(count: number, dueAt: number, now: number): void {
    this.answered += count;
    if (dueAt < this.#from) return;
    this.#measured += count;
    this.#until = now;
    this.#latencies.record(now - dueAt, count);
    this.#overTime.record(now - this.#from, now - dueAt, count);
  }

  /** This many lines were written. */
  late(count: number, dueAt: number, now: number): void {
    if (dueAt >= this.#from) this.#lateness.record(now - dueAt, count);
  }

  failure(kind: string, count: number): void {
    this.failures.set(kind, (this.failures.get(kind) ?? 0) + count);
  }

  /** Starts the time. What is due before isn't measured. */
  begin(now: number): void {
    this.#from = this.#until = now;
    this.#loop = performance.eventLoopUtilization();
  }

  /** The last line was sent, and this many have no answer. From here on, waiting doesn't count as idle. */
  end(owed: number, now: number): void {
    this.#stop ??= { afterMs: Math.max(0, now - this.#from), owed };
    this.#stopLooking();
  }

  result(clients: number): Result {
    this.#stopLooking();
    return {
      clients,
      sent: this.sent,
      answered: this.answered,
      failures: Object.fromEntries([...this.failures].filter(([, count]) => count !== 0)),
      causes: this.causes.counts(),
      elapsedMs: this.#from === Infinity ? 0 : Math.max(this.#until - this.#from, this.#stop?.afterMs ?? 0),
      measured: this.#measured,
      stop: this.#stop,
      busy: this.#busy ?? 0,
      latencies: this.#latencies.toString(),
      overTime: this.#overTime.toText(),
      lateness: this.#lateness.toString(),
    };
  }

  #stopLooking(): void {
    this.#busy ??= performance.eventLoopUtilization(this.#loop).utilization;
  }
}

/** Adds up the results of several threads. */
export function merge(results: readonly Result[]): Result {
  const [latencies, lateness, overTime] = [new Latencies(), new Latencies(), new OverTime()];
  const failures = new Map<string, number>();
  const causes = new Causes();
  for (const result of results) {
    latencies.add(Latencies.parse(result.latencies));
    lateness.add(Latencies.parse(result.lateness));
    overTime.add(OverTime.parse(result.overTime));
    for (const [kind, count] of Object.entries(result.failures))
      failures.set(kind, (failures.get(kind) ?? 0) + count);
    for (const [text, count] of Object.entries(result.causes)) causes.add(text, count);
  }
  const sum = (of: (result: Result) => number): number =>
    results.reduce((total, result) => total + of(result), 0);
  const stops = results.flatMap(({ stop }) => stop ?? []);
  return {
    clients: sum(({ clients }) => clients),
    sent: sum(({ sent }) => sent),
    answered: sum(({ answered }) => answered),
    failures: Object.fromEntries(failures),
    causes: causes.counts(),
    elapsedMs: Math.max(...results.map(({ elapsedMs }) => elapsedMs)),
    measured: sum(({ measured }) => measured),
    stop:
      stops.length === 0
        ? undefined
        : {
            afterMs: Math.max(...stops.map(({ afterMs }) => afterMs)),
            owed: stops.reduce((total, { owed }) => total + owed, 0),
          },
    // A thread that had nothing to do was busy for all of no time.
    busy: Math.max(0, ...results.filter((result) => result.sent > 0).map(({ busy }) => busy)),
    latencies: latencies.toString(),
    overTime: overTime.toText(),
    lateness: lateness.toString(),
  };
}
