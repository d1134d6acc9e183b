import type { Session } from './session.ts';

/** How often 64 lines of one client are read in a pass of the event loop in which nobody else has sent anything. */
const READS_ALONE = 4;

/** Ticks in one pass, so that a round of many clients is written once. */
const TICKS_PER_PASS = 16;

/** Strict order: how often the sockets are looked at again before a pass is over, while lines of others wait. */
const LOOKS_PER_PASS = 4;

/** What a loop asks of those around it. */
export interface LoopOwner {
  /** Serves what was left over. True: some lines are still left over. */
  tick(): boolean;
  /** Strict order: whether a room rests on a client while lines of others wait. */
  isHeldUp(): boolean;
  /** Hands out what the same clients get together. */
  flush(): void;
}

/** What happens once in a pass of the event loop: what was left over is served, and every connection writes once. */
export class Loop {
  readonly #owner: LoopOwner;
  #active: Session[] = [];
  /** Who was read in this pass: the last one, and whether it was the only one. */
  #reader: Session | undefined;
  #isOnlyReader = true;
  /** A line was read since the sockets were last looked at again, and how often that was in this pass. */
  #hasHeard = false;
  #looks = 0;
  #isScheduled = false;

  constructor(owner: LoopOwner) {
    this.#owner = owner;
  }

  /** Has a session take part in the end of this pass. */
  activate(session: Session): void {
    this.mark(session);
    this.schedule();
  }

  /** The same, where the end of the pass is scheduled already. */
  mark(session: Session): void {
    if (session.isActive) return;
    session.isActive = true;
    this.#active.push(session);
  }

  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#endPass());
  }

  /** A line of a session was read. */
  heard(session: Session): void {
    if (this.#reader !== undefined && this.#reader !== session) this.#isOnlyReader = false;
    this.#reader = session;
    this.#hasHeard = true;
  }

  #endPass(): void {
    this.#isScheduled = false;
    if (this.#looksAgain()) return this.schedule();
    for (let ticks = 0; ticks < TICKS_PER_PASS && this.#owner.tick(); ticks++);
    this.#readOn();
    this.#owner.flush();
    const active = this.#active;
    this.#active = [];
    for (const session of active) session.endPass();
  }

  /**
   * Strict order: while lines come in and a room rests on a client, that client's have perhaps come too. One more look
   * at the sockets costs less than a write for each answer given so far, and one for each who is told `* TURN`.
   */
  #looksAgain(): boolean {
    const again = this.#hasHeard && this.#looks < LOOKS_PER_PASS && this.#owner.isHeldUp();
    this.#hasHeard = false;
    this.#looks = again ? this.#looks + 1 : 0;
    return again;
  }

  /** A client that had the pass to itself, since nobody else had sent anything, may go on a little: more lines a write. */
  #readOn(): void {
    const reader = this.#isOnlyReader ? this.#reader : undefined;
    this.#reader = undefined;
    this.#isOnlyReader = true;
    for (let reads = 1; reads < READS_ALONE && reader?.readOn() === true; reads++);
    this.#reader = undefined;
  }
}
