/** As many cells as the smallest buffer has. A literal takes no more memory than that; an array that is pushed to takes 17 cells. */
const smallest = (): undefined[] => [undefined, undefined, undefined, undefined];
const SMALLEST: number = smallest().length;
// Shared by all queues that never held anything. It is never written to.
const NONE: never[] = [];

/** First in, first out, in a ring buffer whose size is a power of two. Taking an item never moves others. */
export class Fifo<T extends object> {
  // Cells outside [#head, #head + length) hold undefined, so that taken items aren't kept alive.
  #cells: (T | undefined)[] = NONE;
  #mask = -1;
  #head = 0;
  readonly #kept: number;
  length = 0;

  /** `kept`: how many cells to keep when it is empty. */
  constructor(kept = 64) {
    this.#kept = kept;
  }

  push(item: T): void {
    if (this.length > this.#mask) this.#resize((this.#mask + 1) * 2 || SMALLEST);
    this.#cells[(this.#head + this.length) & this.#mask] = item;
    this.length += 1;
  }

  first(): T | undefined {
    return this.#cells[this.#head];
  }

  /** The item at that position. There must be one. */
  at(index: number): T | undefined {
    return this.#cells[(this.#head + index) & this.#mask];
  }

  /** Replaces the item at that position. There must be one. */
  set(index: number, item: T): void {
    this.#cells[(this.#head + index) & this.#mask] = item;
  }

  /** Takes the first. There must be one. */
  shift(): T {
    const item = this.#cells[this.#head] as T;
    this.#cells[this.#head] = undefined;
    this.#head = (this.#head + 1) & this.#mask;
    this.length -= 1;
    // One burst must not cost memory for ever.
    if (this.length === 0 && this.#mask >= this.#kept) this.clear();
    return item;
  }

  clear(): void {
    this.#cells = NONE;
    this.#mask = -1;
    this.#head = 0;
    this.length = 0;
  }

  /** Replaces what it holds with these. */
  fill(items: readonly T[]): void {
    this.clear();
    for (const item of items) this.push(item);
  }

  toArray(): T[] {
    const items: T[] = [];
    for (let index = 0; index < this.length; index += 1) items.push(this.at(index) as T);
    return items;
  }

  #resize(size: number): void {
    const cells: (T | undefined)[] = this.length === 0 ? smallest() : this.toArray();
    while (cells.length < size) cells.push(undefined);
    this.#cells = cells;
    this.#mask = size - 1;
    this.#head = 0;
  }
}
