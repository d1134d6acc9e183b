import type { Session } from './session.ts';

/** How often 64 lines of one client are read in a pass in which nobody else has sent anything. */
const READS_ALONE = 4;

/** Ticks in one pass, so that a round of many clients is written once. */
const TICKS_PER_PASS = 16;

/** Strict order: how often the sockets are checked again before a pass ends, while lines of others wait. */
const LOOKS_PER_PASS = 4;

/** What a loop needs from its surroundings. */
export interface LoopOwner {
  /** Runs a whole pass as one step of the server. */
  step(act: () => void): void;
  /** Serves the lines left over. True: some are still left over. */
  tick(): boolean;
  /** Strict order: whether a room waits for a client while others have lines waiting. */
  isHeldUp(): boolean;
  /** Sends what several clients get together. */
  flush(): void;
}

/** What happens once per pass of the event loop: lines left over are served, and every connection writes once. */
export class Loop {
  readonly #owner: LoopOwner;
  #active: Session[] = [];
  /** Who was read in this pass: the last session, and whether it was the only one. */
  #reader: Session | undefined;
  #isOnlyReader = true;
  /** Whether a line was read since the sockets were last checked again, and how often they were in this pass. */
  #hasHeard = false;
  #looks = 0;
  #isScheduled = false;

  constructor(owner: LoopOwner) {
    this.#owner = owner;
  }

  /** Makes a session take part in the end of this pass. */
  activate(session: Session): void {
    this.mark(session);
    this.schedule();
  }

  /** The same, if the end of the pass is already scheduled. */
  mark(session: Session): void {
    if (session.isActive) return;
    session.isActive = true;
    this.#active.push(session);
  }

  schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => this.#owner.step(() => this.#endPass()));
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
   * Strict order: while lines come in and a room waits for a client, that client's lines may have arrived too. Checking
   * the sockets once more costs less than a write for each answer so far, and one for each client that is told `*
   * TURN`.
   */
  #looksAgain(): boolean {
    const again = this.#hasHeard && this.#looks < LOOKS_PER_PASS && this.#owner.isHeldUp();
    this.#hasHeard = false;
    this.#looks = again ? this.#looks + 1 : 0;
    return again;
  }

  /** If nobody else has sent anything in the pass, a client may continue a little: more lines per write. */
  #readOn(): void {
    const reader = this.#isOnlyReader ? this.#reader : undefined;
    this.#reader = undefined;
    this.#isOnlyReader = true;
    for (let reads = 1; reads < READS_ALONE && reader?.readOn() === true; reads++);
    this.#reader = undefined;
  }
}
