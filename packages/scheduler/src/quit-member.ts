import type { Clock } from './clock.ts';

/** Something that can be closed: a socket, a worker, a child process, an AbortController. */
export interface QuitMember {
  /** Finishes what it has begun and closes. It may throw, reject, or never end. */
  drain(reason: string): Promise<void>;
  /** Closes now, whatever is lost by it. */
  destroy(): void;
}

/** A member in its group. It is told once and destroyed once, however many quits reach it. */
export class Seat {
  readonly #member: QuitMember;
  toldAt = 0;
  #drained: Promise<void> | undefined;
  #destroyed = false;

  constructor(member: QuitMember) {
    this.#member = member;
  }

  drain(reason: string, clock: Clock): Promise<void> {
    if (this.#drained !== undefined) return this.#drained;
    this.toldAt = clock.now();
    let settle!: (drained: Promise<void>) => void;
    // Before the member hears of it: its drain may come back here through a quit of its own.
    this.#drained = new Promise((resolve) => {
      settle = resolve;
    });
    settle(new Promise((resolve) => resolve(this.#member.drain(reason))));
    return this.#drained;
  }

  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    this.#member.destroy();
  }
}
