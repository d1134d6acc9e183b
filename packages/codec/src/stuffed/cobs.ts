import { binaryFraming, contentToBytes } from '../binary.ts';
import type { Bytes } from '../bytes.ts';
import type { Charset } from '../charset.ts';
import type { Content } from '../frame.ts';
import type { Framing } from '../framing.ts';
import { checkLimits, type FramingOptions } from '../limits.ts';
import { CobsDecoder, FULL } from './cobs-decoder.ts';

/** The options of every framing, with `bytes` as the default charset. */
export interface CobsOptions extends FramingOptions {
  /** What a frame may contain. @default 'bytes' */
  readonly charset?: Charset | undefined;
}

/**
 * Consistent Overhead Byte Stuffing: frames end with a zero and hold no other, at the cost of 1 byte in 254. A frame that
 * breaks off in a block is `FRAME_MALFORMED` at its zero, and the frame after it is unharmed. Zeros between frames mean
 * nothing.
 *
 * Units:  the limit counts the content.
 * Errors: `RangeError` for an option out of bounds, `TypeError` for an unknown one.
 * Source: S. Cheshire and M. Baker, Consistent Overhead Byte Stuffing, IEEE/ACM Transactions on Networking 7 (1999). A
 *         last block of 254 bytes may end a frame: decoders differ on whether an empty block follows, this one takes
 *         both.
 *
 * @example
 * ```ts
 * import { cobs } from '@proto/codec/stuffed';
 *
 * const wire = cobs().encode(Uint8Array.of(0x11, 0, 0x22));
 * console.log(wire); // Uint8Array(5) [ 2, 17, 2, 34, 0 ]
 * console.log(cobs().decoder().push(wire).read()); // Uint8Array(3) [ 17, 0, 34 ]
 * ```
 */
export function cobs(
  options: CobsOptions & { readonly charset: 'text' | 'ascii' | 'latin1' | 'utf8' },
): Framing;
export function cobs(options?: CobsOptions & { readonly charset?: 'bytes' | undefined }): Framing<Bytes>;
export function cobs(options?: CobsOptions): Framing<Content>;
export function cobs(options: CobsOptions = {}): Framing | Framing<Bytes> | Framing<Content> {
  const limits = checkLimits<FramingOptions>(options, {}, 'bytes');
  return binaryFraming(
    () => new CobsDecoder(limits),
    (frame) => stuff(contentToBytes(frame, limits)),
  );
}

function stuff(content: Uint8Array): Bytes {
  // Each block of 254 bytes has a code, so has the rest, and a zero ends the frame.
  const wire = new Uint8Array(content.length + Math.ceil((content.length + 1) / (FULL - 1)) + 1);
  let code = 0;
  let at = 1;
  for (let index = 0; index < content.length; index++) {
    const byte = content[index]!;
    if (byte !== 0) wire[at++] = byte;
    if (byte !== 0 && at - code < FULL) continue;
    wire[code] = at - code;
    // A full block that ends the content has no zero after it.
    if (byte !== 0 && index === content.length - 1) return wire.slice(0, at + 1);
    code = at++;
  }
  wire[code] = at - code;
  return wire.slice(0, at + 1);
}
