import { escape } from '@proto/xray';

/** How much of a peer's line an error quotes. */
const EXCERPT_CHARS = 40;

/** The beginning of a peer's line, quoted and escaped, for an error text. */
export function excerpt(text: string): string {
  const cut = text.length > EXCERPT_CHARS;
  return `"${escape(cut ? text.slice(0, EXCERPT_CHARS) : text)}${cut ? '...' : ''}"`;
}
