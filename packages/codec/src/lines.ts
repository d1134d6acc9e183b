import type { Bytes } from './bytes.ts';
import { closeWith, contentToLatin1 } from './encode.ts';
import type { Content } from './frame.ts';
import { type Framing, framing } from './framing.ts';
import { checkLimits, type FramingOptions, oneOf } from './limits.ts';
import { LineDecoder, plainBytes } from './line-decoder.ts';
import type { Terminator } from './text-window.ts';

export interface LinesOptions extends FramingOptions {
  /**
   * `either`: LF or CRLF ends a line, a lone CR is a fault. `lf`: LF ends a line, CR is content. `crlf`: CRLF
   * ends a line, a lone CR or LF is a fault. They encode with LF, LF and CRLF. @default 'either'
   */
  readonly terminator?: Terminator | undefined;
  /** Belongs to `enclosed`. The types keep its presets from being passed to `lines`. */
  readonly start?: never;
}

/**
 * Lines. A line has at most one fault, the first in it. The rest of that line is discarded.
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
  const checked = checkLimits(options, { terminator: true });
  const { terminator = 'either' } = options;
  oneOf('terminator', terminator, ['either', 'lf', 'crlf']);
  const plain = plainBytes(checked.charset, terminator);
  const close = closeWith(terminator === 'crlf' ? '\r\n' : '\n', terminator === 'lf' ? ['\n'] : ['\n', '\r']);

  return framing(
    () => new LineDecoder(terminator, checked, plain),
    (frame) => close(contentToLatin1(frame, checked)),
  );
}
