import type { Content, Frame } from '../frame.ts';
import { host } from '../host.ts';
import { StuffedDecoder } from './stuffed-decoder.ts';

/** The code of a block that isn't followed by a zero. */
export const FULL = 0xff;

function countOf(bytes: number): string {
  return bytes === 1 ? '1 more byte' : `${bytes} more bytes`;
}

/** Frames up to the next zero, made of blocks: a code, and as many bytes less one. */
export class CobsDecoder extends StuffedDecoder {
  /** Bytes of the block that are still to come. */
  #left = 0;
  /** The block stands for a zero after it, unless it is the last. */
  #zero = false;

  protected scan(): Frame<Content> | undefined {
    const end = host.indexOf(this.chunk, 0, this.at);
    const to = end === -1 ? this.size : end;
    if (!this.discarding) {
      const place = this.#count(to);
      if (place < to) return this.overflow(place);
    }
    if (end === -1) {
      this.keep(to);
      return undefined;
    }
    // A zero after a zero is the idle state of the line.
    if (this.base + end === this.begin) {
      this.startFrame(end + 1);
      return undefined;
    }
    if (this.#left > 0 && !this.discarding)
      return this.malformed(end, `${countOf(this.#left)} of a block`, end);
    return this.complete(end, end + 1);
  }

  /** Counts content up to `to`. Returns where the limit is passed, or `to`. */
  #count(to: number): number {
    for (let at = this.at; at < to;) {
      const isCode = this.#left === 0;
      const run = isCode ? 1 : Math.min(this.#left, to - at);
      // A zero is written by the code of the next block.
      if (!isCode || this.#zero) this.count += run;
      if (this.count > this.limit) return at + run - (this.count - this.limit);
      this.#left = isCode ? this.chunk[at]! - 1 : this.#left - run;
      if (isCode) this.#zero = this.chunk[at] !== FULL;
      at += run;
    }
    return to;
  }

  protected unstuff(wire: Uint8Array, content: Uint8Array): number {
    let place = 0;
    let length = 0;
    let zero = false;
    for (let at = 0; length < content.length;) {
      const code = wire[at]!;
      if (zero) {
        place = at;
        length++;
      }
      zero = code !== FULL;
      const run = Math.min(code - 1, content.length - length);
      content.set(wire.subarray(at + 1, at + 1 + run), length);
      place = at + run;
      length += run;
      at += code;
    }
    return place;
  }

  protected override startFrame(next: number): void {
    super.startFrame(next);
    this.#left = 0;
    this.#zero = false;
  }

  protected override unread(): Uint8Array | undefined {
    this.#left = 0;
    this.#zero = false;
    return super.unread();
  }
}
