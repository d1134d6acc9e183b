import { join, NONE } from './bytes.ts';
import { Carry } from './carry.ts';
import { type Charset, checkFor, decode } from './charset.ts';
import type { Check } from './check.ts';
import type { Content, Frame, FrameFault } from './frame.ts';
import type { Limits } from './limits.ts';
import { StreamDecoder } from './stream-decoder.ts';

/** The common part of decoders whose frames have content: the charset, the limit, the carry, one fault per frame. */
export abstract class ContentDecoder extends StreamDecoder {
  protected readonly charset: Charset;
  protected readonly limit: number;
  protected readonly check: Check;
  /** The part of the frame's content that was in earlier chunks. */
  protected readonly carry: Carry;
  /** A fault was reported, or the content was truncated. Bytes are discarded up to the end of the frame. */
  protected discarding = false;
  #truncated = false;

  /** `held`: the most bytes of a frame that the carry has space for. */
  constructor(limits: Limits, held: number = limits.maxFrameBytes) {
    super(limits);
    this.charset = limits.charset;
    this.limit = limits.maxFrameBytes;
    this.check = checkFor(limits.charset);
    this.carry = new Carry(held);
  }

  /**
   * Checks the content from `at` to `to`. `ends`: the content stops there. After a fault, or when the content was
   * truncated to the limit, `discarding` is set.
   */
  protected judge(to: number, ends: boolean): FrameFault | undefined {
    const overflow = this.at + this.limit - this.carry.length;
    const checked = Math.min(to, overflow);
    const bad = this.check.find(this.chunk, this.at, checked);
    if (bad < checked) return this.#badByte(bad);
    if (to > overflow) return this.#overflow(overflow);
    return ends && this.check.pending > 0 ? this.#badByte(to - this.check.pending) : undefined;
  }

  /** Keeps the content from `at` to `to`, which is already checked. The frame continues. */
  protected keep(to: number): void {
    this.carry.append(this.chunk, this.at, to);
    this.at = to;
  }

  /** The frame is complete: the carry, then the chunk from `at` to `to`. The next frame begins at `next`. */
  protected finish(to: number, next: number): Content {
    const { carry } = this;
    let content: Content;
    if (carry.length === 0) {
      content = decode(this.charset, this.chunk, this.at, to);
    } else {
      carry.append(this.chunk, this.at, to);
      content = decode(this.charset, carry.bytes, 0, carry.length);
    }
    this.startFrame(next);
    return content;
  }

  /** As `finish`, for a frame being discarded. It is returned only if it was truncated to the limit. */
  protected finishDiscarded(to: number, next: number): Content | undefined {
    if (this.#truncated) return this.finish(to, next);
    this.startFrame(next);
    return undefined;
  }

  protected startFrame(next: number): void {
    this.carry.length = 0;
    this.check.reset();
    this.discarding = false;
    this.#truncated = false;
    this.at = next;
    this.begin = this.base + next;
  }

  /** Reports a fault, and discards everything from `next` on. */
  protected fault<Fault extends FrameFault>(fault: Fault, next: number): Fault {
    this.carry.length = 0;
    this.discarding = true;
    this.at = next;
    return fault;
  }

  protected tail(): Frame<Content> | undefined {
    if (this.reported) return undefined;
    const isCut = this.check.pending > 0 && !this.#truncated;
    return this.limits.onTail === 'frame' && !isCut ? this.finish(this.at, this.at) : this.incomplete();
  }

  /** `before`: what preceded the content. */
  protected unread(before: Uint8Array = NONE): Uint8Array | undefined {
    if (this.discarding) return undefined;
    this.check.reset();
    return join(before, this.carry.flush());
  }

  /** Whether a fault was reported for this frame. */
  protected get reported(): boolean {
    return this.discarding && !this.#truncated;
  }

  #badByte(at: number): FrameFault {
    // If a character was cut in two, its first byte is in the carry.
    const byte = at < this.at ? this.carry.bytes[this.carry.length + at - this.at]! : this.chunk[at]!;
    return this.fault(
      { code: 'FRAME_BAD_BYTE', offset: this.base + at, byte, charset: this.charset },
      Math.max(at + 1, this.at),
    );
  }

  #overflow(at: number): FrameFault | undefined {
    if (!this.limits.truncate) {
      return this.fault({ code: 'FRAME_TOO_LONG', offset: this.base + at, limit: this.limit }, at + 1);
    }
    this.keep(at);
    this.carry.length -= this.check.pending;
    this.#truncated = true;
    this.discarding = true;
    return undefined;
  }
}
