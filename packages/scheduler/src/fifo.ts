const SMALLEST = 4;
const KEPT = 64;
// Shared by all that never held anything: it is never written to.
const NONE: never[] = [];

/** First in, first out, in a ring buffer whose size is a power of two: no item is ever moved to take one. */
export class Fifo<T extends object> {
  // Slots outside [#head, #head + length) hold undefined, so that nothing taken is kept alive.
  #slots: (T | undefined)[] = NONE;
  #mask = -1;
  #head = 0;
  length = 0;

  push(item: T): void {
    if (this.length > this.#mask) this.#resize((this.#mask + 1) * 2 || SMALLEST);
    this.#slots[(this.#head + this.length) & this.#mask] = item;
    this.length += 1;
  }

  first(): T | undefined {
    return this.#slots[this.#head];
  }

  /** The one before which so many others came. There must be one. */
  at(index: number): T | undefined {
    return this.#slots[(this.#head + index) & this.#mask];
  }

  /** Takes the first. There must be one. */
  shift(): T {
    const item = this.#slots[this.#head] as T;
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) & this.#mask;
    this.length -= 1;
    // A burst once must not cost memory for ever.
    if (this.length === 0 && this.#mask >= KEPT) this.clear();
    return item;
  }

  clear(): void {
    this.#slots = NONE;
    this.#mask = -1;
    this.#head = 0;
    this.length = 0;
  }

  /** Forgets what it held and holds these. */
  fill(items: readonly T[]): void {
    this.clear();
    for (const item of items) this.push(item);
  }

  toArray(): T[] {
    return Array.from({ length: this.length }, (_, index) => this.at(index) as T);
  }

  #resize(size: number): void {
    const items = this.toArray();
    this.#slots = Array.from({ length: size }, (_, index) => items[index]);
    this.#mask = size - 1;
    this.#head = 0;
  }
}
