import type { Writable } from 'node:stream';
import { BYTES_PER_LINE } from '../../options/options.ts';

/** A batch charged this much is written before the pass ends: the kernel may take it. */
const EARLY_WRITE_BYTES = 65_536;

/** Whom an outbox tells. */
export interface OutboxOwner {
  /** It has become slow, or no longer is. */
  changed(): void;
  /** A batch goes to the socket now. */
  writing(batch: string): void;
  /** The socket has taken a batch. */
  taken(): void;
  /** It holds this much more, or less. In bytes. */
  holds(bytes: number): void;
}

export interface OutboxOptions {
  /** Bytes that may wait for a slow reader. Each line is charged 256 in addition to its content. */
  readonly maxOutboxBytes: number;
}

/**
 * The bounded send queue of one connection.
 *
 * 1. Lines collect, and are written once per pass of the event loop: `flush()`.
 * 2. A line counts from `push()` until the socket has taken it.
 * 3. Above half of the limit it is `slow`, until it is below a quarter.
 * 4. What would exceed the limit is taken only as the socket takes what came before. Otherwise `push()` returns false, and the
 *    connection must be dropped.
 */
export class Outbox {
  readonly #writable: Writable;
  readonly #maxBytes: number;
  #batch = '';
  #batchCharge = 0;
  #charge = 0;
  readonly #owner: OutboxOwner;
  #slow = false;

  constructor(writable: Writable, { maxOutboxBytes }: OutboxOptions, owner: OutboxOwner) {
    this.#writable = writable;
    this.#maxBytes = maxOutboxBytes;
    this.#owner = owner;
  }

  get slow(): boolean {
    return this.#slow;
  }

  /** Bytes charged for lines that the socket hasn't taken. */
  get bytes(): number {
    return this.#charge;
  }

  /** Bytes charged for lines that were written and that the socket hasn't taken. What isn't written yet is part of a pass. */
  get heldBytes(): number {
    return this.#charge - this.#batchCharge;
  }

  /** How many lines of this many bytes it takes before it is slow; at least one while it isn't. */
  capacity(lineBytes: number): number {
    const left = this.#maxBytes / 2 - this.#charge;
    return this.#slow ? 0 : Math.max(1, Math.floor(left / (lineBytes + BYTES_PER_LINE)));
  }

  /** Takes lines as they go over the wire, one code unit per byte. */
  push(wire: string, lines = 1): boolean {
    const charge = wire.length + lines * BYTES_PER_LINE;
    if (this.#charge + charge > this.#maxBytes) return this.#pushOneByOne(wire, lines);
    this.#batch += wire;
    this.#batchCharge += charge;
    this.#charge += charge;
    if (this.#batchCharge >= EARLY_WRITE_BYTES) this.flush();
    if (!this.#slow && this.#charge > this.#maxBytes / 2) this.#setSlow(true);
    return true;
  }

  /** One record may answer more lines than fit. A client that reads must not be dropped for that. */
  #pushOneByOne(wire: string, lines: number): boolean {
    this.flush();
    if (this.#charge > 0) return false;
    if (lines < 2) return wire.length + BYTES_PER_LINE * lines <= this.#maxBytes && this.push(wire, lines);
    return wire.match(/[^\n]*\n/g)!.every((line) => this.push(line));
  }

  /** Writes what has collected. */
  flush(): void {
    if (this.#batch === '' || this.#writable.writableEnded || this.#writable.destroyed) return;
    const charge = this.#batchCharge;
    const batch = this.#batch;
    this.#batch = '';
    this.#batchCharge = 0;
    this.#owner.writing(batch);
    let held = 0;
    this.#writable.write(batch, 'latin1', (error) => {
      if (!error) this.#taken(held);
    });
    if (this.#writable.writableLength === 0) {
      // Most is taken at once, though the socket says so later: that is never held.
      this.#charge -= charge;
      return;
    }
    held = charge;
    this.#owner.holds(held);
  }

  #taken(held: number): void {
    this.#charge -= held;
    if (held > 0) this.#owner.holds(-held);
    this.#owner.taken();
    if (this.#slow && this.#charge < this.#maxBytes / 4) this.#setSlow(false);
  }

  #setSlow(slow: boolean): void {
    this.#slow = slow;
    this.#owner.changed();
  }
}
