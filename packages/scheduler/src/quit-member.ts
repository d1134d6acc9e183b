import type { Clock } from './clock.ts';

/** What a `drain` may return: `unknown`, spelled so that `new Promise((resolve) => ...)` may call `resolve()`. */
export type Anything = void | object | string | number | bigint | boolean | symbol | null | undefined;

/** Something that can be closed: a socket, a worker, a child process, an AbortController, a `FairQueue`. */
export interface QuitMember<Reason = string> {
  /**
   * Finishes what it has begun, then closes. It may throw, reject, or never end. It may return anything; if that's a
   * promise, the group waits for it.
   */
  drain(reason: Reason): Anything | Promise<Anything>;
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
  /** What became of another member with that id, which was removed during the quit, before this one was added. */
  readonly earlier?: MemberReport;
}

/** A member in its group. It is told once, destroyed once and ends once, no matter how many quits wait for it. */
export class Membership<Reason> {
  readonly phase: number;
  readonly #member: QuitMember<Reason>;
  readonly #clock: Clock;
  readonly #whenEnded: ((report: MemberReport) => void)[] = [];
  #toldAt: number | undefined;
  #ending = false;

  constructor(member: QuitMember<Reason>, phase: number, clock: Clock) {
    this.#member = member;
    this.phase = phase;
    this.#clock = clock;
  }

  /** Registers who is told of its end. Call it before it has ended. */
  onEnd(hear: (report: MemberReport) => void): void {
    this.#whenEnded.push(hear);
  }

  tell(reason: Reason): void {
    // Its drain may get back here by quitting itself. The drain of another may have removed or destroyed it.
    if (this.#toldAt !== undefined || this.#ending) return;
    this.#toldAt = this.#clock.now();
    new Promise((resolve) => resolve(this.#member.drain(reason))).then(
      () => this.vanish(),
      (error: unknown) => this.#end('failed', error),
    );
  }

  /** It has gone by itself. */
  vanish(): void {
    this.#end('drained');
  }

  destroy(): void {
    this.#end('forced');
  }

  #end(how: QuitOutcome, cause?: unknown): void {
    // While it is being destroyed, it may report that it has gone.
    if (this.#ending) return;
    this.#ending = true;
    let outcome = how;
    let error = cause;
    try {
      if (how !== 'drained') destroy(this.#member);
    } catch (thrown) {
      // What it threw first is more telling.
      if (how === 'forced') error = thrown;
      outcome = 'failed';
    }
    const now = this.#clock.now();
    const tookMs = now - (this.#toldAt ?? now);
    const report = { outcome, tookMs, ...(outcome === 'failed' && { error }) };
    for (const hear of this.#whenEnded) hear(report);
  }
}

/** Errors: throws what the member throws. A rejection of its promise is ignored. */
export function destroy(member: Pick<QuitMember, 'destroy'>): void {
  const result: unknown = member.destroy();
  new Promise((resolve) => resolve(result)).catch(() => {});
}
