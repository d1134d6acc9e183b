import type { Bytes } from './bytes.ts';
import type { Content } from './frame.ts';
import type { Framing } from './framing.ts';
import type { FramingOptions } from './limits.ts';
import { LineDecoder } from './line-decoder.ts';
import { lineFraming } from './line-framing.ts';
import type { Terminator } from './text-window.ts';

export interface LinesOptions extends FramingOptions {
  /**
   * `either`: LF or CRLF ends a line, a lone CR is a fault. `lf`: LF ends a line, CR is content. `crlf`: CRLF
   * ends a line, a lone CR or LF is a fault. They encode with LF, LF and CRLF. @default 'either'
   */
  readonly terminator?: Terminator | undefined;
  /**
   * What a last line without its end is. `fault`: `FRAME_INCOMPLETE`. `frame`: a line, as in a file whose last line has no
   * end; with a character cut in two it stays a fault. @default 'fault'
   */
  readonly onTail?: 'fault' | 'frame' | undefined;
  /** Belongs to `enclosed`. The types keep its presets from being passed to `lines`. */
  readonly start?: never;
}

/**
 * Lines. A line has at most one fault, the first in it. The rest of that line is discarded. If a lone CR isn't
 * a fault, or a byte order mark has to go, see `looseLines` of `@proto/codec/framings`.
 *
 * Units:  the limit doesn't count the CR and LF of the terminator.
 * Errors: `RangeError` for an option out of bounds, `TypeError` for an unknown one.
 *
 * @example
 * ```ts
 * import { lines } from '@proto/codec';
 *
 * const decoder = lines({ charset: 'text', maxFrameBytes: 5 }).decoder();
 * console.log([...decoder.push(Buffer.from('one\ntw'))]); // [ 'one' ]
 * console.log([...decoder.push(Buffer.from('o\r\n'))]); // [ 'two' ]
 * const [fault] = decoder.push(Buffer.from('far too long\n'));
 * console.log(fault); // { code: 'FRAME_TOO_LONG', offset: 14, limit: 5 }
 * ```
 */
export function lines(options: LinesOptions & { readonly charset: 'bytes' }): Framing<Bytes>;
export function lines(
  options?: LinesOptions & { readonly charset?: 'text' | 'ascii' | 'latin1' | 'utf8' },
): Framing;
export function lines(options?: LinesOptions): Framing<Content>;
export function lines(options: LinesOptions = {}): Framing | Framing<Bytes> | Framing<Content> {
  const own = {
    terminator: ['either', 'lf', 'crlf'],
    onTail: ['fault', 'frame'],
  } as const;
  return lineFraming(options, own, LineDecoder);
}
