import type { Bytes } from '../bytes.ts';
import { closeWith, contentToLatin1 } from '../encode.ts';
import type { Content } from '../frame.ts';
import { type Framing, framing } from '../framing.ts';
import { checkLimits, type FramingOptions } from '../limits.ts';
import { MarkedDecoder } from './marked-decoder.ts';
import { type Mark, markBytes, markText } from './marks.ts';

export interface EnclosedOptions extends FramingOptions {
  /** What a frame begins with: bytes or text, as for `delimiters`. */
  readonly start: Mark;
  /** What a frame ends with: bytes or text, as for `delimiters`. */
  readonly end: Mark;
}

/**
 * Frames between a start and an end, such as STX and ETX. Bytes between frames are counted, and reported as one
 * `FRAME_SKIPPED`. A start inside a frame means that the end of that frame was lost: the frame is `FRAME_INCOMPLETE`,
 * and a new one begins.
 *
 * Units:  the limit doesn't count the start or the end.
 * Errors: `RangeError` for an option out of bounds, or an empty start or end. `TypeError` for an unknown option.
 *
 * @example
 * ```ts
 * import { enclosed } from '@proto/codec/framings';
 *
 * const decoder = enclosed({ start: '\x02', end: '\x03' }).decoder();
 * console.log([...decoder.push(Buffer.from('\x02one\x03\x02two\x03'))]); // [ 'one', 'two' ]
 * ```
 */
export function enclosed(options: EnclosedOptions & { readonly charset: 'bytes' }): Framing<Bytes>;
export function enclosed(
  options: EnclosedOptions & { readonly charset?: 'text' | 'ascii' | 'latin1' | 'utf8' },
): Framing;
export function enclosed(options: EnclosedOptions): Framing<Content>;
export function enclosed(options: EnclosedOptions): Framing | Framing<Bytes> | Framing<Content> {
  const checked = checkLimits(options, { start: true, end: true });
  const start = markBytes('start', options.start, checked.charset);
  const end = markBytes('end', options.end, checked.charset);
  const open = markText(start);
  const close = closeWith(markText(end), [markText(end), open]);

  return framing(
    () => new MarkedDecoder([end], checked, start),
    (frame) => open + close(contentToLatin1(frame, checked)),
  );
}
