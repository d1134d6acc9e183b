/** What a list links. It is in one list at most. */
export interface Linked<Item> {
  listNext: Item | undefined;
  listPrevious: Item | undefined;
}

/** A list whose items are removed wherever they are. Unlike a `Set`, it allocates nothing when items come and go. */
export class List<Item extends Linked<Item>> {
  first: Item | undefined;
  #last: Item | undefined;
  size = 0;

  append(item: Item): void {
    item.listPrevious = this.#last;
    if (this.#last === undefined) this.first = item;
    else this.#last.listNext = item;
    this.#last = item;
    this.size += 1;
  }

  has(item: Item): boolean {
    return item.listPrevious !== undefined || this.first === item;
  }

  /** Removes an item, if it is in. */
  remove(item: Item): void {
    if (!this.has(item)) return;
    const { listPrevious, listNext } = item;
    if (listPrevious === undefined) this.first = listNext;
    else listPrevious.listNext = listNext;
    if (listNext === undefined) this.#last = listPrevious;
    else listNext.listPrevious = listPrevious;
    item.listPrevious = undefined;
    item.listNext = undefined;
    this.size -= 1;
  }

  /** Its items, in the order in which they were appended. */
  all(): Item[] {
    const items: Item[] = [];
    for (let item = this.first; item !== undefined; item = item.listNext) items.push(item);
    return items;
  }
}
