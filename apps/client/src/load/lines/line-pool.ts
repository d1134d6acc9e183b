/** How the server changes a line. */
export type Reply = 'upper' | 'same';

/** What lines there are. */
export interface LinePoolOptions {
  /** Content of a line, bytes. From 1. */
  readonly size: number;
  /** How many lines may be written, or awaited, in one piece. */
  readonly most: number;
  readonly reply: Reply;
  /** A different seed gives different lines. */
  readonly seed: number;
}

/** No `q`, so that no line is `quit`, and nothing that begins a command or an event. */
const LETTERS = 'abcdefghijklmnoprstuvwxyz0123456789';

/** The size of the pool if lines are short. */
const POOL_BYTES = 1_048_576;
const MOST_LINES = 65_521;

/**
 * Lines to send and their answers, made once, as bytes, so that any stretch of them is one slice to write and one slice
 * to compare.
 *
 * Shape: one line after another, LF after each, all of the same length; after the last, the first ones again.
 */
export class LinePool {
  /** How many lines there are before they repeat. No two are the same, as far as their size allows. */
  readonly count: number;
  /** A line with its LF, bytes. */
  readonly width: number;
  readonly lines: Buffer;
  readonly answers: Buffer;
  readonly #indexes = new Map<string, number>();

  constructor({ size, most, reply, seed }: LinePoolOptions) {
    this.width = size + 1;
    const distinct = LETTERS.length ** Math.min(size, 4);
    this.count = Math.min(distinct, Math.max(most, Math.min(MOST_LINES, Math.ceil(POOL_BYTES / this.width))));
    const random = numbers(seed);
    let text = '';
    for (let line = 0; line < this.count; line++) text += `${content(line, size, random)}\n`;
    while (text.length < (this.count + most) * this.width) text += text;
    text = text.slice(0, (this.count + most) * this.width);
    this.lines = Buffer.from(text, 'latin1');
    this.answers = reply === 'upper' ? Buffer.from(text.toUpperCase(), 'latin1') : this.lines;
  }

  /** The lines to write, beginning with this one. */
  slice(from: number, count: number): Buffer {
    return this.lines.subarray(from * this.width, (from + count) * this.width);
  }

  /** The answer to a line, without its LF. */
  answer(line: number): string {
    const at = (line % this.count) * this.width;
    return this.answers.toString('latin1', at, at + this.width - 1);
  }

  /** The line that has this answer. */
  indexOf(answer: string): number | undefined {
    if (this.#indexes.size === 0) {
      for (let line = 0; line < this.count; line++) this.#indexes.set(this.answer(line), line);
    }
    return this.#indexes.get(answer);
  }
}

/** A line: its number first, so that no two are the same, then random text. */
function content(line: number, size: number, random: () => number): string {
  let text = '';
  for (let rest = line; text.length < Math.min(size, 4); rest = Math.floor(rest / LETTERS.length)) {
    text += LETTERS[rest % LETTERS.length];
  }
  while (text.length < size) text += LETTERS[random() % LETTERS.length];
  return text;
}

/** Random integers, the same for the same seed: mulberry32. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
