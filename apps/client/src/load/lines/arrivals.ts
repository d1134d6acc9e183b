/** How lines at a rate are spaced: evenly, or like callers who know nothing of each other. */
export type Arrival = 'steady' | 'poisson';

/** What decides when lines are due. */
export interface ArrivalsOptions {
  readonly arrival: Arrival;
  /** Lines per second. */
  readonly rate: number;
  /** From 0, below 1. */
  readonly random: () => number;
}

/** When each line is due, in order, ms from the beginning. */
export class Arrivals {
  readonly #gapMs: number;
  readonly #random: (() => number) | undefined;
  #count = 0;
  #atMs = 0;

  constructor({ arrival, rate, random }: ArrivalsOptions) {
    this.#gapMs = 1000 / rate;
    this.#random = arrival === 'poisson' ? random : undefined;
  }

  next(): number {
    // A product, not a sum: a day of a million a second does not drift.
    if (this.#random === undefined) return this.#count++ * this.#gapMs;
    this.#atMs -= Math.log(1 - this.#random()) * this.#gapMs;
    return this.#atMs;
  }
}
