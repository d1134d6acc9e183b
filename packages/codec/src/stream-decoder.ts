import { Carry } from './carry.ts';
import type { Content, Frame, FrameFault } from './frame.ts';
import type { Decoder } from './framing.ts';
import type { Limits } from './limits.ts';

const NONE = new Uint8Array(0);

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
  protected base = 0;
  /** Stream offset at which the frame not finished yet begins; at a boundary it is `base + at`. */
  protected begin = 0;
  protected readonly limits: Limits;
  #waiting: Uint8Array[] = [];
  #head = 0;
  #held: Uint8Array = NONE;
  #taking: Taking | undefined;
  #ended = false;
  #tailSeen = false;
  readonly #iterator: Iterator<Frame<Content>>;

  constructor(limits: Limits) {
    this.limits = limits;
    const next = (): IteratorResult<Frame<Content>> => {
      const value = this.read();
      return value === undefined ? { done: true, value } : { done: false, value };
    };
    this.#iterator = { next };
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
    if (!(chunk instanceof Uint8Array))
      throw new TypeError(`Cannot push ${typeof chunk}: expected a Uint8Array`);
    if (this.#ended) throw new TypeError(`Cannot push ${chunk.length} bytes: the decoder was told the end`);
    if (chunk.length === 0) return this;
    if (this.chunk.length === 0 && this.#held.length === 0 && this.#head === this.#waiting.length) {
      this.chunk = chunk;
    } else {
      this.#waiting.push(chunk);
    }
    return this;
  }

  read(): Frame<Content> | undefined {
    for (;;) {
      const taking = this.#taking;
      if (taking !== undefined && (taking.begun || this.#atBoundary)) {
        const frame = this.#readTaken(taking);
        if (frame !== undefined) return frame;
      } else if (this.at < this.chunk.length) {
        const frame = this.scan();
        if (frame !== undefined) return frame;
      }
      if (this.at < this.chunk.length) continue;
      if (taking !== undefined && !taking.begun && this.#atBoundary) continue;
      if (!this.#advance()) return this.#ended ? this.#readTail() : undefined;
    }
  }

  end(): this {
    this.#ended = true;
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

  [Symbol.iterator](): Iterator<Frame<Content>> {
    return this.#iterator;
  }

  /** Whether no byte will follow this chunk: nothing may be held any more. */
  protected get last(): boolean {
    return this.#ended && this.#head === this.#waiting.length;
  }

  /** Keeps the bytes from `at` on: what they mean depends on the next chunk. */
  protected hold(): undefined {
    this.#held = Uint8Array.prototype.slice.call(this.chunk, this.at);
    this.at = this.chunk.length;
  }

  get #atBoundary(): boolean {
    return this.base + this.at === this.begin;
  }

  // Lets go of the chunk, so that its owner may write over it, and turns to the next.
  #advance(): boolean {
    this.base += this.chunk.length;
    this.at = 0;
    const next = this.#waiting[this.#head];
    this.chunk = next ?? NONE;
    if (next !== undefined && ++this.#head === this.#waiting.length) {
      this.#waiting = [];
      this.#head = 0;
    }
    if (this.#held.length > 0 && (next !== undefined || this.#ended)) {
      this.base -= this.#held.length;
      this.chunk = join(this.#held, this.chunk);
      this.#held = NONE;
    }
    return this.chunk.length > 0;
  }

  #rewind(): void {
    const unread = this.unread();
    if (unread === undefined) return;
    this.chunk = join(join(unread, this.#held), this.chunk.subarray(this.at));
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
    const to = Math.min(this.at + taking.left, this.chunk.length);
    if (!tooLong) carry.append(this.chunk, this.at, to);
    taking.left -= to - this.at;
    this.at = to;
    if (taking.left > 0) return undefined;
    this.#taking = undefined;
    this.begin = this.base + to;
    return tooLong ? undefined : carry.flush();
  }

  #readTail(): FrameFault | undefined {
    if (this.#tailSeen) return undefined;
    this.#tailSeen = true;
    const bytes = this.partialBytes;
    const taking = this.#taking;
    this.#taking = undefined;
    const fault = taking === undefined ? (bytes > 0 ? this.tail() : undefined) : this.#cut(taking, bytes);
    this.begin = this.base + this.at;
    return fault;
  }

  #cut(taking: Taking, bytes: number): FrameFault | undefined {
    return taking.tooLong ? undefined : this.incomplete(bytes);
  }

  /** The fault for a frame that stops at `at`. */
  protected incomplete(bytes: number = this.partialBytes): FrameFault {
    return { code: 'FRAME_INCOMPLETE', offset: this.base + this.at, bytes };
  }
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
