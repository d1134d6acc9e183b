import type { Clock } from './clock.ts';
import type { Seat } from './quit-member.ts';

/**
 * How a member ended: by itself (`drained`); destroyed because the grace was over (`forced`); or destroyed because it
 * threw (`failed`).
 */
export type QuitOutcome = 'drained' | 'forced' | 'failed';

export interface MemberReport {
  readonly outcome: QuitOutcome;
  /** From the time it was told. */
  readonly tookMs: number;
  /** What it threw, if it failed. */
  readonly error?: unknown;
}

/** How a quit went, with an account of every member that it reached. */
export interface QuitReport<Id> {
  /** Who quit; undefined: nobody of the group. */
  readonly by: Id | undefined;
  readonly reason: string;
  readonly tookMs: number;
  readonly drained: number;
  readonly forced: number;
  readonly failed: number;
  readonly members: ReadonlyMap<Id, MemberReport>;
}

export interface Cause<Id> {
  readonly by: Id | undefined;
  readonly reason: string;
  readonly graceMs: number;
}

/** One quit under way: who was told, who is done, and how long the others have. */
export class Closing<Id> {
  readonly report: Promise<QuitReport<Id>>;
  readonly #cause: Cause<Id>;
  readonly #clock: Clock;
  readonly #gone: (id: Id) => void;
  readonly #startedAt: number;
  readonly #pending = new Map<Id, Seat>();
  readonly #members = new Map<Id, MemberReport>();
  #allTold = false;
  #ended = false;
  #forced = false;
  #resolve!: (report: QuitReport<Id>) => void;
  #callOff: () => void = () => {};

  constructor(cause: Cause<Id>, clock: Clock, gone: (id: Id) => void) {
    this.#cause = cause;
    this.#clock = clock;
    this.#gone = gone;
    this.#startedAt = clock.now();
    this.report = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Whether the report is made, so that nobody can be told any more. */
  get ended(): boolean {
    return this.#ended;
  }

  tell(id: Id, seat: Seat): void {
    this.#pending.set(id, seat);
    seat.drain(this.#cause.reason, this.#clock).then(
      () => this.#settle(id, seat, 'drained'),
      (error: unknown) => this.#fail(id, seat, error),
    );
    if (this.#forced) this.#destroy(id, seat);
  }

  /** Everyone who was there has been told: the time runs. */
  start(): void {
    this.#allTold = true;
    this.#callOff = this.#clock.setTimeout(() => this.force(), this.#cause.graceMs);
    this.#finishIfDone();
  }

  /** One is gone by itself, and needs no waiting for. */
  vanished(id: Id): void {
    const seat = this.#pending.get(id);
    if (seat !== undefined) this.#settle(id, seat, 'drained');
  }

  /** Destroys all who are not done. */
  force(): void {
    this.#forced = true;
    for (const [id, seat] of this.#pending) this.#destroy(id, seat);
  }

  #destroy(id: Id, seat: Seat): void {
    try {
      seat.destroy();
      this.#settle(id, seat, 'forced');
    } catch (error) {
      this.#settle(id, seat, 'failed', error);
    }
  }

  #fail(id: Id, seat: Seat, error: unknown): void {
    if (this.#pending.get(id) !== seat) return;
    try {
      seat.destroy();
    } catch {
      // What it threw first says more.
    }
    this.#settle(id, seat, 'failed', error);
  }

  #settle(id: Id, seat: Seat, outcome: QuitOutcome, error?: unknown): void {
    if (this.#pending.get(id) !== seat) return;
    this.#pending.delete(id);
    const tookMs = this.#clock.now() - seat.toldAt;
    this.#members.set(id, outcome === 'failed' ? { outcome, tookMs, error } : { outcome, tookMs });
    this.#gone(id);
    this.#finishIfDone();
  }

  #finishIfDone(): void {
    if (!this.#allTold || this.#pending.size > 0) return;
    this.#ended = true;
    this.#callOff();
    const count = { drained: 0, forced: 0, failed: 0 };
    for (const { outcome } of this.#members.values()) count[outcome] += 1;
    const { by, reason } = this.#cause;
    const tookMs = this.#clock.now() - this.#startedAt;
    this.#resolve({ by, reason, tookMs, ...count, members: this.#members });
  }
}
