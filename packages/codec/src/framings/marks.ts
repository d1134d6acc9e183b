import { copy, isBytes } from '../bytes.ts';
import type { Charset } from '../charset.ts';
import { latin1ToBytes } from '../encode.ts';
import { host } from '../host.ts';
import { refuseOption } from '../limits.ts';

/**
 * A byte sequence with a special meaning: bytes, or text. With `charset: 'utf8'`, text is its UTF-8 bytes. With any other
 * charset, each character is one byte, up to U+00FF.
 */
export type Mark = string | Uint8Array;

/**
 * Byte sequences to find in a stream. `find` leaves the position in `at`, and in `found` the mark that begins there:
 * its index, `NONE`, or `UNDECIDED` if the chunk ends before that is known.
 */
export class Marks {
  static readonly NONE: number = -1;
  static readonly UNDECIDED: number = -2;
  at = 0;
  found: number = Marks.NONE;
  readonly #marks: readonly Uint8Array[];
  readonly #first: number;
  readonly #starts: Uint8Array;

  /** If two marks begin at the same position, the earlier one in the list wins. */
  constructor(marks: readonly Uint8Array[]) {
    this.#marks = marks;
    this.#starts = new Uint8Array(256);
    for (const mark of marks) this.#starts[mark[0]!] = 1;
    const [first = 0] = marks[0] ?? [];
    this.#first = marks.every((mark) => mark[0] === first) ? first : -1;
  }

  /** Length of the mark that `find` found. */
  get length(): number {
    return this.#marks[this.found]!.length;
  }

  /** Searches `chunk` from `from` to its end. `last`: no byte follows the chunk, so nothing is left undecided. */
  find(chunk: Uint8Array, from: number, end: number, last: boolean): void {
    for (let at = this.#start(chunk, from, end); at < end; at = this.#start(chunk, at + 1, end)) {
      this.found = this.#match(chunk, at, last);
      this.at = at;
      if (this.found !== Marks.NONE) return;
    }
    this.found = Marks.NONE;
    this.at = end;
  }

  #start(chunk: Uint8Array, from: number, end: number): number {
    if (this.#first !== -1) {
      const at = host.indexOf(chunk, this.#first, from);
      return at === -1 ? end : at;
    }
    let at = from;
    while (at < end && this.#starts[chunk[at]!] === 0) at++;
    return at;
  }

  #match(chunk: Uint8Array, at: number, last: boolean): number {
    for (const [index, mark] of this.#marks.entries()) {
      const seen = Math.min(mark.length, chunk.length - at);
      let same = 1;
      while (same < seen && chunk[at + same] === mark[same]) same++;
      if (same < seen || chunk[at] !== mark[0]) continue;
      if (seen === mark.length) return index;
      if (!last) return Marks.UNDECIDED;
    }
    return Marks.NONE;
  }
}

/** The bytes of a mark in a charset, checked. */
export function markBytes(name: string, mark: Mark, charset: Charset): Uint8Array {
  if (typeof mark !== 'string' && !isBytes(mark)) refuseOption(name, typeof mark, 'a string or a Uint8Array');
  if (mark.length === 0) refuseOption(name, 'empty', 'at least 1 byte');
  if (typeof mark !== 'string') return copy(mark);
  const isUtf8 = charset === 'utf8';
  const [strange] = (isUtf8 ? /\p{Cs}/u : /[^\0-\xff]/u).exec(mark) ?? [];
  if (strange !== undefined)
    refuseOption(name, strange, isUtf8 ? 'whole characters' : 'bytes as characters up to U+00FF');
  return isUtf8 ? new TextEncoder().encode(mark) : latin1ToBytes(mark);
}

/** A mark as text, one code unit per byte. */
export function markText(bytes: Uint8Array): string {
  return host.latin1(bytes, 0, bytes.length);
}
