/**
 * Whether a line may contain this text: only HT and 0x20 to 0x7E, as a decoder's charset `text` allows.
 *
 * Source: docs/protocol.md, `content`.
 */
export function isContent(text: string): boolean {
  return /^[\t\x20-\x7e]*$/.test(text);
}

/** The position of the first character that no line may contain; -1 if `isContent` is true. */
export function badByteAt(text: string): number {
  return text.search(/[^\t\x20-\x7e]/);
}
