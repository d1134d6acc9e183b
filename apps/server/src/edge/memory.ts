import type { Clock } from '@proto/scheduler';

/** Above this part of the budget, clients that hold more than their share aren't read; until it's below the other. */
const TIGHT = { from: 1 / 2, to: 3 / 8 };
/** Above this one, nobody is read and nobody let in. */
const SHORT = { from: 3 / 4, to: 5 / 8 };
/** If that lasts, the largest clients are dropped. */
const SHORT_MS = 100;

/** What is done about it. */
export interface MemoryOwner {
  readonly clock: Clock;
  /** How many clients there are. */
  readonly clients: number;
  /** From now on, the clients that hold most aren't read. */
  tight(): void;
  /** From now on, nobody is read: sockets stop at once. */
  short(): void;
  /** Those that waited may be read again. */
  goOn(): void;
  /** Drops clients, the largest first, until no more than this is held. */
  shed(bytes: number): void;
}

/**
 * What the queues and outboxes of all clients hold, and may hold: lines that wait to be answered, input that isn't read
 * yet, and output that no socket has taken. In bytes.
 *
 * 1. Above half of the budget, a client that holds more than its share isn't read.
 * 2. Above three quarters, nobody is read, and nobody let in.
 * 3. If that lasts, or all of the budget is used, the largest clients are dropped until half of it is free.
 */
export class Memory {
  readonly most: number;
  readonly #owner: MemoryOwner;
  #held = 0;
  #isTight = false;
  #isShort = false;
  /** What `#held` has to pass before anything changes. */
  #above: number;
  #below = -Infinity;
  #callOff: (() => void) | undefined;
  #isShedding = false;

  constructor(most: number, owner: MemoryOwner) {
    this.most = most;
    this.#owner = owner;
    this.#above = most * TIGHT.from;
  }

  /** Bytes held by all clients. */
  get held(): number {
    return this.#held;
  }

  /** Clients that hold more than their share aren't read. */
  get isTight(): boolean {
    return this.#isTight;
  }

  /** Nobody is read, and nobody let in. */
  get isShort(): boolean {
    return this.#isShort;
  }

  /** What one client may hold while memory is tight. */
  get share(): number {
    return (this.most * TIGHT.from) / Math.max(1, this.#owner.clients);
  }

  /** Somebody holds this much more, or less. */
  add(bytes: number): void {
    this.#held += bytes;
    if (this.#held > this.#above || this.#held < this.#below) this.#look();
  }

  /** No timer keeps the process alive. */
  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
  }

  #look(): void {
    const used = this.#held / this.most;
    const was = { tight: this.#isTight, short: this.#isShort };
    this.#isTight = used > TIGHT.from || (was.tight && used >= TIGHT.to);
    this.#isShort = used > SHORT.from || (was.short && used >= SHORT.to);
    this.#above = this.most * (this.#isShort ? 1 : this.#isTight ? SHORT.from : TIGHT.from);
    this.#below = this.most * (this.#isShort ? SHORT.to : this.#isTight ? TIGHT.to : -Infinity);
    if (used > 1) this.#shedSoon();
    if (this.#isTight && !was.tight) this.#owner.tight();
    if (this.#isShort && !was.short) this.#begin();
    else if (was.short && !this.#isShort) this.stop();
    if ((was.short && !this.#isShort) || (was.tight && !this.#isTight)) this.#owner.goOn();
  }

  #begin(): void {
    this.#callOff = this.#owner.clock.setTimeout(() => this.#shed(), SHORT_MS);
    this.#owner.short();
  }

  /** Not at once: the client that has just got more is still at it. */
  #shedSoon(): void {
    this.#above = Infinity;
    if (this.#isShedding) return;
    this.#isShedding = true;
    setImmediate(() => {
      this.#isShedding = false;
      this.#shed();
    });
  }

  #shed(): void {
    this.stop();
    if (!this.#isShort) return;
    this.#owner.shed(this.most * TIGHT.from);
    if (!this.#isShort) return;
    // What is left belongs to nobody that could be dropped.
    this.#above = this.most;
    this.#callOff = this.#owner.clock.setTimeout(() => this.#shed(), SHORT_MS);
  }
}
