/**
 * Makes text safe to show on a terminal or in a log: every character outside 0x20 to 0x7E is written out.
 *
 * Shape: `\t`, `\xHH`, `\u{H...}`; a backslash as it is, so that plain text stays what it was.
 */
export function escape(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, (char) => {
    const point = char.codePointAt(0)!;
    if (point === 0x09) return '\\t';
    const hex = point.toString(16);
    return point > 0xff ? `\\u{${hex}}` : `\\x${hex.padStart(2, '0')}`;
  });
}

/** How much of a peer's line an error repeats. */
const EXCERPT_CHARS = 40;

/** The beginning of a peer's line, in quotes, escaped: for an error text. */
export function excerpt(text: string): string {
  const cut = text.length > EXCERPT_CHARS;
  return `"${escape(cut ? text.slice(0, EXCERPT_CHARS) : text)}${cut ? '...' : ''}"`;
}

/** A value as JSON on one line that is safe to show: a string in it holds nothing but 0x20 to 0x7E. */
export function escapeJson(value: object): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
