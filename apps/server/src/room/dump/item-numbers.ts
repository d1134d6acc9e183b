import type { Item, ItemDump } from '../serving/item.ts';

/** A number for each item, so that an item known in two places is still one item when it's read back. */
export class ItemNumbers {
  readonly #byItem = new Map<Item, number>();

  of(item: Item): number {
    const known = this.#byItem.get(item);
    if (known !== undefined) return known;
    const number = this.#byItem.size;
    this.#byItem.set(item, number);
    return number;
  }

  /** The items that were numbered, in the order of their numbers. */
  dump(): ItemDump[] {
    return Array.from(this.#byItem.keys(), (item) => item.dump());
  }
}
