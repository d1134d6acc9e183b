import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js';

/** A summary of latencies, ms. */
export interface LatencySummary {
  readonly count: number;
  readonly mean: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

/** Latencies with three digits of precision, from a microsecond to an hour. */
export class Latencies {
  readonly #histogram: Histogram;

  constructor(histogram: Histogram = empty()) {
    this.#histogram = histogram;
  }

  /** Parses what `toString` wrote. A histogram goes from one thread to another as text. */
  static parse(text: string): Latencies {
    return new Latencies(decodeFromCompressedBase64(text, 64));
  }

  record(ms: number, count: number): void {
    const micros = Math.min(HOUR_MICROS, Math.max(1, Math.round(ms * 1000)));
    this.#histogram.recordValueWithCount(micros, count);
  }

  add(other: Latencies): void {
    this.#histogram.add(other.#histogram);
  }

  clear(): void {
    this.#histogram.reset();
  }

  /** The base64 text of HdrHistogram, which its other tools can read. In microseconds. */
  toString(): string {
    return encodeIntoCompressedBase64(this.#histogram);
  }

  summary(): LatencySummary {
    const at = (percentile: number): number => this.#histogram.getValueAtPercentile(percentile) / 1000;
    return {
      count: this.#histogram.totalCount,
      mean: Math.round(this.#histogram.mean) / 1000,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: this.#histogram.maxValue / 1000,
    };
  }
}

const HOUR_MICROS = 3_600_000_000;

function empty(): Histogram {
  return build({ bitBucketSize: 64, highestTrackableValue: HOUR_MICROS, numberOfSignificantValueDigits: 3 });
}
