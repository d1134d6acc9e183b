import type { Bytes } from '../bytes.ts';
import { ContentDecoder } from '../content-decoder.ts';
import { contentToLatin1, latin1ToBytes } from '../encode.ts';
import type { Content, Frame, FrameFault } from '../frame.ts';
import { type Framing, framing } from '../framing.ts';
import { checkLimits, type FramingOptions } from '../limits.ts';

const COLON = 0x3a;
const COMMA = 0x2c;
const ZERO = 0x30;
const DIGIT = 'a digit';
const END = "':'";

class NetstringDecoder extends ContentDecoder {
  /** The length as far as it was read, with its colon once complete. */
  #head = '';
  /** Content bytes still to come, once the head is complete. */
  #left = 0;
  #inContent = false;
  /** The length or the end was wrong: nobody knows where the next frame begins. */
  #lost = false;

  protected scan(): Frame<Content> | undefined {
    if (this.#lost) {
      this.at = this.size;
      return undefined;
    }
    if (!this.#inContent) return this.#scanHead();
    return this.#left > 0 ? this.#scanContent() : this.#scanEnd();
  }

  #scanHead(): FrameFault | undefined {
    const byte = this.chunk[this.at]!;
    // "any string up to 999999999 bytes", and no leading zero.
    const expected = this.#head === '' ? DIGIT : /^0|.{9}/.test(this.#head) ? END : `${DIGIT} or ${END}`;
    const isDigit = byte >= ZERO && byte <= ZERO + 9;
    if (isDigit ? expected === END : byte !== COLON || expected === DIGIT) return this.#lose(expected);
    this.#head += String.fromCharCode(byte);
    this.at++;
    return isDigit ? undefined : this.#beginContent();
  }

  #beginContent(): FrameFault | undefined {
    this.#left = Number(this.#head.slice(0, -1));
    this.#inContent = true;
    if (this.#left <= this.limit || this.limits.truncate) return undefined;
    const offset = this.base + this.at + this.limit;
    return this.fault({ code: 'FRAME_TOO_LONG', offset, limit: this.limit }, this.at);
  }

  #scanContent(): FrameFault | undefined {
    const from = this.at;
    const to = Math.min(this.size, from + this.#left);
    const fault = this.discarding ? undefined : this.judge(to, to - from === this.#left);
    if (fault === undefined && !this.discarding) this.keep(to);
    if (fault === undefined) this.at = to;
    this.#left -= this.at - from;
    return fault;
  }

  #scanEnd(): Frame<Content> | undefined {
    if (this.chunk[this.at] !== COMMA) return this.#lose("','");
    this.#inContent = false;
    this.#head = '';
    const next = this.at + 1;
    return this.discarding ? this.finishDiscarded(this.at, next) : this.finish(this.at, next);
  }

  #lose(expected: string): FrameFault {
    this.#lost = true;
    const byte = this.chunk[this.at]!;
    return this.fault({ code: 'FRAME_MALFORMED', offset: this.base + this.at, byte, expected }, this.at + 1);
  }

  protected override tail(): Frame<Content> | undefined {
    return this.#lost ? undefined : super.tail();
  }

  protected override unread(): Uint8Array | undefined {
    if (this.#lost) return undefined;
    const content = super.unread(latin1ToBytes(this.#head));
    if (content === undefined) return undefined;
    this.#head = '';
    this.#inContent = false;
    return content;
  }
}

/**
 * Netstrings: `5:hello,`. After a `FRAME_MALFORMED` nobody can tell where the next one begins, and a wrong guess would
 * treat the content of one frame as another frame. So the rest of the stream is discarded. After any other fault,
 * decoding continues.
 *
 * Units:  a length has at most 9 digits and no leading zero.
 * Errors: `RangeError` for an option out of bounds, `TypeError` for an unknown one.
 * Source: https://cr.yp.to/proto/netstrings.txt
 *
 * @example
 * ```ts
 * import { netstring } from '@proto/codec/framings';
 *
 * console.log(netstring().encodeToLatin1('hello')); // 5:hello,
 * console.log([...netstring().decoder().push(Buffer.from('5:hello,0:,'))]); // [ 'hello', '' ]
 * ```
 */
export function netstring(options: FramingOptions & { readonly charset: 'bytes' }): Framing<Bytes>;
export function netstring(
  options?: FramingOptions & { readonly charset?: 'text' | 'ascii' | 'latin1' | 'utf8' },
): Framing;
export function netstring(options?: FramingOptions): Framing<Content>;
export function netstring(options: FramingOptions = {}): Framing | Framing<Bytes> | Framing<Content> {
  const checked = checkLimits(options, {});

  function encodeToLatin1(frame: Content): string {
    const content = contentToLatin1(frame, checked);
    return `${content.length}:${content},`;
  }
  return framing(() => new NetstringDecoder(checked), encodeToLatin1);
}
