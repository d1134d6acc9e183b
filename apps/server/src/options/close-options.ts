import { escape } from '@proto/xray';
import { fitsLine } from '../text/fits-line.ts';
import { OPTIONS } from './option-rows.ts';

/** The server's own reasons fit, however short the lines of its clients are. In bytes. */
const LEAST_REASON_BYTES = 64;

/** How a server is closed. */
export interface CloseOptions {
  /**
   * What the clients are told: HT and 0x20 to 0x7E, at most 64 bytes, or as many as a line may have if that is more.
   *
   * @default 'server closed'
   */
  readonly reason?: string | undefined;
  /**
   * How long serving and flushing may take, in ms, from 0 to 86,400,000. Then the rest is destroyed.
   *
   * @default the option `graceMs`
   */
  readonly graceMs?: number | undefined;
}

/** What is wrong with them. They come from anywhere in a program, and a close can't be undone. */
export function whyNotClose(
  { reason = '', graceMs }: CloseOptions,
  maxLineBytes: number,
): string | undefined {
  const most = Math.max(maxLineBytes, LEAST_REASON_BYTES);
  if (typeof reason !== 'string' || !fitsLine(reason, most)) {
    const shown = typeof reason === 'string' ? `"${escape(reason.slice(0, 64))}"` : typeof reason;
    return `Cannot close with reason ${shown}: expected HT and 0x20 to 0x7E, at most ${most} bytes`;
  }
  const { schema, expected } = OPTIONS.graceMs;
  if (graceMs === undefined || (typeof graceMs === 'number' && schema.safeParse(graceMs).success))
    return undefined;
  return `Cannot close with graceMs ${String(graceMs)}: expected ${expected}`;
}
