import { Fifo } from './fifo.ts';

/** Somebody who waits for the next item. */
interface Reader<T> {
  readonly resolve: (result: IteratorResult<T> | PromiseLike<IteratorResult<T>>) => void;
}

/** What a reader gets in place of dropped items. */
export interface Lost {
  readonly kind: 'lost';
  /** How many items were dropped. */
  readonly count: number;
}

/**
 * Items on their way to one asynchronous reader, bounded.
 *
 * 1. Holds at most `capacity` items. One more drops the oldest, and the reader gets `lost` with their number in their
 *    place.
 * 2. A caller of `push` can check `full` first, and wait for `onRoom` instead.
 * 3. After `end`, the reader gets what is held, then the end, or the error once.
 */
export class Inbox<T> {
  /** Called when `full` has become false. */
  onRoom: (() => void) | undefined;
  readonly #capacity: number;
  readonly #items = new Fifo<T>();
  readonly #readers = new Fifo<Reader<T | Lost>>();
  #lost = 0;
  #ended = false;
  #error: Error | undefined;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get full(): boolean {
    return this.#items.length >= this.#capacity;
  }

  push(item: T): void {
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader.resolve({ done: false, value: item });
      return;
    }
    if (this.full) {
      this.#items.shift();
      this.#lost++;
    }
    this.#items.push(item);
  }

  end(error?: Error): void {
    this.#ended = true;
    this.#error = error;
    for (let reader = this.#readers.shift(); reader !== undefined; reader = this.#readers.shift()) {
      reader.resolve(this.next());
    }
  }

  next(): Promise<IteratorResult<T | Lost>> {
    if (this.#lost > 0) {
      const count = this.#lost;
      this.#lost = 0;
      return Promise.resolve({ done: false, value: { kind: 'lost', count } });
    }
    if (this.#items.length > 0) {
      const wasFull = this.full;
      const value = this.#items.shift()!;
      if (wasFull) this.onRoom?.();
      return Promise.resolve({ done: false, value });
    }
    if (this.#error !== undefined) {
      const error = this.#error;
      this.#error = undefined;
      return Promise.reject(error);
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#readers.push({ resolve });
    });
  }
}
