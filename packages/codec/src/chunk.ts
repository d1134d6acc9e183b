import { checkFor, decode } from './charset.ts';
import type { Check } from './check.ts';
import { contentToLatin1, refuseInside } from './encode.ts';
import type { Content, Frame, FrameFault } from './frame.ts';
import { type Framing, framing } from './framing.ts';
import { checkLimits, type FramingOptions, type Limits } from './limits.ts';
import { StreamDecoder } from './stream-decoder.ts';

/** One chunk, one frame. */
class ChunkDecoder extends StreamDecoder {
  readonly #check: Check;

  constructor(limits: Limits) {
    super(limits);
    this.#check = checkFor(limits.charset);
  }

  protected scan(): Frame<Content> {
    const { chunk, at: from, limits } = this;
    const to = contentEnd(chunk, from);
    const end = Math.min(to, from + limits.maxFrameBytes);
    const bad = this.#check.find(chunk, from, end);
    const { pending } = this.#check;
    this.#check.reset();
    this.at = chunk.length;
    this.begin = this.base + this.at;
    if (bad < end) return this.#badByte(bad);
    if (end < to && !limits.truncate) {
      return { code: 'FRAME_TOO_LONG', offset: this.base + end, limit: limits.maxFrameBytes };
    }
    if (end === to && pending > 0) return this.#badByte(to - pending);
    return decode(limits.charset, chunk, from, end - pending);
  }

  #badByte(at: number): FrameFault {
    return { code: 'FRAME_BAD_BYTE', offset: this.base + at, byte: this.chunk[at]! };
  }

  protected tail(): undefined {}

  protected unread(): Uint8Array {
    return new Uint8Array(0);
  }
}

function contentEnd(chunk: Uint8Array, from: number): number {
  let to = chunk.length;
  if (to > from && chunk[to - 1] === 0x0a) {
    to--;
    if (to > from && chunk[to - 1] === 0x0d) to--;
  }
  return to;
}

/**
 * One read is one frame; an LF or CRLF at its end is removed. For peers that send no terminator and count on
 * TCP to keep their writes apart, which it does not do: two writes may come as one frame, one as two.
 *
 * Of the promises of a decoder it keeps the limit, the fault in its place, and every frame through an adapter.
 * Encoding adds nothing; an empty frame becomes no bytes at all.
 */
export function chunk(options: FramingOptions & { readonly charset: 'bytes' }): Framing<Uint8Array>;
export function chunk(
  options?: FramingOptions & { readonly charset?: 'text' | 'ascii' | 'latin1' | 'utf8' },
): Framing;
export function chunk(options?: FramingOptions): Framing<Content>;
export function chunk(options: FramingOptions = {}): Framing | Framing<Uint8Array> | Framing<Content> {
  const checked = checkLimits(options);

  function encodeToLatin1(frame: Content): string {
    const content = contentToLatin1(frame, checked);
    if (content.endsWith('\n')) refuseInside(content, '\n', content.length - 1);
    return content;
  }
  return framing(() => new ChunkDecoder(checked), encodeToLatin1);
}
