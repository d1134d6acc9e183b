/** How often it's said. In milliseconds. */
const SAID_MS = 60_000;

/** Says that entries of the log can't be read. Everybody who can write to the log can cause this, so it's said once a minute. */
export class PassedOver {
  readonly #say: (text: string) => void;
  #unsaid = 0;
  #saidAt = -Infinity;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** One more. `why`: what is wrong with it. */
  add(position: number, why: string, now: number): void {
    const before = this.#unsaid++;
    if (now - this.#saidAt < SAID_MS) return;
    const others = before === 0 ? '' : `, as were ${before} before it`;
    this.#say(`entry ${position} of the log is passed over${others}: ${why}`);
    this.#unsaid = 0;
    this.#saidAt = now;
  }
}
