import { refuseMark } from '../encode.ts';
import type { Content } from '../frame.ts';
import type { Framing } from '../framing.ts';
import { host } from '../host.ts';
import { checkLimits, refuseOption } from '../limits.ts';
import { lineFraming } from '../line-framing.ts';
import type { LinesOptions } from '../lines.ts';
import { LooseLineDecoder } from './loose-line-decoder.ts';

export interface LooseLinesOptions extends LinesOptions {
  /**
   * What a CR is that no LF follows, with the terminator `either`. `fault`: `FRAME_BARE_CR`. `content`: a byte of the
   * line, as for split2, tokio and Deno. `end`: it ends the line at once; an LF that comes next belongs to the same line
   * end. With `lf` it can only be `content`, with `crlf` only `fault`. @default 'fault'
   */
  readonly bareCr?: 'fault' | 'content' | 'end' | undefined;
  /**
   * What becomes of a byte order mark (EF BB BF) at the start of the stream. `strip` leaves it out, and encodes no line
   * that begins with one. Elsewhere it is content. @default 'keep'
   */
  readonly bom?: 'keep' | 'strip' | undefined;
}

/**
 * `lines` of `@proto/codec`, with more options: for peers that end a line with a lone CR, and for files that begin with a
 * byte order mark. They are here so that the root stays small.
 *
 * Errors: `RangeError` for an option out of bounds, `TypeError` for an unknown one.
 *
 * @example
 * ```ts
 * import { looseLines } from '@proto/codec/framings';
 *
 * const decoder = looseLines({ charset: 'utf8', bareCr: 'end', bom: 'strip', onTail: 'frame' }).decoder();
 * console.log([...decoder.push(Buffer.from('\uFEFFone\rtwo\r\nthree')).end()]); // [ 'one', 'two', 'three' ]
 * ```
 */
export function looseLines(options: LooseLinesOptions & { readonly charset: 'bytes' }): Framing<Uint8Array>;
export function looseLines(
  options?: LooseLinesOptions & { readonly charset?: 'text' | 'ascii' | 'latin1' | 'utf8' },
): Framing;
export function looseLines(options?: LooseLinesOptions): Framing<Content>;
export function looseLines(
  options: LooseLinesOptions = {},
): Framing | Framing<Uint8Array> | Framing<Content> {
  const own = {
    terminator: ['either', 'lf', 'crlf'],
    bareCr: ['fault', 'content', 'end'],
    onTail: ['fault', 'frame'],
    bom: ['keep', 'strip'],
  } as const;
  checkLimits(options, own);
  const { terminator = 'either', bareCr, bom } = options;
  const only = terminator === 'lf' ? 'content' : 'fault';
  if (terminator !== 'either' && bareCr !== undefined && bareCr !== only)
    refuseOption('bareCr', bareCr, `${only} with terminator ${terminator}`);
  const special = terminator === 'either' && bareCr === 'content' ? /\n|\r$/ : undefined;
  const made = lineFraming(options, own, LooseLineDecoder, special);
  if (bom !== 'strip') return made;

  return {
    ...made,
    encode: (frame) => {
      const bytes = made.encode(frame);
      refuseBom(host.latin1(bytes, 0, Math.min(3, bytes.length)));
      return bytes;
    },
    encodeToLatin1: (frame) => {
      const wire = made.encodeToLatin1(frame);
      refuseBom(wire);
      return wire;
    },
  };
}

function refuseBom(wire: string): void {
  if (wire.startsWith('\xef\xbb\xbf')) refuseMark(wire, 0);
}
