import { escape } from './escape.ts';

/** The most rows of a chunk that are shown: the first ones, a row that says what is left out, and the last two. */
const MOST_ROWS = 10;

/** How many bytes a row may hold. The widest that fits is used. */
const WIDTHS = [16, 8, 4] as const;

/** A chunk to format as rows of text. */
export interface HexRowsOptions {
  readonly bytes: Uint8Array;
  /** Stream offset of the first byte. */
  readonly from: number;
  /** The longest row wanted. In characters. */
  readonly columns: number;
}

/**
 * Formats bytes for people.
 *
 * Shape: the stream offset, each byte in hex, and the bytes as escaped text: ` 2 6c 6c 6f 0a llo\n`. Rows of 16 bytes,
 *        or of 8 or 4 if 16 don't fit. The middle of a long chunk is left out.
 */
export function hexRows({ bytes, from, columns }: HexRowsOptions): string[] {
  const offsetWidth = Math.max(4, String(from + bytes.length).length);
  for (const width of WIDTHS) {
    const rows = rowsOf(bytes, from, { width, offsetWidth });
    if (width === WIDTHS.at(-1) || rows.every((row) => row.length <= columns)) return rows;
  }
  return [];
}

interface Form {
  readonly width: number;
  readonly offsetWidth: number;
}

function rowsOf(bytes: Uint8Array, from: number, { width, offsetWidth }: Form): string[] {
  const count = Math.ceil(bytes.length / width);
  const head = count > MOST_ROWS ? MOST_ROWS - 3 : count;
  const rows: string[] = [];
  for (let row = 0; row < count; row++) {
    if (row === head && head < count) {
      row = count - 2;
      rows.push(`${' '.repeat(offsetWidth)}  ... ${(row - head) * width} more bytes`);
    }
    const part = bytes.subarray(row * width, (row + 1) * width);
    const hex = Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = escape(String.fromCharCode(...part));
    // A single row needs no alignment.
    const pad = count > 1 ? width * 3 - 1 : 0;
    rows.push(`${String(from + row * width).padStart(offsetWidth)}  ${hex.padEnd(pad)}  ${text}`);
  }
  return rows;
}
