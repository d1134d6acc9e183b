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

  at(index: number): T | undefined {
    return index < this.length ? this.#slots[(this.#head + index) & this.#mask] : undefined;
  }

  shift(): T | undefined {
    if (this.length === 0) return undefined;
    const item = this.#slots[this.#head];
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
    return this.#copy(this.length).filter((item) => item !== undefined);
  }

  #copy(size: number): (T | undefined)[] {
    return Array.from({ length: size }, (_, index) => this.at(index));
  }

  #resize(size: number): void {
    this.#slots = this.#copy(size);
    this.#mask = size - 1;
    this.#head = 0;
  }
}
