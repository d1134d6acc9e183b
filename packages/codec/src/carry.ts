import { type Bytes, copy, NONE } from './bytes.ts';

/** The bytes of a frame that began in an earlier chunk. Doubles as it grows, up to `limit`. */
export class Carry {
  bytes: Uint8Array = NONE;
  length = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Makes space for `more` bytes after those held. */
  reserve(more: number): void {
    const need = this.length + more;
    if (need <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(need, Math.min(Math.max(64, 2 * this.bytes.length), this.#limit)));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  append(chunk: Uint8Array, from: number, to: number): void {
    const more = to - from;
    this.reserve(more);
    // A call into the engine costs more than a few bytes copied here.
    if (more <= 32) for (let i = 0; i < more; i++) this.bytes[this.length + i] = chunk[from + i]!;
    else this.bytes.set(chunk.subarray(from, to), this.length);
    this.length += more;
  }

  /** Returns a copy of the bytes held, and empties itself. */
  flush(): Bytes {
    const flushed = copy(this.bytes, 0, this.length);
    this.length = 0;
    return flushed;
  }
}
