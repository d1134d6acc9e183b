import type { FullRate } from './settings.ts';

/**
 * How much of a rate is used up. It holds one number: when the rate would be whole again if nothing more came.
 *
 * Source: the Generic Cell Rate Algorithm (ITU-T I.371). It grants what a token bucket grants, without adding up small
 *         differences, so that a timer set for `readyAt` finds the rate ready.
 */
export class Meter {
  #costPerMs: number;
  #burst: number;
  /** When it is whole again. */
  #wholeAt = -Infinity;

  constructor({ cost, perMs, burst }: FullRate) {
    this.#costPerMs = cost / perMs;
    this.#burst = burst;
  }

  /** When this cost may be spent. A cost above the burst may be spent once the rate is whole, and leaves a debt. */
  readyAt(cost: number): number {
    return this.#wholeAt + (Math.min(cost, this.#burst) - this.#burst) / this.#costPerMs;
  }

  /** Spends a cost, or gives one back. */
  spend(cost: number, now: number): void {
    this.#wholeAt = Math.max(this.#wholeAt, now) + cost / this.#costPerMs;
  }

  isWhole(now: number): boolean {
    return this.#wholeAt <= now;
  }

  /** What was used up stays so under another rate. */
  change({ cost, perMs, burst }: FullRate, now: number): void {
    const used = Math.max(0, this.#wholeAt - now) * this.#costPerMs;
    this.#costPerMs = cost / perMs;
    this.#burst = burst;
    this.#wholeAt = now + used / this.#costPerMs;
  }
}
