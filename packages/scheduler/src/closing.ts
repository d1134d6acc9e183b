import type { Clock } from './clock.ts';
import type { MemberReport, Membership } from './quit-member.ts';

/** How a quit went, with the outcome of every member that it reached. */
export interface QuitReport<Id> {
  /** Who quit; undefined: nobody in the group. */
  readonly by: Id | undefined;
  /** What every `drain` was given. */
  readonly reason: string;
  /** From the call of `quit` until the last member was done. In milliseconds. */
  readonly tookMs: number;
  /** How many members closed by themselves. */
  readonly drained: number;
  /** How many were destroyed because the grace was over. */
  readonly forced: number;
  /** How many threw, and were destroyed for it. */
  readonly failed: number;
  /** Each member that was told, in the order in which they ended. */
  readonly members: ReadonlyMap<Id, MemberReport>;
}

export interface Cause<Id> {
  readonly by: Id | undefined;
  readonly reason: string;
  readonly graceMs: number;
}

/** A quit in progress: who was told, who is done, and how long the others have. */
export class Closing<Id> {
  readonly report: Promise<QuitReport<Id>>;
  readonly #cause: Cause<Id>;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #pending = new Map<Id, Membership>();
  readonly #members = new Map<Id, MemberReport>();
  readonly #callOff: () => void;
  #allTold = false;
  #ended = false;
  #forced = false;
  #resolve!: (report: QuitReport<Id>) => void;

  /** Starts the time. Errors: throws what the clock throws. */
  constructor(cause: Cause<Id>, clock: Clock) {
    this.#cause = cause;
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#callOff = clock.setTimeout(() => this.force(), cause.graceMs);
    this.report = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Whether the report is complete, so that nobody can be told any more. */
  get ended(): boolean {
    return this.#ended;
  }

  tell(id: Id, membership: Membership): void {
    // A member that was added while the others are being told gets here twice.
    if (this.#pending.get(id) === membership) return;
    this.#pending.set(id, membership);
    membership.onEnd((report) => this.#account(id, membership, report));
    membership.tell(this.#cause.reason);
    if (this.#forced) membership.destroy();
  }

  /** Everyone who was present has been told. */
  allTold(): void {
    this.#allTold = true;
    this.#finishIfDone();
  }

  /** Destroys all members that aren't done. */
  force(): void {
    this.#forced = true;
    for (const membership of this.#pending.values()) membership.destroy();
  }

  #account(id: Id, membership: Membership, report: MemberReport): void {
    this.#members.set(id, report);
    // Another member with that id may have been added since.
    if (this.#pending.get(id) === membership) this.#pending.delete(id);
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
