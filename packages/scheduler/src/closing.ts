import type { Clock } from './clock.ts';
import type { MemberReport, Membership } from './quit-member.ts';

/** How a quit went, with the outcome of every member that it reached. */
export interface QuitReport<Id, Reason = string> {
  /** Who quit; undefined: nobody in the group. */
  readonly by: Id | undefined;
  /** What every `drain` was given. */
  readonly reason: Reason;
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
  /** Each phase that had members, in order. */
  readonly phases: readonly PhaseReport[];
}

/** How long one phase of a quit took. */
export interface PhaseReport {
  /** Its number, as `add` had it. */
  readonly phase: number;
  /** When it began, since the quit did. In milliseconds. */
  readonly beganMs: number;
  /** From then until its last member had ended. In milliseconds. The grace is shared: what one phase takes, the next doesn't have. */
  readonly tookMs: number;
}

export interface Cause<Id, Reason> {
  readonly by: Id | undefined;
  readonly reason: Reason;
  readonly graceMs: number;
}

/** A quit in progress: who was told, who is done, and how long the others have. */
export class Closing<Id, Reason> {
  readonly report: Promise<QuitReport<Id, Reason>>;
  readonly #cause: Cause<Id, Reason>;
  readonly #clock: Clock;
  readonly #startedAt: number;
  // Those that aren't done, told or not.
  readonly #pending = new Set<Membership<Reason>>();
  readonly #members = new Map<Id, MemberReport>();
  readonly #count = { drained: 0, forced: 0, failed: 0 };
  readonly #phases: PhaseReport[] = [];
  readonly #callOff: () => void;
  /** Members up to this phase are told. */
  #phase = -Infinity;
  #beganMs = 0;
  /** How many of those that were told aren't done. */
  #open = 0;
  #isTelling = false;
  #ended = false;
  #forced = false;
  #resolve!: (report: QuitReport<Id, Reason>) => void;

  /** Starts the time. Errors: throws what the clock throws. */
  constructor(cause: Cause<Id, Reason>, clock: Clock) {
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

  /** Tells all that are there, phase by phase. */
  begin(members: ReadonlyMap<Id, Membership<Reason>>): void {
    for (const [id, membership] of members) this.#expect(id, membership);
    this.#goOn();
  }

  /** A member was added: it's told at once if its phase has begun. */
  add(id: Id, membership: Membership<Reason>): void {
    this.#expect(id, membership);
    if (membership.phase <= this.#phase) this.#tell(membership);
  }

  /** Destroys all members that aren't done, phase by phase. */
  force(): void {
    this.#forced = true;
    for (const membership of this.#told()) membership.destroy();
  }

  #told(): Membership<Reason>[] {
    return [...this.#pending].filter(({ phase }) => phase <= this.#phase);
  }

  #expect(id: Id, membership: Membership<Reason>): void {
    this.#pending.add(membership);
    if (membership.phase <= this.#phase) this.#open += 1;
    membership.onEnd((report) => this.#account(id, membership, report));
  }

  #tell(membership: Membership<Reason>): void {
    membership.tell(this.#cause.reason);
    if (this.#forced) membership.destroy();
  }

  /** Begins the next phase once nobody is left of those that were told, and ends when nobody is left at all. */
  #goOn(): void {
    if (this.#isTelling) return;
    while (this.#open === 0 && !this.#ended) {
      const tookMs = this.#clock.now() - this.#startedAt;
      const [phase, beganMs] = [this.#phase, this.#beganMs];
      if (phase > -Infinity) this.#phases.push({ phase, beganMs, tookMs: tookMs - beganMs });
      if (this.#pending.size === 0) return this.#end(tookMs);
      this.#phase = Infinity;
      for (const next of this.#pending) this.#phase = Math.min(this.#phase, next.phase);
      this.#beganMs = tookMs;
      const members = this.#told();
      this.#open = members.length;
      this.#isTelling = true;
      for (const membership of members) this.#tell(membership);
      this.#isTelling = false;
    }
  }

  #account(id: Id, membership: Membership<Reason>, report: MemberReport): void {
    const earlier = this.#members.get(id);
    this.#members.set(id, earlier === undefined ? report : { ...report, earlier });
    this.#count[report.outcome] += 1;
    if (membership.phase <= this.#phase) this.#open -= 1;
    this.#pending.delete(membership);
    this.#goOn();
  }

  #end(tookMs: number): void {
    this.#ended = true;
    this.#callOff();
    const { by, reason } = this.#cause;
    this.#resolve({ by, reason, tookMs, ...this.#count, members: this.#members, phases: this.#phases });
  }
}
