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

/** How a server is closed after a while. */
export interface DrainOptions extends CloseOptions {
  /**
   * How long it still lets clients in, in ms, from 0 to 86,400,000. 0: it closes at once.
   *
   * @default the option `drainMs`
   */
  readonly drainMs?: number | undefined;
}

/** What is wrong with them. They come from anywhere in a program, and a close can't be undone. */
export function whyNotClose(
  { reason = '', ...times }: DrainOptions,
  maxLineBytes: number,
): string | undefined {
  const unfit = whyNotSaid(reason, maxLineBytes);
  if (unfit !== undefined) return `Cannot close with reason ${unfit}`;
  for (const key of ['graceMs', 'drainMs'] as const) {
    const { schema, expected } = OPTIONS[key];
    const ms = times[key];
    if (ms === undefined || (typeof ms === 'number' && schema.safeParse(ms).success)) continue;
    return `Cannot close with ${key} ${String(ms)}: expected ${expected}`;
  }
  return undefined;
}

/** What is wrong with a text that clients are told. */
export function whyNotSaid(text: string, maxLineBytes: number): string | undefined {
  const most = Math.max(maxLineBytes, LEAST_REASON_BYTES);
  if (typeof text === 'string' && fitsLine(text, most)) return undefined;
  const shown = typeof text === 'string' ? `"${escape(text.slice(0, 64))}"` : typeof text;
  return `${shown}: expected HT and 0x20 to 0x7E, at most ${most} bytes`;
}
