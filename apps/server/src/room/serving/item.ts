import type { ErrorCode } from '@proto/protocol';
import { lineEnds } from '../line-ends.ts';

/** An item as plain data. */
export interface ItemDump {
  readonly text: string;
  readonly to: string | undefined;
  /** For a run. */
  readonly ends: readonly number[] | undefined;
  /** How many of its lines have been taken. */
  readonly taken: number;
  readonly faults: readonly { readonly code: ErrorCode; readonly text: string }[];
}

/**
 * Messages of one client that wait for their turns: one message, or a run from which each turn takes the next. A run is
 * in the queue once for each of its lines.
 */
export class Item {
  /** Seat or name, if the message is for one client. */
  readonly to: string | undefined;
  /** The message, or those of the run, each followed by an LF. */
  readonly text: string;
  readonly isRun: boolean;
  /** The answers to the lines at fault right after it. They are sent once its own last line is answered. */
  readonly faults: { readonly code: ErrorCode; readonly text: string }[] = [];
  /** The position in `text` of what was taken last: a line, or several consecutive ones. */
  from = 0;
  end = -1;
  /** How many lines that is. */
  count = 0;
  readonly #lines: number;
  #taken = 0;
  #found: readonly number[] | undefined;

  /** `lines`: how many there are, if it's a run. */
  constructor(text: string, to: string | undefined, lines?: number) {
    this.text = text;
    this.to = to;
    this.isRun = lines !== undefined;
    this.#lines = lines ?? 1;
  }

  /** Where each of its lines ends. Most runs are taken whole, and nobody asks. */
  get #ends(): readonly number[] {
    return (this.#found ??= this.isRun ? lineEnds(this.text) : [this.text.length]);
  }

  static from({ text, to, ends, taken, faults }: ItemDump): Item {
    const item = new Item(text, to, ends?.length);
    // Only the last one: a handler may have it, and answers one line.
    if (taken > 1) item.take(taken - 1);
    if (taken > 0) item.take();
    item.faults.push(...faults);
    return item;
  }

  /** Everything except how many lines were taken together last: only a line at a handler is needed later. */
  dump(): ItemDump {
    const ends = this.isRun ? this.#ends : undefined;
    return { text: this.text, to: this.to, ends, taken: this.#taken, faults: [...this.faults] };
  }

  /** Whether all of its lines were taken. */
  get isTaken(): boolean {
    return this.#taken === this.#lines;
  }

  /** How many lines of a run may be taken together, within this many bytes. Other messages are never taken together. */
  inOne(mostBytes: number): number {
    if (!this.isRun) return 0;
    const last = this.end + mostBytes;
    let line = this.#lines;
    if (this.text.length - 1 <= last) return line - this.#taken;
    while (line > this.#taken && this.#ends[line - 1]! > last) line--;
    return line - this.#taken;
  }

  /** Length of the line that is taken next. */
  get nextLength(): number {
    return (this.#ends[this.#taken] ?? 0) - this.end - 1;
  }

  /** The line taken last. */
  get line(): string {
    return this.isRun ? this.text.slice(this.from, this.end) : this.text;
  }

  /** Takes the next line, or the next `count`. */
  take(count = 1): void {
    this.from = this.end + 1;
    this.#taken += count;
    // The last line of a run has an LF behind it.
    this.end = this.isTaken ? this.text.length - Number(this.isRun) : this.#ends[this.#taken - 1]!;
    this.count = count;
  }
}
