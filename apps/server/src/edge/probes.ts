import type { Clock } from '@proto/scheduler';

/** How often to check whether peers are still there whose sockets aren't polled. */
export const PROBE_MS = 5_000;

/** A connection that can be asked whether its peer is still there. */
export interface Probed {
  probe(): void;
}

/** Asks all connections periodically, with one timer. Without connections there is no timer. */
export class Probes {
  readonly #all: Iterable<Probed>;
  readonly #clock: Clock;
  #callOff: (() => void) | undefined;

  constructor(all: Iterable<Probed>, clock: Clock) {
    this.#all = all;
    this.#clock = clock;
  }

  /** A connection was added. */
  start(): void {
    this.#callOff ??= this.#clock.setTimeout(() => this.#look(), PROBE_MS);
  }

  /** A connection is gone. */
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
