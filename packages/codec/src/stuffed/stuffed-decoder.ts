import { decode } from '../charset.ts';
import { ContentDecoder } from '../content-decoder.ts';
import { type Content, type Frame, type FrameFault, isFault } from '../frame.ts';
import type { Limits } from '../limits.ts';

/**
 * The common part of decoders whose content is written in other bytes on the wire. A frame is kept as it came until it
 * ends, then its content is made of it: `take` may need its bytes, and a fault the place of each. The limit is watched
 * on the way, by `count`.
 */
export abstract class StuffedDecoder extends ContentDecoder {
  /** Bytes of content in the unfinished frame so far. */
  protected count = 0;
  /** The content of a frame that was truncated to the limit. */
  #cut: Content | undefined;

  constructor(limits: Limits) {
    // Each byte of content is two on the wire at most, and an escape may wait for its second.
    super(limits, 2 * limits.maxFrameBytes + 1);
  }

  /** Makes content of `wire` until `content` is full. Returns where on the wire its last byte was. */
  protected abstract unstuff(wire: Uint8Array, content: Uint8Array): number;

  /** The frame continues: its bytes up to `to` were counted. */
  protected override keep(to: number): void {
    if (this.discarding) this.at = to;
    else super.keep(to);
  }

  /** The frame ends at `to`, and the next one begins at `next`. */
  protected complete(to: number, next: number): Frame<Content> | undefined {
    const frame = this.discarding ? this.#cut : this.#judge(to, true);
    this.startFrame(next);
    return frame;
  }

  /** The byte of content that is over the limit is at `place`. */
  protected overflow(place: number): FrameFault | undefined {
    this.count = this.limit;
    const content = this.#judge(place, false);
    if (isFault(content)) return this.fault(content, place + 1);
    if (!this.limits.truncate) {
      const offset = this.base + place;
      return this.fault({ code: 'FRAME_TOO_LONG', offset, limit: this.limit }, place + 1);
    }
    this.carry.length = 0;
    this.discarding = true;
    this.at = place + 1;
    this.#cut = content;
    return undefined;
  }

  /** The byte at `place` can't be there. The rest of the frame begins at `next`. */
  protected malformed(place: number, expected: string, next: number): FrameFault | undefined {
    if (this.discarding) {
      this.at = next;
      return undefined;
    }
    const content = this.#judge(place, false);
    if (isFault(content)) return this.fault(content, next);
    const byte = this.chunk[place]!;
    return this.fault({ code: 'FRAME_MALFORMED', offset: this.base + place, byte, expected }, next);
  }

  /** The fault of a frame that breaks off at `to`. `ends`: another begins there, so no character continues. */
  protected broken(to: number, ends: boolean): FrameFault | undefined {
    if (this.discarding && this.#cut === undefined) return undefined;
    if (this.#cut === undefined) {
      const content = this.#judge(to, ends);
      if (isFault(content)) return content;
    }
    const offset = this.base + to;
    return { code: 'FRAME_INCOMPLETE', offset, bytes: offset - this.begin };
  }

  protected override tail(): FrameFault | undefined {
    return this.broken(this.at, false);
  }

  /** `start`: what preceded the frame. */
  protected override unread(start?: Uint8Array): Uint8Array | undefined {
    const wire = super.unread(start);
    if (wire !== undefined) this.count = 0;
    return wire;
  }

  protected override startFrame(next: number): void {
    super.startFrame(next);
    this.#cut = undefined;
    this.count = 0;
  }

  /** The content of the frame up to `to`, without a character that isn't whole; or the fault in it. */
  #judge(to: number, ends: boolean): Content | FrameFault {
    const wire = this.#wire(to);
    const content = new Uint8Array(this.count);
    this.unstuff(wire, content);
    const bad = this.check.find(content, 0, content.length);
    const whole = content.length - this.check.pending;
    this.check.reset();
    const at = bad < content.length ? bad : whole;
    if (bad < content.length || (ends && whole < content.length)) {
      const place = this.unstuff(wire, content.subarray(0, at + 1));
      const offset = this.base + to - wire.length + place;
      return { code: 'FRAME_BAD_BYTE', offset, byte: content[at]!, charset: this.charset };
    }
    return this.charset === 'bytes' ? content : decode(this.charset, content, 0, whole);
  }

  #wire(to: number): Uint8Array {
    const { carry } = this;
    if (carry.length === 0) return this.chunk.subarray(this.at, to);
    carry.append(this.chunk, this.at, to);
    this.at = to;
    return carry.bytes.subarray(0, carry.length);
  }
}
