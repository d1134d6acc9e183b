import { isContent } from '@proto/protocol';

/**
 * Whether a text fits in a line: HT and 0x20 to 0x7E, at most this many bytes. The same rule holds for input and
 * output.
 */
export function fitsLine(text: string, maxLineBytes: number): boolean {
  return text.length <= maxLineBytes && isContent(text);
}
