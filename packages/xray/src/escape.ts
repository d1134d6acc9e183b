/** Bytes that have a well-known short escape. */
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Makes text safe to show on a terminal or in a log: every character outside 0x20 to 0x7E is written out.
 *
 * Shape: `\n`, `\r`, `\t`, `\xHH`, `\u{H...}`. A backslash stays as it is: escaping text twice gives the same as
 *        escaping it once, and a path stays a path.
 *
 * @example
 * ```ts
 * import { escape } from '@proto/xray';
 *
 * console.log(escape('a\x1b[31mb\n')); // a\x1b[31mb\n
 * ```
 */
export function escape(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, (char) => {
    const point = char.codePointAt(0)!;
    const hex = point.toString(16).padStart(2, '0');
    return NAMED[char] ?? (point > 0xff ? `\\u{${hex}}` : `\\x${hex}`);
  });
}

/**
 * JSON text made safe to show: only 0x20 to 0x7E, and the same value. `JSON.stringify` leaves DEL, the C1 controls and
 * U+2028 as they are.
 */
export function escapeJson(json: string): string {
  return json.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
