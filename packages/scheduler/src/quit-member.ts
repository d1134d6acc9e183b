import type { Clock } from './clock.ts';

/** Something that can be closed: a socket, a worker, a child process, an AbortController. */
export interface QuitMember {
  /** Finishes what it has begun, then closes. It may throw, reject, or never end. */
  drain(reason: string): Promise<void>;
  /** Closes now, whatever that loses. Nobody waits for it: if it returns a promise, a rejection is ignored. */
  destroy(): void;
}

/**
 * How a member ended: by itself (`drained`), destroyed because the grace was over (`forced`), or destroyed because it
 * threw (`failed`).
 */
export type QuitOutcome = 'drained' | 'forced' | 'failed';

/** How the quit of one member went. */
export interface MemberReport {
  /** `forced` and `failed` members were destroyed. */
  readonly outcome: QuitOutcome;
  /** Since it was told. In milliseconds. */
  readonly tookMs: number;
  /** What it threw, if it failed. */
  readonly error?: unknown;
}

/** A member in its group. It is told once, destroyed once and ends once, no matter how many quits wait for it. */
export class Membership {
  readonly #member: QuitMember;
  readonly #clock: Clock;
  readonly #whenEnded: ((report: MemberReport) => void)[] = [];
  #toldAt: number | undefined;
  #ending = false;

  constructor(member: QuitMember, clock: Clock) {
    this.#member = member;
    this.#clock = clock;
  }

  /** Registers who is told of its end. Call it before it has ended. */
  onEnd(hear: (report: MemberReport) => void): void {
    this.#whenEnded.push(hear);
  }

  tell(reason: string): void {
    // Its drain may get back here by quitting itself.
    if (this.#toldAt !== undefined) return;
    this.#toldAt = this.#clock.now();
    new Promise((resolve) => resolve(this.#member.drain(reason))).then(
      () => this.vanish(),
      (error: unknown) => this.#fail(error),
    );
  }

  /** It has gone by itself. */
  vanish(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#end('drained');
  }

  destroy(): void {
    // While it is being destroyed, it may report that it has gone.
    if (this.#ending) return;
    this.#ending = true;
    try {
      destroy(this.#member);
      this.#end('forced');
    } catch (error) {
      this.#end('failed', error);
    }
  }

  #fail(error: unknown): void {
    if (this.#ending) return;
    this.#ending = true;
    try {
      destroy(this.#member);
    } catch {
      // What it threw first is more telling.
    }
    this.#end('failed', error);
  }

  #end(outcome: QuitOutcome, error?: unknown): void {
    const now = this.#clock.now();
    const tookMs = now - (this.#toldAt ?? now);
    const report = outcome === 'failed' ? { outcome, tookMs, error } : { outcome, tookMs };
    for (const hear of this.#whenEnded) hear(report);
  }
}

/** Errors: throws what the member throws. A rejection of its promise is ignored. */
export function destroy(member: QuitMember): void {
  const result: unknown = member.destroy();
  new Promise((resolve) => resolve(result)).catch(() => {});
}
