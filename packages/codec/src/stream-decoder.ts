import { Carry, NONE } from './carry.ts';
import type { Content, Frame, FrameFault } from './frame.ts';
import type { Decoder } from './framing.ts';
import type { Limits } from './limits.ts';

/** What `take` asked for, and how far it has come. */
interface Taking {
  readonly want: number;
  readonly tooLong: boolean;
  readonly carry: Carry;
  begun: boolean;
  left: number;
}

/**
 * What all decoders share: the chunks waiting, the place in the stream, `take`, the end. A framing adds `scan`,
 * which reads on in `chunk` from `at`.
 */
export abstract class StreamDecoder implements Decoder<Content> {
  /** The chunk being read, the next byte of it, and the stream offset of its first byte. */
  protected chunk: Uint8Array = NONE;
  protected at = 0;
  /** Length of the chunk, kept apart: asking a typed array costs a look at what kind it is. */
  protected size = 0;
  protected base = 0;
  /** Stream offset at which the frame not finished yet begins; at a boundary it is `base + at`. */
  protected begin = 0;
  /** Every byte pushed was read, and nothing is asked for or held: `read` has nothing to do. */
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
   * Reads on. Returns a frame or a fault; or `undefined` when the chunk is used up (`at` at its end, or `hold`
   * called), or when a frame already reported has ended.
   */
  protected abstract scan(): Frame<Content> | undefined;
  /** What is left of the frame begun, at the end of the stream. */
  protected abstract tail(): FrameFault | undefined;
  /** Gives back the bytes of the frame begun and forgets it. `undefined`: they are being discarded. */
  protected abstract unread(): Uint8Array | undefined;

  push(chunk: Uint8Array): this {
    if (chunk.BYTES_PER_ELEMENT !== 1)
      throw new TypeError(`Cannot push ${typeof chunk}: expected a Uint8Array`);
    if (chunk.length === 0 && !this.#ended) return this;
    if (this.#ended) throw new TypeError(`Cannot push ${chunk.length} bytes: the decoder was told the end`);
    if (this.idle) this.enter(chunk, 0);
    else this.#waiting.push(chunk);
    return this;
  }

  /** Begins to read `chunk` at `at`. */
  protected enter(chunk: Uint8Array, at: number): void {
    this.idle = false;
    this.#replace(chunk);
    this.at = at;
  }

  read(): Frame<Content> | undefined {
    if (this.idle) return undefined;
    for (;;) {
      const taking = this.#taking;
      if (taking !== undefined && (taking.begun || this.#atBoundary)) {
        const frame = this.#readTaken(taking);
        if (frame !== undefined) return frame;
      } else if (this.at < this.size) {
        const frame = this.scan();
        if (frame !== undefined) return frame;
      }
      if (this.at < this.size) continue;
      if (taking !== undefined && !taking.begun && this.#atBoundary) continue;
      if (this.#advance()) continue;
      if (this.#ended) return this.#readTail();
      this.idle = this.#held.length === 0 && this.#taking === undefined;
      return undefined;
    }
  }

  end(): this {
    this.#ended = true;
    this.idle = false;
    return this;
  }

  take(n: number): void {
    if (!Number.isSafeInteger(n) || n < 0) {
      throw new RangeError(`Cannot take ${n} bytes: expected a whole number from 0`);
    }
    if (this.#taking !== undefined) {
      throw new RangeError(
        `Cannot take ${n} bytes: the ${this.#taking.want} asked for before are not read yet`,
      );
    }
    this.idle = false;
    if (!this.#atBoundary) this.#rewind();
    const tooLong = n > this.limits.maxTakeBytes;
    this.#taking = { want: n, left: n, tooLong, begun: false, carry: new Carry(n) };
  }

  get offset(): number {
    return this.begin;
  }

  get partialBytes(): number {
    return this.base + this.at - this.begin;
  }

  /** A decoder is its own iterator. It has no `return`: a loop may be left, and the decoder read on. */
  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Frame<Content>> {
    const value = this.read();
    return value === undefined ? { done: true, value } : { done: false, value };
  }

  /** Whether no byte will follow this chunk: nothing may be held any more. */
  protected get last(): boolean {
    return this.#ended && this.#head === this.#waiting.length;
  }

  /** Keeps the bytes from `at` on: what they mean depends on the next chunk. */
  protected hold(): undefined {
    this.#held = Uint8Array.prototype.slice.call(this.chunk, this.at);
    this.at = this.size;
  }

  /** Whether `take` asked for bytes that are not read yet. */
  protected get taking(): boolean {
    return this.#taking !== undefined;
  }

  get #atBoundary(): boolean {
    return this.base + this.at === this.begin;
  }

  // Lets go of the chunk, so that its owner may write over it, and turns to the next.
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
    if (++this.#head < this.#waiting.length) return;
    this.#waiting = [];
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

  #readTaken(taking: Taking): Frame<Content> | undefined {
    const { tooLong, carry } = taking;
    if (tooLong && !taking.begun) {
      taking.begun = true;
      return { code: 'FRAME_TOO_LONG', offset: this.begin, limit: this.limits.maxTakeBytes };
    }
    taking.begun = true;
    const to = Math.min(this.at + taking.left, this.size);
    if (!tooLong) carry.append(this.chunk, this.at, to);
    taking.left -= to - this.at;
    this.at = to;
    if (taking.left > 0) return undefined;
    this.#taking = undefined;
    this.begin = this.base + to;
    return tooLong ? undefined : carry.flush();
  }

  #readTail(): FrameFault | undefined {
    const taking = this.#taking;
    this.#taking = undefined;
    let fault: FrameFault | undefined;
    if (taking !== undefined) fault = taking.tooLong ? undefined : this.incomplete();
    else if (this.partialBytes > 0) fault = this.tail();
    this.begin = this.base + this.at;
    return fault;
  }

  /** The fault for a frame that stops at `at`. */
  protected incomplete(): FrameFault {
    return { code: 'FRAME_INCOMPLETE', offset: this.base + this.at, bytes: this.partialBytes };
  }
}

/** The bytes of one after the other, as a copy. */
export function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
