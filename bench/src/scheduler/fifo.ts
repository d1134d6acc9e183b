interface Served {
  readonly id: number;
  readonly item: number;
}

/**
 * What a fair order is measured against: one queue for all, order of arrival, and whose item it was. A ring buffer of a
 * fixed size, without bounds, costs, weights or participants.
 */
export class PlainFifo {
  readonly #slots: number[];
  readonly #mask: number;
  #head = 0;
  #length = 0;

  constructor(size: number) {
    const capacity = 2 ** Math.ceil(Math.log2(size + 1));
    this.#slots = Array.from({ length: capacity * 2 }, () => 0);
    this.#mask = capacity - 1;
  }

  push(id: number, item: number): void {
    const at = ((this.#head + this.#length) & this.#mask) * 2;
    this.#slots[at] = id;
    this.#slots[at + 1] = item;
    this.#length += 1;
  }

  take(): Served | undefined {
    if (this.#length === 0) return undefined;
    const at = this.#head * 2;
    this.#head = (this.#head + 1) & this.#mask;
    this.#length -= 1;
    return { id: this.#slots[at]!, item: this.#slots[at + 1]! };
  }
}
