import { Fifo } from '../fifo.ts';
import type { Entry, Participant } from '../participant.ts';
import type { Discipline } from './discipline.ts';

/** Order of arrival. Entries taken back stay until they are met, or until they are the half of all. */
export class FreeTurns<Id, Item> implements Discipline<Id, Item> {
  readonly #arrivals = new Fifo<Entry<Id, Item>>();
  #gone = 0;

  constructor(waiting: Iterable<Participant<Id, Item>>) {
    const entries = [...waiting].flatMap((participant) => participant.entries());
    for (const entry of entries.toSorted((a, b) => a.arrival - b.arrival)) this.#arrivals.push(entry);
  }

  pushed(entry: Entry<Id, Item>): void {
    this.#arrivals.push(entry);
  }

  next(): Participant<Id, Item> | undefined {
    for (let entry = this.#arrivals.first(); entry !== undefined; entry = this.#arrivals.first()) {
      if (entry.owner !== undefined) return entry.owner;
      this.#arrivals.shift();
      this.#gone -= 1;
    }
    return undefined;
  }

  served(): void {
    this.#arrivals.shift();
  }

  removed(count: number): void {
    this.#gone += count;
    if (this.#gone * 2 <= this.#arrivals.length) return;
    const kept = [...this.#arrivals].filter((entry) => entry.owner !== undefined);
    this.#arrivals.clear();
    this.#gone = 0;
    for (const entry of kept) this.#arrivals.push(entry);
  }

  woke(): void {}
  emptied(): void {}
  changed(): void {}
}
