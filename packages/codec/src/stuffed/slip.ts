import { binaryFraming, contentToBytes } from '../binary.ts';
import { type Bytes, NONE } from '../bytes.ts';
import type { Charset } from '../charset.ts';
import { refuse } from '../encode.ts';
import type { Content } from '../frame.ts';
import type { Framing } from '../framing.ts';
import { checkLimits, type FramingOptions } from '../limits.ts';
import { EscapeDecoder } from './escape-decoder.ts';
import { ABORT, END, ESCAPE, type EscapeRules, meanings, stuffer, WRONG } from './escape-rules.ts';

/** What two ENDs in a row mean, and the options of every framing. */
export interface SlipOptions extends FramingOptions {
  /**
   * `drop`: two ENDs in a row aren't a frame, as in the receiver of RFC 1055, and `encode` puts an END before each frame
   * to end line noise. `keep`: they are an empty frame, and `encode` writes one END, after the frame. @default 'drop'
   */
  readonly emptyFrames?: 'drop' | 'keep' | undefined;
  /** What a frame may contain. @default 'bytes' */
  readonly charset?: Charset | undefined;
}

const ESC = 0xdb;
const MARK = Uint8Array.of(0xc0);

/**
 * SLIP: frames end with END (0xC0). In a frame, END is written as 0xDB 0xDC, and 0xDB as 0xDB 0xDD. Anything else after
 * 0xDB is `FRAME_MALFORMED`, and the frame after the next END is unharmed.
 *
 * Units:  the limit counts the content, without escapes. Until a frame ends, its bytes are held as they came: at most
 *         twice the limit.
 * Errors: `RangeError` for an option out of bounds, `TypeError` for an unknown one. `encode` throws a `RangeError` for
 *         an empty frame, unless it is kept.
 * Source: RFC 1055
 *
 * @example
 * ```ts
 * import { slip } from '@proto/codec/stuffed';
 *
 * const wire = slip().encode(Uint8Array.of(1, 0xc0, 2));
 * console.log(wire); // Uint8Array(6) [ 192, 1, 219, 220, 2, 192 ]
 * console.log(slip().decoder().push(wire).read()); // Uint8Array(3) [ 1, 192, 2 ]
 * ```
 */
export function slip(
  options: SlipOptions & { readonly charset: 'text' | 'ascii' | 'latin1' | 'utf8' },
): Framing;
export function slip(options?: SlipOptions & { readonly charset?: 'bytes' | undefined }): Framing<Bytes>;
export function slip(options?: SlipOptions): Framing<Content>;
export function slip(options: SlipOptions = {}): Framing | Framing<Bytes> | Framing<Content> {
  const limits = checkLimits(options, { emptyFrames: ['drop', 'keep'] }, 'bytes');
  const { emptyFrames = 'drop' } = options;
  const keepsEmpty = emptyFrames === 'keep';
  const rules: EscapeRules = {
    escape: ESC,
    plain: meanings({ [MARK[0]!]: END, [ESC]: ESCAPE }),
    escaped: new Int16Array(256).fill(WRONG),
    expected: '0xDC or 0xDD',
    start: MARK,
    shared: true,
    beginsInside: true,
    keepsEmpty,
  };
  rules.escaped.set([ABORT], MARK[0]);
  rules.escaped.set([MARK[0]!, ESC], 0xdc);
  const stuff = stuffer(rules);

  function encode(frame: Content): Bytes {
    const content = contentToBytes(frame, limits);
    if (content.length === 0 && !keepsEmpty) refuse('it is empty, and two ENDs in a row are not a frame');
    return stuff(content, keepsEmpty ? NONE : MARK, MARK);
  }
  return binaryFraming(() => new EscapeDecoder(rules, limits), encode);
}
