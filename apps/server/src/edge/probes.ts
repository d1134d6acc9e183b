import type { Clock } from '@proto/scheduler';

/** How often it is looked whether those are there whose sockets are not polled. */
export const PROBE_MS = 5_000;

/** A connection that can be asked whether its peer is there. */
export interface Probed {
  probe(): void;
}

/** Asks all connections again and again, by one timer. While there are none there is no timer. */
export class Probes {
  readonly #all: Iterable<Probed>;
  readonly #clock: Clock;
  #callOff: (() => void) | undefined;

  constructor(all: Iterable<Probed>, clock: Clock) {
    this.#all = all;
    this.#clock = clock;
  }

  /** There is a connection. */
  start(): void {
    this.#callOff ??= this.#clock.setTimeout(() => this.#look(), PROBE_MS);
  }

  /** There is none any more. */
  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }

  #look(): void {
    this.#callOff = undefined;
    this.start();
    for (const connection of this.#all) connection.probe();
  }
}
