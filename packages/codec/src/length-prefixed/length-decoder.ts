import { copy, join, NONE } from '../bytes.ts';
import { ContentDecoder } from '../content-decoder.ts';
import type { Content, Frame, FrameFault } from '../frame.ts';
import type { Limits } from '../limits.ts';
import { type LengthField, MOST_VARINT, readInteger, readVarint } from './length-field.ts';

// Bytes are copied this far ahead, and short frames are parts of the copy: keeping one keeps at most this much.
const WINDOW = 8192;
// A longer frame is copied by itself.
const LONG = 2048;
const TOO_MANY = `a length of at most ${MOST_VARINT} bytes`;
const TOO_MUCH = `a length of at most ${Number.MAX_SAFE_INTEGER}`;

/**
 * Frames that announce their length. Short ones of `bytes` are cut from a copy of the chunk (`#cut`), others are read
 * piece by piece: header, length, payload.
 */
export class LengthDecoder extends ContentDecoder {
  readonly #field: LengthField;
  /** Bytes of the header that were read, and the bytes of the length. */
  #header = 0;
  #length: number[] = [];
  /** Payload bytes still to come, once the length is complete. */
  #left = 0;
  #inPayload = false;
  /** The length was wrong: nobody knows where the next frame begins. */
  #lost = false;

  /** A copy of a chunk from `#from` to `#until`. Closed inside a frame, and while `take` waits. */
  #window: Uint8Array = NONE;
  #of: Uint8Array = NONE;
  #from = 0;
  #until = 0;
  #isOpen = false;
  /** Width of the length that `#peek` has read. */
  #width: number;

  constructor(field: LengthField, limits: Limits) {
    super(limits);
    this.#field = field;
    this.#width = field.width;
  }

  override read(): Frame<Content> | undefined {
    if (this.#isOpen) {
      const frame = this.#cut();
      if (frame !== undefined) return frame;
      this.#isOpen = false;
    }
    if (this.idle) return undefined;
    const frame = super.read();
    if (frame === undefined) {
      this.#window = NONE;
      this.#of = NONE;
    }
    return frame;
  }

  override take(n: number): void {
    this.#isOpen = false;
    super.take(n);
  }

  protected scan(): Frame<Content> | undefined {
    if (this.#lost) {
      this.at = this.size;
      return undefined;
    }
    if (this.#inPayload) return this.#scanPayload();
    if (this.#header === 0 && this.#length.length === 0) return this.#scanFrame();
    return this.#header < this.#field.header ? this.#scanHeader() : this.#scanLength();
  }

  /** At the beginning of a frame: the quick way if all of it is here. */
  #scanFrame(): Frame<Content> | undefined {
    const { header } = this.#field;
    const payload = this.#peek();
    const to = this.at + header + this.#width + payload;
    if (payload >= 0 && to <= this.size) {
      if (this.charset === 'bytes' && to - this.at <= LONG) {
        if (this.#of !== this.chunk || to > this.#until || this.#window.length === 0) this.#openWindow();
        this.#isOpen = true;
        return this.#cut();
      }
      if (header === 0) {
        this.at += this.#width;
        return this.#beginPayload(payload);
      }
    }
    return header > 0 ? this.#scanHeader() : this.#scanLength();
  }

  #openWindow(): void {
    this.#of = this.chunk;
    this.#from = this.at;
    this.#until = Math.min(this.at + WINDOW, this.size);
    this.#window = copy(this.chunk, this.#from, this.#until);
  }

  /** The next frame of the window. `undefined`: it isn't all there, or something is wrong with it. */
  #cut(): Uint8Array | undefined {
    const payload = this.#peek();
    const begin = this.at;
    const content = begin + this.#width;
    const to = content + this.#field.header + payload;
    const window = this.#window;
    // The reader may have transferred the buffer of a frame: then the window is empty.
    if (payload < 0 || to > this.#until || window.length === 0) return undefined;
    // The header moves next to the payload, over the length.
    for (let at = this.#field.header - 1; at >= 0; at--)
      window[content + at - this.#from] = this.chunk[begin + at]!;
    this.at = to;
    this.begin = this.base + to;
    return new Uint8Array(window.buffer, content - this.#from, to - content);
  }

  /** Payload bytes of the frame that begins at `at`. -1: the length isn't all there, is wrong, or over the limit. */
  #peek(): number {
    const { width, little, header, countsAll, adjust } = this.#field;
    const at = this.at + header;
    let value: number;
    if (width > 0) {
      if (at + width > this.size) return -1;
      value = readInteger(this.chunk, at, width, little);
    } else {
      // No frame within the limit needs more than 5 bytes, unless they are padded.
      const most = Math.min(this.size, at + 5);
      let end = at;
      while (end < most && this.chunk[end]! >= 0x80) end++;
      if (end >= most) return -1;
      this.#width = end + 1 - at;
      value = readVarint(this.chunk, at);
    }
    const payload = value + adjust - (countsAll ? header + this.#width : 0);
    return payload + header <= this.limit ? payload : -1;
  }

  #scanHeader(): FrameFault | undefined {
    const from = this.at;
    const to = Math.min(this.size, from + this.#field.header - this.#header);
    // A character may not be cut in two by the length.
    const fault = this.#scanContent(to, this.#header + to - from === this.#field.header);
    this.#header += this.at - from;
    return fault;
  }

  #scanLength(): Frame<Content> | undefined {
    const { width, little, header, countsAll, adjust } = this.#field;
    const byte = this.chunk[this.at]!;
    const seen = this.#length.push(byte);
    const isWhole = width > 0 ? seen === width : byte < 0x80;
    if (!isWhole && seen === MOST_VARINT) return this.#lose(TOO_MANY);
    if (isWhole) {
      const value = width > 0 ? readInteger(this.#length, 0, width, little) : readVarint(this.#length, 0);
      if (value > Number.MAX_SAFE_INTEGER) return this.#lose(TOO_MUCH);
      const least = (countsAll ? header + seen : 0) - adjust;
      if (value < least) return this.#lose(`a length of at least ${least}`);
      this.at++;
      return this.#beginPayload(value - least);
    }
    this.at++;
    return undefined;
  }

  #beginPayload(payload: number): Frame<Content> | undefined {
    this.#left = payload;
    this.#inPayload = true;
    const room = this.limit - this.#field.header;
    if (payload <= room || this.limits.truncate || this.discarding) return this.#scanPayload();
    const offset = this.base + this.at + room;
    return this.fault({ code: 'FRAME_TOO_LONG', offset, limit: this.limit }, this.at);
  }

  #scanPayload(): Frame<Content> | undefined {
    const from = this.at;
    const to = Math.min(this.size, from + this.#left);
    if (to - from < this.#left) {
      const fault = this.#scanContent(to, false);
      this.#left -= this.at - from;
      return fault;
    }
    const fault = this.discarding ? undefined : this.judge(to, true);
    if (!this.discarding) return this.finish(to, to);
    const cut = this.finishDiscarded(this.at, to);
    return fault ?? cut;
  }

  /** Reads content up to `to`. A fault may stop it before. */
  #scanContent(to: number, ends: boolean): FrameFault | undefined {
    const fault = this.discarding ? undefined : this.judge(to, ends);
    if (fault !== undefined) return fault;
    if (this.discarding) this.at = to;
    else this.keep(to);
    return undefined;
  }

  #lose(expected: string): FrameFault {
    this.#lost = true;
    const byte = this.chunk[this.at]!;
    return this.fault({ code: 'FRAME_MALFORMED', offset: this.base + this.at, byte, expected }, this.at + 1);
  }

  protected override startFrame(next: number): void {
    super.startFrame(next);
    this.#header = 0;
    this.#length.length = 0;
    this.#inPayload = false;
  }

  protected override tail(): Frame<Content> | undefined {
    return this.#lost ? undefined : super.tail();
  }

  protected override unread(): Uint8Array | undefined {
    const content = super.unread();
    if (content === undefined) return undefined;
    const header = content.subarray(0, this.#header);
    const wire = join(join(header, Uint8Array.from(this.#length)), content.subarray(this.#header));
    this.#header = 0;
    this.#length.length = 0;
    this.#inPayload = false;
    return wire;
  }
}
