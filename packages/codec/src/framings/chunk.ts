import type { Bytes } from '../bytes.ts';
import { ContentDecoder } from '../content-decoder.ts';
import { contentToLatin1, refuseMark } from '../encode.ts';
import type { Content, Frame } from '../frame.ts';
import { type Framing, framing } from '../framing.ts';
import { checkLimits, type FramingOptions } from '../limits.ts';

/** One chunk, one frame. */
class ChunkDecoder extends ContentDecoder {
  protected scan(): Frame<Content> | undefined {
    const { chunk, size } = this;
    const to = contentEnd(chunk, this.at);
    const fault = this.judge(to, true);
    if (!this.discarding) return this.finish(to, size);
    const cut = this.finishDiscarded(this.at, size);
    return fault ?? cut;
  }
}

function contentEnd(chunk: Uint8Array, from: number): number {
  let to = chunk.length;
  if (chunk[to - 1] === 0x0a) {
    to--;
    if (to > from && chunk[to - 1] === 0x0d) to--;
  }
  return to;
}

/**
 * One read is one frame. An LF or CRLF at its end is removed. For peers that send no terminator and rely on TCP to keep
 * their writes apart. TCP doesn't: two writes may arrive as one frame, and one write as two.
 *
 * Of a decoder's promises it keeps the limit, faults in their place, and every frame through an adapter. Encoding adds
 * nothing, so an empty frame becomes no bytes at all.
 *
 * Errors: `RangeError` for an option out of bounds, `TypeError` for an unknown one.
 */
export function chunk(options: FramingOptions & { readonly charset: 'bytes' }): Framing<Bytes>;
export function chunk(
  options?: FramingOptions & { readonly charset?: 'text' | 'ascii' | 'latin1' | 'utf8' },
): Framing;
export function chunk(options?: FramingOptions): Framing<Content>;
export function chunk(options: FramingOptions = {}): Framing | Framing<Bytes> | Framing<Content> {
  const checked = checkLimits(options, {});

  function encodeToLatin1(frame: Content): string {
    const content = contentToLatin1(frame, checked);
    if (content.endsWith('\n')) refuseMark(content, content.length - 1);
    return content;
  }
  return framing(() => new ChunkDecoder(checked), encodeToLatin1);
}
