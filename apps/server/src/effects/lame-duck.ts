import type { Clock } from '@proto/scheduler';

/** The time in which a server is no longer ready, but still lets clients in, so that a balancer can look elsewhere first. */
export class LameDuck {
  readonly #clock: Clock;
  #callOff: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether it has begun, and isn't over. */
  get isUnderway(): boolean {
    return this.#callOff !== undefined;
  }

  /** `over`: the time has passed. Not called if `end()` comes first. */
  begin(ms: number, over: () => void): void {
    this.#callOff = this.#clock.setTimeout(() => {
      this.#callOff = undefined;
      over();
    }, ms);
  }

  /** Skips the rest. */
  end(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }
}
