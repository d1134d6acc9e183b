import { binaryFraming, contentToBytes } from '../binary.ts';
import type { Bytes } from '../bytes.ts';
import type { Charset } from '../charset.ts';
import { refuse } from '../encode.ts';
import { type Content, count } from '../frame.ts';
import type { Framing } from '../framing.ts';
import { bound, checkLimits, type FramingOptions } from '../limits.ts';
import { LengthDecoder } from './length-decoder.ts';
import { type LengthField, lengthBytes } from './length-field.ts';

/** What stands before a payload, and what its length counts. */
export interface LengthPrefixedOptions extends FramingOptions {
  /** The length: 1 to 4 bytes, or a varint as in Protocol Buffers. @default 'u32' */
  readonly length?: 'u8' | 'u16' | 'u24' | 'u32' | 'varint' | undefined;
  /** Whether the highest or the lowest byte of the length comes first. A varint has its own order. @default 'big' */
  readonly endian?: 'big' | 'little' | undefined;
  /**
   * What the length counts: `payload`, the bytes after it; or `all`, the header, itself and the payload. If a protocol
   * counts something else, correct it with `adjust`. @default 'payload'
   */
  readonly counts?: 'payload' | 'all' | undefined;
  /**
   * Bytes before the length that belong to the frame, such as a type. They are the first bytes of the frame, and the
   * payload follows them: the length is left out. From 0 to `maxFrameBytes`. @default 0
   */
  readonly header?: number | undefined;
  /** Added to the length that is on the wire before it is used. From -268,435,456 to 268,435,456. @default 0 */
  readonly adjust?: number | undefined;
  /** What a frame may contain, its header included. @default 'bytes' */
  readonly charset?: Charset | undefined;
}

const MOST_ADJUST = 2 ** 28;
const WIDTHS = { u8: 1, u16: 2, u24: 3, u32: 4, varint: 0 };

/**
 * Frames that begin with the length of their payload: Kafka, PostgreSQL, DNS over TCP, gRPC, Protocol Buffers. A frame
 * is its header, if it has one, and its payload, without the length.
 *
 * A frame over the limit is a fault as soon as its length is known. Its bytes are skipped, and the next frame arrives.
 * If a length can't be right, it is `FRAME_MALFORMED`, and nobody can tell where the next frame begins: the rest of the
 * stream is discarded. That is so if it is too small for what it counts, above 2^53, or a varint of more than 10 bytes.
 *
 * A short frame of `bytes` is part of a buffer of at most 8 KiB that it shares with the frames next to it. Pass on
 * `frame.slice()` instead of `frame.buffer`.
 *
 * Units:  the limit counts the header and the payload.
 * Errors: `RangeError` for an option out of bounds, `TypeError` for an unknown one. `encode` throws a `RangeError` for
 *         a frame shorter than its header, or a payload too long for its length.
 * Source: the rules are those of tokio's `LengthDelimitedCodec` and Netty's `LengthFieldBasedFrameDecoder`.
 *
 * @example
 * ```ts
 * import { lengthPrefixed } from '@proto/codec/length-prefixed';
 *
 * const framing = lengthPrefixed({ length: 'u16', charset: 'utf8' });
 * console.log(framing.encode('hey')); // Uint8Array(5) [ 0, 3, 104, 101, 121 ]
 * console.log([...framing.decoder().push(Buffer.from('\0\x03hey\0\0'))]); // [ 'hey', '' ]
 * ```
 */
export function lengthPrefixed(
  options: LengthPrefixedOptions & { readonly charset: 'text' | 'ascii' | 'latin1' | 'utf8' },
): Framing;
export function lengthPrefixed(
  options?: LengthPrefixedOptions & { readonly charset?: 'bytes' | undefined },
): Framing<Bytes>;
export function lengthPrefixed(options?: LengthPrefixedOptions): Framing<Content>;
export function lengthPrefixed(
  options: LengthPrefixedOptions = {},
): Framing | Framing<Bytes> | Framing<Content> {
  const names = {
    length: ['u8', 'u16', 'u24', 'u32', 'varint'],
    endian: ['big', 'little'],
    counts: ['payload', 'all'],
    header: true,
    adjust: true,
  } as const;
  const limits = checkLimits(options, names, 'bytes');
  const { length = 'u32', endian = 'big', counts = 'payload', header = 0, adjust = 0 } = options;
  bound('header', header, 0, limits.maxFrameBytes);
  bound('adjust', adjust, -MOST_ADJUST, MOST_ADJUST);
  const field: LengthField = {
    width: WIDTHS[length],
    little: endian === 'little',
    header,
    countsAll: counts === 'all',
    adjust,
  };

  function encode(frame: Content): Bytes {
    const content = contentToBytes(frame, limits);
    if (content.length < header) refuse(`it has ${count(content.length)}, its header alone has ${header}`);
    // A decoder checks the header before it knows the payload.
    if (limits.charset === 'utf8' && (content[header]! & 0xc0) === 0x80)
      refuse(`a character begins in its header of ${count(header)} and ends behind it`);
    const announced = lengthOf(content.length, field);
    const wire = new Uint8Array(content.length + announced.length);
    wire.set(content.subarray(0, header));
    wire.set(announced, header);
    wire.set(content.subarray(header), header + announced.length);
    return wire;
  }
  return binaryFraming(() => new LengthDecoder(field, limits), encode);
}

/** The length of a frame as bytes. A varint that counts itself is as long as that makes it. */
function lengthOf(frameBytes: number, field: LengthField): number[] {
  let width = field.width === 0 ? 1 : field.width;
  for (;;) {
    const value = (field.countsAll ? frameBytes + width : frameBytes - field.header) - field.adjust;
    const bytes = lengthBytes(value, field);
    if (bytes === undefined)
      refuse(`its length would be ${value}, which doesn't fit in ${count(field.width)}`);
    if (bytes.length === width) return bytes;
    width = bytes.length;
  }
}
