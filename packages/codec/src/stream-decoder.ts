import { copy, isBytes, join, NONE } from './bytes.ts';
import { Carry } from './carry.ts';
import type { Content, Frame, FrameFault } from './frame.ts';
import type { Decoder } from './framing.ts';
import { type Limits } from './limits.ts';
import { shown } from './one-line.ts';

/** What `take` asked for, and how much of it has arrived. */
interface Taking {
  readonly want: number;
  readonly carry: Carry;
}

/**
 * The common part of all decoders: the waiting chunks, the position in the stream, `take`, the end. A framing adds
 * `scan`, which reads `chunk` from `at` on.
 */
export abstract class StreamDecoder implements Decoder<Content> {
  /** The chunk being read, the next byte of it, and the stream offset of its first byte. */
  protected chunk: Uint8Array = NONE;
  protected at = 0;
  /** Length of the chunk, kept separately: asking a typed array costs a type check. */
  protected size = 0;
  protected base = 0;
  /** Stream offset where the unfinished frame begins; at a boundary it is `base + at`. */
  protected begin = 0;
  /** Bytes still to discard of a `take` that was too long. A framing may give numbers below 0 a meaning. */
  protected skipping = 0;
  /** Every byte pushed was read, and nothing is taken or held: `read` has nothing to do. */
  protected idle = true;
  protected readonly limits: Limits;
  #waiting: Uint8Array[] = [];
  #head = 0;
  #held: Uint8Array = NONE;
  #taking: Taking | undefined;
  #ended = false;

  constructor(limits: Limits) {
    this.limits = limits;
  }

  /**
   * Reads on. Returns a frame or a fault, or `undefined` if the chunk is used up (`at` is at its end, or `hold` was
   * called) or a frame already reported has ended.
   */
  protected abstract scan(): Frame<Content> | undefined;
  /** The rest of the unfinished frame, at the end of the stream. */
  protected abstract tail(): Frame<Content> | undefined;
  /** Returns the bytes of the unfinished frame and forgets it. `undefined`: they are being discarded. */
  protected abstract unread(): Uint8Array | undefined;

  push(chunk: Uint8Array): this {
    if (!isBytes(chunk)) throw new TypeError(`Cannot push ${typeof chunk}: expected a Uint8Array`);
    if (chunk.length === 0 && !this.#ended) return this;
    if (this.#ended) throw new TypeError(`Cannot push ${chunk.length} bytes: end() was already called`);
    if (this.idle) this.enter(chunk, 0);
    else this.#waiting.push(chunk);
    return this;
  }

  decode(chunk: Uint8Array): Frame<Content>[] {
    return [...this.push(chunk)];
  }

  /** Begins to read `chunk` at `at`. */
  protected enter(chunk: Uint8Array, at: number): void {
    this.idle = false;
    this.#replace(chunk);
    this.at = at;
  }

  read(): Frame<Content> | undefined {
    if (this.idle) return undefined;
    do {
      if (this.skipping !== 0) this.skip();
      while (this.at < this.size && !this.#takes) {
        const frame = this.scan();
        if (frame !== undefined) return frame;
      }
      const taken = this.#takes ? this.#readTaken() : undefined;
      if (taken !== undefined) return taken;
    } while (this.#advance());
    if (this.#ended) return this.#readTail();
    this.idle = this.#held.length === 0 && !this.taking;
    return undefined;
  }

  end(): this {
    this.#ended = true;
    this.idle = false;
    return this;
  }

  take(n: number): void {
    if (!Number.isSafeInteger(n) || n < 0) {
      throw new RangeError(`Cannot take ${shown(n)} bytes: expected a whole number from 0`);
    }
    if (this.#taking !== undefined) {
      throw new RangeError(
        `Cannot take ${n} bytes: the previous ${this.#taking.want} have not been read yet`,
      );
    }
    this.idle = false;
    if (!this.#atBoundary && this.skipping === 0) this.#rewind();
    this.#taking = { want: n, carry: new Carry(n) };
  }

  get offset(): number {
    return this.begin;
  }

  get partialBytes(): number {
    return this.base + this.at - this.begin;
  }

  /** A decoder is its own iterator. It has no `return`, so you can leave a loop and read on later. */
  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Frame<Content>> {
    // One literal for both cases: of two, the engine can't leave out the object.
    const value = this.read();
    return { done: value === undefined, value } as IteratorResult<Frame<Content>>;
  }

  /** Whether no byte will follow this chunk: nothing may be held back any more. */
  protected get last(): boolean {
    return this.#ended && this.#head === this.#waiting.length;
  }

  /** Holds back the bytes from `at` on: their meaning depends on the next chunk. */
  protected hold(): undefined {
    this.#held = copy(this.chunk, this.at);
    this.at = this.size;
  }

  /** How many bytes are held back. */
  protected get held(): number {
    return this.#held.length;
  }

  /** Whether the next bytes are no frame: `take` asked for them, or they may have to be left out. */
  protected get taking(): boolean {
    return this.#taking !== undefined || this.skipping !== 0;
  }

  /** Whether the next bytes are those that `take` asked for. An unfinished frame ends first. */
  get #takes(): boolean {
    const taking = this.#taking;
    return taking !== undefined && (taking.carry.length > 0 || (this.#atBoundary && this.skipping === 0));
  }

  get #atBoundary(): boolean {
    return this.base + this.at === this.begin;
  }

  // Releases the chunk, so that its owner may overwrite it, and turns to the next one.
  #advance(): boolean {
    this.base += this.size;
    this.at = 0;
    this.chunk = NONE;
    this.size = 0;
    if (this.#head < this.#waiting.length) this.#shift();
    if (this.#held.length > 0 && (this.size > 0 || this.#ended)) {
      this.base -= this.#held.length;
      this.#replace(join(this.#held, this.chunk));
      this.#held = NONE;
    }
    return this.size > 0;
  }

  #replace(chunk: Uint8Array): void {
    this.chunk = chunk;
    this.size = chunk.length;
  }

  #shift(): void {
    this.#replace(this.#waiting[this.#head]!);
    this.#waiting[this.#head++] = NONE;
    if (2 * this.#head < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#head);
    this.#head = 0;
  }

  #rewind(): void {
    const unread = this.unread();
    if (unread === undefined) return;
    this.#replace(join(join(unread, this.#held), this.chunk.subarray(this.at)));
    this.#held = NONE;
    this.at = 0;
    this.base = this.begin;
  }

  #readTaken(): Frame<Content> | undefined {
    const { want, carry } = this.#taking!;
    if (want > this.limits.maxTakeBytes) {
      this.#taking = undefined;
      this.skipping = want;
      return { code: 'FRAME_TOO_LONG', offset: this.begin, limit: this.limits.maxTakeBytes };
    }
    const to = Math.min(this.at + want - carry.length, this.size);
    carry.append(this.chunk, this.at, to);
    this.at = to;
    if (carry.length < want) return undefined;
    this.#taking = undefined;
    this.begin = this.base + to;
    return carry.flush();
  }

  /** Discards what was asked for by `skipping`, as far as it has arrived. */
  protected skip(): void {
    const bytes = Math.min(this.skipping, this.size - this.at);
    this.skipping -= bytes;
    this.at += bytes;
    if (this.skipping === 0) this.begin = this.base + this.at;
  }

  #readTail(): Frame<Content> | undefined {
    // A frame begun before the bytes asked for comes before them.
    if (!this.#takes) {
      const frame = this.skipping === 0 && this.partialBytes > 0 ? this.tail() : undefined;
      this.skipping = 0;
      this.begin = this.base + this.at;
      if (frame !== undefined) return frame;
    }
    const taking = this.#taking;
    if (taking === undefined) return undefined;
    const taken = this.#readTaken();
    if (taken !== undefined) return taken;
    this.#taking = undefined;
    const fault = this.incomplete(taking.carry.length);
    this.begin = this.base + this.at;
    return fault;
  }

  /** The fault for a frame that breaks off at `at`. */
  protected incomplete(bytes: number = this.partialBytes): FrameFault {
    return { code: 'FRAME_INCOMPLETE', offset: this.base + this.at, bytes };
  }
}
