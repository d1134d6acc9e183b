import { MOST } from '../bounds.ts';
import { FairTurns } from '../orders/fair.ts';
import { Turns } from '../turns.ts';

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Those who wait for capacity in a queue, in fair turns by key. For each slot that becomes free, one is told. */
export class CapacityWaiters<Key> {
  // A full key is on hold.
  readonly #turns = new Turns<Key, Waiter>((active) => new FairTurns(active, 1), MOST);

  wait(key: Key, full: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#turns.join(key);
      if (full) this.#turns.hold(key);
      this.#turns.push(key, { resolve, reject });
    });
  }

  filled(key: Key): void {
    if (this.#turns.has(key)) this.#turns.hold(key);
  }

  /** There is a free slot, also within that key's limit. */
  freed(key: Key): void {
    if (this.#turns.size === 0) return;
    if (this.#turns.has(key)) this.#turns.release(key);
    const turn = this.#turns.take();
    if (turn === undefined) return;
    if (this.#turns.queued(turn.id) === 0) this.#turns.leave(turn.id);
    turn.item.resolve();
  }

  /** There is capacity for all. */
  emptied(): void {
    if (this.#turns.size === 0) return;
    for (const waiter of this.#leave()) waiter.resolve();
  }

  /** There will be no more capacity: for these keys, or for any if none is named. */
  fail(error: () => unknown, keys?: readonly Key[]): void {
    for (const waiter of this.#leave(keys)) waiter.reject(error());
  }

  #leave(keys: readonly Key[] = [...this.#turns.ids()]): Waiter[] {
    return keys.flatMap((key) => this.#turns.leave(key));
  }
}
