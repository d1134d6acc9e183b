import type { PassTime } from './pass-time.ts';
import type { Session } from './session.ts';

/** How often 64 lines of one client are read in a pass in which nobody else has sent anything. */
const READS_ALONE = 4;

/** Ticks in one pass, so that a round of many clients is written once. */
const TICKS_PER_PASS = 16;

/** Strict order: how often the sockets are checked again before a pass ends, while lines of others wait. */
const LOOKS_PER_PASS = 4;

/** What a loop needs from its surroundings. */
export interface LoopOwner {
  /** Runs this as one step of the server: listeners are told after it. */
  step(act: () => void): void;
  /** Gives the handler the lines that wait for it. True: some still do. */
  handle(): boolean;
  /** Serves the lines left over. True: some are still left over. */
  tick(): boolean;
  /** Strict order: whether a room waits for a client while others have lines waiting. */
  isHeldUp(): boolean;
  /** Sends what several clients get together. */
  flush(): void;
}

/**
 * What happens once per pass of the event loop: lines left over are served, and every connection writes once. If that
 * takes long, the rest comes in the next pass, before anything else.
 */
export class Loop {
  readonly #owner: LoopOwner;
  /** The time of what is done now: reading the sockets, ticks, or writing. */
  readonly #time: PassTime;
  /** Those that the last pass had no time for, then those that have got something together with others. */
  #first: Session[] = [];
  #active: Session[] = [];
  /** Those that have to wait for the end of this pass to be read: nobody else is read a second time before them. */
  #unread: Session[] = [];
  /** Who was read in this pass: the last session, and whether it was the only one. */
  #reader: Session | undefined;
  #isOnlyReader = true;
  /** Whether a line was read since the sockets were last checked again, and how often they were in this pass. */
  #hasHeard = false;
  #looks = 0;
  #isScheduled = false;

  constructor(time: PassTime, owner: LoopOwner) {
    this.#time = time;
    this.#owner = owner;
  }

  /** Makes a session take part in the end of this pass. */
  activate(session: Session): void {
    this.#take(session, this.#active);
    this.schedule();
  }

  /** This pass has taken long: a session is read at its end, before those that were read already. */
  defer(session: Session): void {
    this.#isOnlyReader = false;
    this.#unread.push(session);
    session.isActive = true;
    this.schedule();
  }

  /** Like `activate`, if the end of the pass is already scheduled. */
  mark(session: Session): void {
    this.#take(session, this.#active);
  }

  /** The same for a session that has got something together with others: that is written before its sender is answered. */
  markFirst(session: Session): void {
    this.#take(session, this.#first);
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
    this.#owner.step(() => this.#serve());
    this.#time.begin();
    this.#endSessions();
    this.#time.begin();
  }

  #serve(): void {
    if (this.#owner.handle()) this.schedule();
    this.#time.begin();
    for (let ticks = 0; ticks < TICKS_PER_PASS && this.#owner.tick() && !this.#time.isUp; ticks++);
    this.#readOn();
    this.#owner.flush();
  }

  #take(session: Session, list: Session[]): void {
    if (session.isActive) return;
    session.isActive = true;
    list.push(session);
  }

  /** Each is a step: what listeners do with what they are told takes time too. */
  #endSessions(): void {
    const isLate = this.#unread.length > 0;
    const all = [...this.#unread, ...this.#first, ...this.#active];
    const active = isLate ? [...new Set(all)] : all;
    this.#unread = [];
    this.#first = [];
    this.#active = [];
    let ended = 0;
    const endOne = (): void => active[ended++]!.endPass();
    while (ended < active.length && !this.#time.isUpForOne) this.#owner.step(endOne);
    if (ended === active.length) return;
    this.#first = [...active.slice(ended), ...this.#first];
    this.schedule();
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
    for (let reads = 1; reads < READS_ALONE && !this.#time.isUp && reader?.readOn() === true; reads++);
    this.#reader = undefined;
  }
}
