import { escape } from './escape.ts';

/** Rows of a chunk that are shown at most: the first ones, a row that says what is left out, the last two. */
const MOST_ROWS = 10;

/** How many bytes a row may hold; the widest that fits is taken. */
const WIDTHS = [16, 8, 4] as const;

/** A chunk on its way to rows of text. */
export interface HexRowsOptions {
  readonly bytes: Uint8Array;
  /** Stream offset of the first byte. */
  readonly from: number;
  /** The longest row wanted. In characters. */
  readonly columns: number;
}

/**
 * Bytes as people read them.
 *
 * Shape: stream offset, each byte in hex, and as escaped text: `   2  6c 6c 6f 0a  llo\n`. Rows of 16 bytes, or of 8 or
 *        4 where 16 do not fit; a long chunk is left out in the middle.
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
      rows.push(`${' '.repeat(offsetWidth)}  ... ${(row - head) * width} bytes more`);
    }
    const part = bytes.subarray(row * width, (row + 1) * width);
    const hex = Array.from(part, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = escape(String.fromCharCode(...part));
    // One row needs no column to stand in.
    const pad = count > 1 ? width * 3 - 1 : 0;
    rows.push(`${String(from + row * width).padStart(offsetWidth)}  ${hex.padEnd(pad)}  ${text}`);
  }
  return rows;
}
