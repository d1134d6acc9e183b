/** What the server makes of a line. */
export type Reply = 'upper' | 'same';

/** What lines there are. */
export interface LinePoolOptions {
  /** Content of a line, bytes. From 1. */
  readonly size: number;
  /** Lines that may be written, or waited for, in one piece. */
  readonly most: number;
  readonly reply: Reply;
  /** Another one gives other lines. */
  readonly seed: number;
}

/** Neither `q`, so that no line is `quit`, nor anything a command or an event begins with. */
const LETTERS = 'abcdefghijklmnoprstuvwxyz0123456789';

/** How much of it there is, where lines are short. */
const POOL_BYTES = 1_048_576;
const MOST_LINES = 65_521;

/**
 * Lines to send and the answers to them, made once and as bytes, so that any stretch of them is one slice to
 * write and one slice to compare with.
 *
 * Shape: line after line, LF after each, all of one length; behind the last the first ones once more.
 */
export class LinePool {
  /** Lines before they come again. No two of them are the same, as far as their size allows. */
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

  /** Lines from one on, to be written. */
  slice(from: number, count: number): Buffer {
    return this.lines.subarray(from * this.width, (from + count) * this.width);
  }

  /** The answer to a line, without its LF. */
  answer(line: number): string {
    const at = (line % this.count) * this.width;
    return this.answers.toString('latin1', at, at + this.width - 1);
  }

  /** Which line has this answer. */
  indexOf(answer: string): number | undefined {
    if (this.#indexes.size === 0) {
      for (let line = 0; line < this.count; line++) this.#indexes.set(this.answer(line), line);
    }
    return this.#indexes.get(answer);
  }
}

/** A line: its number first, so that no two are the same, then anything. */
function content(line: number, size: number, random: () => number): string {
  let text = '';
  for (let rest = line; text.length < Math.min(size, 4); rest = Math.floor(rest / LETTERS.length)) {
    text += LETTERS[rest % LETTERS.length];
  }
  while (text.length < size) text += LETTERS[random() % LETTERS.length];
  return text;
}

/** Whole numbers, the same for the same seed: mulberry32. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}
