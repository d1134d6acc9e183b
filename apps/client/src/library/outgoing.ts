import type { Writable } from 'node:stream';

/** How many bytes may wait to be written before `untilCapacity` makes its caller wait. */
const HIGH_WATER_BYTES = 65_536;

/** How lines go out. */
export interface OutgoingOptions {
  /** Whether each line waits until the previous one is answered. @default false */
  readonly lockstep?: boolean;
  /** Whether there is another reason to wait; checked again after each `answered`. @default never */
  readonly crowded?: () => boolean;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/**
 * Lines on their way to a stream: collected, and written once per pass of the event loop. In lockstep, each line is a
 * separate write and waits until the previous one is answered.
 */
export class Outgoing {
  readonly #stream: Writable;
  readonly #lockstep: boolean;
  readonly #crowded: () => boolean;
  readonly #held: string[] = [];
  #waiters: Waiter[] = [];
  #pending = '';
  #unanswered = false;
  #ending = false;
  #closed: Error | undefined;

  constructor(stream: Writable, { lockstep = false, crowded = () => false }: OutgoingOptions = {}) {
    this.#stream = stream;
    this.#lockstep = lockstep;
    this.#crowded = crowded;
  }

  /** Lines that wait until the previous one is answered. */
  get held(): number {
    return this.#held.length;
  }

  /** Whether `end` was called, and all lines are written. */
  get isOver(): boolean {
    return this.#ending && this.#stream.writableEnded;
  }

  /** Takes encoded lines, one code unit per byte. After `close`, they are dropped. */
  write(latin1: string): void {
    if (this.#closed !== undefined) return;
    if (this.#lockstep && this.#unanswered) {
      this.#held.push(latin1);
      return;
    }
    this.#unanswered = true;
    if (this.#pending === '') setImmediate(() => this.#writeOut());
    this.#pending += latin1;
  }

  /** A line was answered. In lockstep, the next may go. */
  answered(): void {
    if (this.#lockstep) {
      this.#unanswered = false;
      const next = this.#held.shift();
      if (next !== undefined) this.write(next);
      else if (this.#ending) this.#stream.end();
    }
    this.#release();
  }

  /** Resolves when there is capacity for more; rejects with the error passed to `close`. */
  untilCapacity(): Promise<void> {
    if (this.#closed !== undefined) return Promise.reject(this.#closed);
    if (this.#hasCapacity()) return Promise.resolve();
    const capacity = new Promise<void>((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
    // A caller that doesn't wait for capacity learns of the end elsewhere, not by an unhandled rejection.
    capacity.catch(() => {});
    return capacity;
  }

  /** Writes what is held, then half-closes. */
  end(): void {
    this.#ending = true;
    if (this.#held.length > 0) return;
    this.#writeOut();
    this.#stream.end();
  }

  /** Writes what is held now. Resolves when the stream has taken it, rejects if it can't. */
  flush(): Promise<void> {
    this.#writeOut();
    return new Promise((resolve, reject) => {
      this.#stream.write('', (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Stops writing. */
  close(reason: Error): void {
    this.#closed = reason;
    for (const waiter of this.#waiters.splice(0)) waiter.reject(reason);
  }

  #hasCapacity(): boolean {
    if (this.#held.length > 0 || this.#crowded()) return false;
    return this.#pending.length + this.#stream.writableLength < HIGH_WATER_BYTES;
  }

  #writeOut(): void {
    if (this.#pending === '' || this.#closed !== undefined || this.#stream.writableEnded) return;
    const pending = this.#pending;
    this.#pending = '';
    this.#stream.write(pending, 'latin1', () => this.#release());
  }

  #release(): void {
    if (this.#waiters.length === 0 || this.#closed !== undefined || !this.#hasCapacity()) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) waiter.resolve();
  }
}
