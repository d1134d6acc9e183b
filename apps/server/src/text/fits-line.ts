import { isContent } from '@proto/protocol';

/** Whether a text can stand in a line: HT and 0x20 to 0x7E, so many bytes at most. The same on the way out as on the way in. */
export function fitsLine(text: string, maxLineBytes: number): boolean {
  return text.length <= maxLineBytes && isContent(text);
}
