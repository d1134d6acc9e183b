/** The short names of bytes that people know by one. */
const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Text that no terminal and no log can take for more than text: everything outside 0x20 to 0x7E is written out. */
export function escape(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/gu, (char) => {
    const point = char.codePointAt(0)!;
    const hex = point.toString(16).padStart(2, '0');
    return NAMED[char] ?? (point > 0xff ? `\\u{${hex}}` : `\\x${hex}`);
  });
}
