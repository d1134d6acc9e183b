import type { Bytes } from '../bytes.ts';

/** What a byte means. Meanings from 0 to 255 are content. */
export const ESCAPE = -1;
export const START = -2;
export const END = -3;
/** After an escape: there is no such pair. */
export const WRONG = -4;
/** After an escape: the end of the frame. What came before it isn't a frame. */
export const ABORT = -5;

/** How content is told from marks, and written so that it is. */
export interface EscapeRules {
  readonly escape: number;
  /** What a byte means, and what it means after an escape. */
  readonly plain: Int16Array;
  readonly escaped: Int16Array;
  /** What has to follow an escape, in words. */
  readonly expected: string;
  /** What a frame begins with, if it begins after other bytes. */
  readonly start: Uint8Array;
  /** Whether each end is also the start of the next frame. */
  readonly shared: boolean;
  /** Whether the stream begins inside a frame. If not, bytes before the first start are skipped. */
  readonly beginsInside: boolean;
  /** Whether two ends in a row are an empty frame. */
  readonly keepsEmpty: boolean;
}

/** A table in which each byte is content. */
export function meanings(marks: Readonly<Record<number, number>>): Int16Array {
  const table = Int16Array.from({ length: 256 }, (_, byte) => byte);
  for (const [byte, meaning] of Object.entries(marks)) table[Number(byte)] = meaning;
  return table;
}

/** Writes content so that it holds no mark: a function of content, and of what comes before and after it. */
export function stuffer({
  escape,
  plain,
  escaped,
}: EscapeRules): (content: Uint8Array, before: Uint8Array, after: Uint8Array) => Bytes {
  return (content, before, after) => {
    let pairs = 0;
    for (const byte of content) if (plain[byte]! < 0) pairs++;
    const wire = new Uint8Array(before.length + content.length + pairs + after.length);
    wire.set(before);
    let at = before.length;
    for (const byte of content) {
      if (plain[byte]! < 0) wire[at++] = escape;
      wire[at++] = plain[byte]! < 0 ? escaped.indexOf(byte) : byte;
    }
    wire.set(after, at);
    return wire;
  };
}
