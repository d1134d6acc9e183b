import { fairService } from './fair-service.ts';
import { Participant } from '../participant.ts';
import { Roster } from '../roster.ts';
import { AbortWatch, reasonOf } from './abort-watch.ts';

interface Waiter<Key> {
  readonly key: Key;
  readonly signal: AbortSignal | undefined;
  arrival: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Those who wait for capacity in a queue, in fair turns by key. For each slot that becomes free, one is told. */
export class CapacityWaiters<Key> {
  readonly #keys = new Roster<Key, Participant<Key, Waiter<Key>>>();
  // A full key is on hold.
  readonly #waiting = fairService<Key, Waiter<Key>>(1);
  readonly #aborts = new AbortWatch<Waiter<Key>>((waiter, signal) => {
    const of = this.#keys.get(waiter.key);
    if (of === undefined || this.#waiting.remove(of, waiter.arrival) === undefined) return;
    this.#told(of, waiter, () => waiter.reject(reasonOf(signal)));
  });

  wait(key: Key, full: boolean, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter: Waiter<Key> = { key, signal, arrival: 0, resolve, reject };
      if (signal !== undefined) this.#aborts.add(signal, waiter);
      let of = this.#keys.get(key);
      if (of === undefined) {
        of = new Participant(key, 0, 1);
        this.#keys.add(key, of);
      }
      if (full) this.#waiting.hold(of);
      this.#waiting.push(of, waiter, 1, 1);
      waiter.arrival = this.#waiting.arrivals;
    });
  }

  filled(key: Key): void {
    const of = this.#keys.get(key);
    if (of !== undefined) this.#waiting.hold(of);
  }

  /** There is a free slot, also within that key's limit. */
  freed(key: Key): void {
    if (this.#waiting.size === 0) return;
    const of = this.#keys.get(key);
    if (of !== undefined) this.#waiting.release(of);
    const turn = this.#waiting.take();
    if (turn !== undefined) this.#told(this.#keys.get(turn.id)!, turn.item, turn.item.resolve);
  }

  /** There is capacity for all. */
  emptied(): void {
    if (this.#waiting.size > 0) this.#end(({ resolve }) => resolve());
  }

  /** There will be no more capacity: for that key, or for any if none is named. */
  fail(error: () => unknown, only?: readonly [Key]): void {
    this.#end(({ reject }) => reject(error()), only);
  }

  #end(tell: (waiter: Waiter<Key>) => void, only?: readonly [Key]): void {
    const all = only === undefined ? [...this.#keys.members()] : [this.#keys.get(only[0])];
    for (const of of all) {
      if (of === undefined) continue;
      for (const waiter of this.#waiting.drain(of)) this.#told(of, waiter, () => tell(waiter));
    }
  }

  /** One waits no longer. A key without others is forgotten. */
  #told(of: Participant<Key, Waiter<Key>>, waiter: Waiter<Key>, tell: () => void): void {
    if (of.queued === 0 && this.#keys.get(of.id) === of) this.#keys.delete(of.id);
    if (waiter.signal !== undefined) this.#aborts.remove(waiter.signal, waiter);
    tell();
  }
}
