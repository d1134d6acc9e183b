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

  toArray(): T[] {
    return [...this.#slots.slice(this.#head), ...this.#slots.slice(0, this.#head)].filter(
      (item) => item !== undefined,
    );
  }

  #resize(size: number): void {
    const slots = Array.from<T | undefined>({ length: size });
    for (let index = 0; index < this.length; index += 1) slots[index] = this.at(index);
    this.#slots = slots;
    this.#mask = size - 1;
    this.#head = 0;
  }
}
