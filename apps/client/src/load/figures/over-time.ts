import { Latencies } from './latencies.ts';

/** The length of the first intervals, ms. */
const FIRST_MS = 10;

/** How many intervals at most. Beyond them, each two become one of twice the length. */
const MOST_INTERVALS = 128;

/** What was answered in each interval, as plain data: histograms as `Latencies` writes them, `''` for none. */
export interface OverTimeText {
  readonly intervalMs: number;
  readonly intervals: readonly string[];
}

/** How a run went over time, for programs. */
export interface Course {
  readonly intervalMs: number;
  /** Lines answered per second, in each interval. */
  readonly linesPerSecond: readonly number[];
  /** In ms, to two digits; `null`: nothing was answered. */
  readonly p99Ms: readonly (number | null)[];
}

/**
 * The latencies of a run by the time of the answer. The intervals are short at first, and become longer with the run, so
 * that the memory is bounded: 128 histograms, 3.5 MB.
 */
export class OverTime {
  #intervalMs = FIRST_MS;
  #intervals: (Latencies | undefined)[] = [];

  /** Parses what `toText` wrote. */
  static parse({ intervalMs, intervals }: OverTimeText): OverTime {
    const parsed = new OverTime();
    parsed.#intervalMs = intervalMs;
    parsed.#intervals = intervals.map((text) => (text === '' ? undefined : Latencies.parse(text, 2)));
    return parsed;
  }

  /** This many lines were answered, this long after the beginning, with this latency. */
  record(atMs: number, latencyMs: number, count: number): void {
    while (atMs >= this.#intervalMs * MOST_INTERVALS) this.#double();
    const index = Math.max(0, Math.floor(atMs / this.#intervalMs));
    (this.#intervals[index] ??= new Latencies(2)).record(latencyMs, count);
  }

  /** Adds what another thread has seen in the same time. */
  add(other: OverTime): void {
    while (this.#intervalMs < other.#intervalMs) this.#double();
    while (other.#intervalMs < this.#intervalMs) other.#double();
    const count = Math.max(this.#intervals.length, other.#intervals.length);
    this.#intervals = Array.from({ length: count }, (_, index) =>
      sum(this.#intervals[index], other.#intervals[index]),
    );
  }

  toText(): OverTimeText {
    const intervals = Array.from(this.#intervals, (latencies) => latencies?.toString() ?? '');
    return { intervalMs: this.#intervalMs, intervals };
  }

  /** The rate and p99 of each interval, in at most this many of them. `elapsedMs`: how long the run was measured. */
  course(elapsedMs: number, most: number = MOST_INTERVALS): Course {
    const needed = (): number => {
      const answered = this.#intervals.length;
      return answered === 0 ? 0 : Math.max(answered, Math.ceil(elapsedMs / this.#intervalMs));
    };
    while (needed() > most) this.#double();
    const intervals = Array.from({ length: needed() }, (_, index) => this.#intervals[index]);
    const intervalMs = this.#intervalMs;
    // The rate of a last interval that has just begun would say nothing.
    let begin = (intervals.length - 1) * intervalMs;
    if (intervals.length > 1 && elapsedMs - begin < intervalMs / 2) {
      const last = intervals.pop();
      intervals.push(sum(intervals.pop(), last));
      begin -= intervalMs;
    }
    return {
      intervalMs,
      linesPerSecond: intervals.map((latencies, index) => {
        const isLast = index === intervals.length - 1;
        const lengthMs = isLast ? Math.max(1, elapsedMs - begin) : intervalMs;
        return Math.round(((latencies?.count ?? 0) * 1000) / lengthMs);
      }),
      p99Ms: intervals.map((latencies) => latencies?.at(99) ?? null),
    };
  }

  #double(): void {
    const before = this.#intervals;
    this.#intervalMs *= 2;
    this.#intervals = Array.from({ length: Math.ceil(before.length / 2) }, (_, index) =>
      sum(before[index * 2], before[index * 2 + 1]),
    );
  }
}

/** Both together. The first one may be changed. */
function sum(one: Latencies | undefined, other: Latencies | undefined): Latencies | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  one.add(other);
  return one;
}
