import { binaryFraming, contentToBytes } from '../binary.ts';
import type { Bytes } from '../bytes.ts';
import type { Charset } from '../charset.ts';
import { refuse } from '../encode.ts';
import { type Content, hex } from '../frame.ts';
import type { Framing } from '../framing.ts';
import { type Mark, markBytes } from '../framings/marks.ts';
import { bound, checkLimits, type FramingOptions, refuseOption } from '../limits.ts';
import { EscapeDecoder } from './escape-decoder.ts';
import { ABORT, END, ESCAPE, type EscapeRules, meanings, START, stuffer, WRONG } from './escape-rules.ts';

/** The marks of a framing, and how content that looks like one is written. */
export interface StuffedOptions extends FramingOptions {
  /** What a frame begins with: one byte, or the escape and another byte, as in `DLE STX`. */
  readonly start: Mark;
  /** What a frame ends with, of the same shape. If it is the start, one of them can end a frame and begin the next. */
  readonly end: Mark;
  /**
   * The byte that changes the meaning of the one after it. An escape in the content is doubled, or, with `xor`, changed
   * like the marks.
   */
  readonly escape: Mark;
  /** What an escaped byte is combined with by exclusive or. Without it, the byte stays what it is. From 1 to 255. */
  readonly xor?: number | undefined;
  /** What a frame may contain. @default 'bytes' */
  readonly charset?: Charset | undefined;
}

/**
 * Frames between a start and an end, with bytes of the content escaped where they could be a mark: `DLE STX` to `DLE ETX`
 * with doubled DLEs, or HDLC-like framing with flags.
 *
 * It gets back in step after damage. Bytes between frames are counted, and reported as one `FRAME_SKIPPED`. A start
 * inside a frame means that the end of that frame was lost: the frame is `FRAME_INCOMPLETE`, and a new one begins. An
 * escape before a byte that can't follow it is `FRAME_MALFORMED`. If start and end are the same, two of them in a
 * row aren't a frame, and `encode` refuses an empty one.
 *
 * Units:  the limit counts the content, without escapes. Until a frame ends, its bytes are held as they came: at most
 *         twice the limit.
 * Errors: `RangeError` for an option out of bounds, for marks of another shape, or if `xor` makes one mark of another.
 *         `TypeError` for an unknown option.
 * Source: RFC 1662 (PPP in HDLC-like framing), section 4.2; ISO 1745 and ISO 2111 for DLE.
 *
 * @example
 * ```ts
 * import { stuffed } from '@proto/codec/stuffed';
 *
 * const dle = stuffed({ start: '\x10\x02', end: '\x10\x03', escape: '\x10' });
 * console.log(dle.encode(Uint8Array.of(0x10))); // Uint8Array(6) [ 16, 2, 16, 16, 16, 3 ]
 *
 * const hdlc = stuffed({ start: '\x7e', end: '\x7e', escape: '\x7d', xor: 0x20 });
 * console.log(hdlc.encode(Uint8Array.of(1, 0x7e))); // Uint8Array(5) [ 126, 1, 125, 94, 126 ]
 * ```
 */
export function stuffed(
  options: StuffedOptions & { readonly charset: 'text' | 'ascii' | 'latin1' | 'utf8' },
): Framing;
export function stuffed(options: StuffedOptions & { readonly charset?: 'bytes' | undefined }): Framing<Bytes>;
export function stuffed(options: StuffedOptions): Framing<Content>;
export function stuffed(options: StuffedOptions): Framing | Framing<Bytes> | Framing<Content> {
  const limits = checkLimits(options, { start: true, end: true, escape: true, xor: true }, 'bytes');
  const start = markBytes('start', options.start, limits.charset);
  const end = markBytes('end', options.end, limits.charset);
  const rules = rulesOf(start, end, escapeByte(options.escape, limits.charset), options.xor);
  const stuff = stuffer(rules);

  function encode(frame: Content): Bytes {
    const content = contentToBytes(frame, limits);
    if (content.length === 0 && rules.shared) refuse('it is empty, and two marks in a row are not a frame');
    return stuff(content, start, end);
  }
  return binaryFraming(() => new EscapeDecoder(rules, limits), encode);
}

function escapeByte(mark: Mark, charset: Charset): number {
  const bytes = markBytes('escape', mark, charset);
  if (bytes.length !== 1) refuseOption('escape', `${bytes.length} bytes`, '1 byte');
  return bytes[0]!;
}

function rulesOf(start: Uint8Array, end: Uint8Array, escape: number, xor: number | undefined): EscapeRules {
  if (xor !== undefined) bound('xor', xor, 1, 255);
  const shared = start.length === end.length && start.every((byte, at) => byte === end[at]);
  const plain = meanings({ [escape]: ESCAPE });
  const escaped = meanings({});
  const hasPair = start.length > 1 || end.length > 1;
  if (xor !== undefined) for (let byte = 0; byte < 256; byte++) escaped[byte] = byte ^ xor;
  // Beside pairs that are marks, others mean something that isn't known here.
  else if (hasPair) escaped.fill(WRONG).set([escape], escape);

  const marks = [
    { name: 'start', mark: start, meaning: shared ? END : START },
    { name: 'end', mark: end, meaning: END },
  ];
  // Pairs last: a single mark is content after an escape, unless that is a mark as well.
  for (const { name, mark, meaning } of marks.toSorted((one, other) => one.mark.length - other.mark.length)) {
    const [first = 0, second = escape] = mark;
    const isPair = first === escape && second !== escape && mark.length === 2;
    if (!isPair && (first === escape || mark.length > 1))
      refuseOption(name, [...mark].map(hex).join(' '), '1 byte, or the escape and 1 other byte');
    if (isPair) escaped[second] = meaning;
    else {
      plain[first] = meaning;
      escaped[first] = xor === undefined ? first : ABORT;
    }
  }
  const unwritten = plain.findIndex((meaning, byte) => meaning < 0 && !escaped.includes(byte));
  if (unwritten !== -1) {
    const [name, is] = xor === undefined ? ['end', [...end].map(hex).join(' ')] : ['xor', xor];
    refuseOption(name, is, `another: with this one ${hex(unwritten)} can't be content`);
  }
  const wanted = [...escaped.keys()].filter((byte) => escaped[byte] !== WRONG).map(hex);
  const expected = hasPair && xor === undefined ? wanted.join(' or ') : 'an escaped byte';
  return {
    escape,
    plain,
    escaped,
    expected,
    start,
    shared,
    beginsInside: false,
    keepsEmpty: false,
  };
}
