import { Fifo } from '../fifo.ts';
import type { Entry, Participant } from '../participant.ts';
import type { Discipline } from './discipline.ts';

/** Order of arrival. Entries taken back stay until they are reached, or until they are half of all. */
export class FreeTurns<Id, Item> implements Discipline<Id, Item> {
  // Kept for all passes: a busy event loop shouldn't allocate the same slots again in each pass.
  readonly #arrivals = new Fifo<Entry<Id, Item>>(4096);
  #gone = 0;

  /** What waits of active participants, beginning with the next to be served. */
  get waiting(): Entry<Id, Item>[] {
    return this.#arrivals.toArray().filter((entry) => entry.owner !== undefined);
  }

  begin(active: readonly Participant<Id, Item>[]): void {
    const entries = active.flatMap((participant) => participant.entries());
    this.#fill(entries.toSorted((a, b) => a.arrival - b.arrival));
  }

  entered(participant: Participant<Id, Item>): void {
    for (const entry of participant.entries()) this.#arrivals.push(entry);
  }

  /** A participant held with work goes to the end once it is released. Its old entries must not be reached before. */
  left(participant: Participant<Id, Item>): void {
    if (participant.queued === 0) return;
    const entries = participant.drain();
    for (const entry of entries) participant.push({ ...entry, owner: participant });
    this.removed(entries.length);
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
    if (this.#arrivals.first()?.owner === undefined) this.#arrivals.shift();
  }

  removed(count: number): void {
    this.#gone += count;
    if (this.#gone * 2 > this.#arrivals.length) {
      this.#fill(this.waiting);
    }
  }

  #fill(entries: readonly Entry<Id, Item>[]): void {
    this.#arrivals.fill(entries);
    this.#gone = 0;
  }
}
