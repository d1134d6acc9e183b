/** Text of a peer as it may be shown: everything outside 0x20 to 0x7E as an escape, so that it moves no cursor and forges no line. */
export function escape(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (char) => {
    const code = char.charCodeAt(0);
    if (char === '\t') return String.raw`\t`;
    return code > 0xff
      ? String.raw`\u${code.toString(16).padStart(4, '0')}`
      : String.raw`\x${code.toString(16).padStart(2, '0')}`;
  });
}
