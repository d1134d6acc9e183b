import type { Bytes } from '../bytes.ts';
import { closeWith, contentToLatin1 } from '../encode.ts';
import type { Content } from '../frame.ts';
import { type Framing, framing } from '../framing.ts';
import { checkLimits, type FramingOptions, refuseOption } from '../limits.ts';
import { encodeKept } from './kept-delimiter.ts';
import { MarkedDecoder } from './marked-decoder.ts';
import { type Mark, markBytes, markText } from './marks.ts';

export interface DelimitedOptions extends FramingOptions {
  /**
   * What ends a frame: one or several byte sequences, as bytes or text (with `charset: 'utf8'` its UTF-8 bytes, otherwise
   * one byte for each character). The one that begins first ends the frame; if several begin at the
   * same position, the longest. Encoding uses the first one that isn't a prefix of another.
   */
  readonly delimiters: Mark | readonly Mark[];
  /** What the end of the stream makes of a frame without a delimiter, as in `lines`. @default 'fault' */
  readonly onTail?: 'fault' | 'frame' | undefined;
  /**
   * Whether a frame keeps the delimiter that ended it. The limit doesn't count it. Encoding then takes frames that end
   * with one, writes them as they are, and refuses all others. @default false
   */
  readonly keepDelimiter?: boolean | undefined;
}

/**
 * Frames that end with a delimiter.
 *
 * Units:  the limit does not count the delimiter.
 * Errors: `RangeError` for an option out of bounds, an empty delimiter, or if none of them can be used for encoding.
 *         `TypeError` for an unknown option.
 *
 * @example
 * ```ts
 * import { delimited } from '@proto/codec/framings';
 *
 * const decoder = delimited({ delimiters: ['\r', ';'] }).decoder();
 * console.log([...decoder.push(Buffer.from('VOLT 3;CURR 1\rOUT'))]); // [ 'VOLT 3', 'CURR 1' ]
 * ```
 */
export function delimited(options: DelimitedOptions & { readonly charset: 'bytes' }): Framing<Bytes>;
export function delimited(
  options: DelimitedOptions & { readonly charset?: 'text' | 'ascii' | 'latin1' | 'utf8' },
): Framing;
export function delimited(options: DelimitedOptions): Framing<Content>;
export function delimited(options: DelimitedOptions): Framing | Framing<Bytes> | Framing<Content> {
  const limits = checkLimits(options, {
    delimiters: true,
    onTail: ['fault', 'frame'],
    keepDelimiter: [false, true],
  });
  const { onTail, keepDelimiter = false } = options;
  const checked = { ...limits, onTail, keepDelimiter };
  const given = Array.isArray(options.delimiters) ? options.delimiters : [options.delimiters];
  const delimiters = given.map((mark) => markBytes('a delimiter', mark, checked.charset));
  const texts = delimiters.map(markText);
  const end = texts.find(
    (text) => !texts.some((other) => other.length > text.length && other.startsWith(text)),
  );
  if (end === undefined) refuseOption('delimiters', 'empty', 'at least 1 of them');
  const longestFirst = delimiters.toSorted((a, b) => b.length - a.length);
  const close = closeWith(end, texts);

  return framing(
    () => new MarkedDecoder(longestFirst, checked),
    keepDelimiter ? encodeKept(longestFirst, checked) : (frame) => close(contentToLatin1(frame, checked)),
  );
}
