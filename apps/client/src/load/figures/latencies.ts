import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type JsHistogram,
} from 'hdr-histogram-js';

/** A summary of latencies, ms. */
export interface LatencySummary {
  readonly count: number;
  readonly mean: number;
  /** The standard deviation. */
  readonly stdev: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** A value that was recorded, ms, and how often: all values that the histogram can't tell from it. */
export interface Recorded {
  readonly ms: number;
  readonly count: number;
}

/** Latencies from a microsecond to an hour. Takes the same memory for any number of them. */
export class Latencies {
  readonly #histogram: JsHistogram;

  /** `digits`: of precision. With three it takes 190 kB, with two 27 kB. */
  constructor(digits: 2 | 3 = 3) {
    this.#histogram = empty(digits);
  }

  /**
   * Parses what `toString` wrote. A histogram goes from one thread to another, and into a report, as text.
   *
   * Errors: throws for any other text.
   */
  static parse(text: string, digits: 2 | 3 = 3): Latencies {
    const latencies = new Latencies(digits);
    latencies.#histogram.add(decodeFromCompressedBase64(text, 64) as JsHistogram);
    return latencies;
  }

  get count(): number {
    return this.#histogram.totalCount;
  }

  record(ms: number, count: number): void {
    const micros = Math.min(HOUR_MICROS, Math.max(1, Math.round(ms * 1000)));
    this.#histogram.recordValueWithCount(micros, count);
  }

  add(other: Latencies): void {
    this.#histogram.add(other.#histogram);
  }

  /** The base64 text of HdrHistogram, which its other tools can read. In microseconds. */
  toString(): string {
    return encodeIntoCompressedBase64(this.#histogram);
  }

  /** What this percentage of the latencies doesn't exceed, ms; `undefined` without any. */
  at(percentile: number): number | undefined {
    return this.count === 0 ? undefined : this.#histogram.getValueAtPercentile(percentile) / 1000;
  }

  /** All that was recorded, from the shortest to the longest. */
  *recorded(): Generator<Recorded> {
    for (let index = 0, left = this.count; left > 0; index++) {
      const count = this.#histogram.getCountAtIndex(index);
      if (count === 0) continue;
      left -= count;
      yield {
        ms: this.#histogram.highestEquivalentValue(this.#histogram.valueFromIndex(index)) / 1000,
        count,
      };
    }
  }

  /** The figures for a report; `undefined` if nothing was recorded. */
  summary(): LatencySummary | undefined {
    if (this.count === 0) return undefined;
    const at = (percentile: number): number => this.#histogram.getValueAtPercentile(percentile) / 1000;
    return {
      count: this.count,
      mean: Math.round(this.#histogram.mean) / 1000,
      stdev: Math.round(this.#histogram.stdDeviation) / 1000,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: this.#histogram.maxValue / 1000,
    };
  }
}

const HOUR_MICROS = 3_600_000_000;

function empty(digits: 2 | 3): JsHistogram {
  return build({
    bitBucketSize: 64,
    highestTrackableValue: HOUR_MICROS,
    numberOfSignificantValueDigits: digits,
  }) as JsHistogram;
}
