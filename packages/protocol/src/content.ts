/**
 * Says whether a line may hold this text: HT and 0x20 to 0x7E only. What the charset `text` of a decoder lets through.
 *
 * Source: docs/protocol.md, `content`.
 */
export function isContent(text: string): boolean {
  return /^[\t\x20-\x7e]*$/.test(text);
}

/** The position of the first character that no line may hold; -1 where `isContent` is true. */
export function badByteAt(text: string): number {
  return text.search(/[^\t\x20-\x7e]/);
}
