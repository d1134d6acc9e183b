import type { Participant } from './participant.ts';

/** All participants in order of joining, as a ring, and a holder. */
export class Ring<Id, Item> {
  #first: Participant<Id, Item> | undefined;
  holder: Participant<Id, Item> | undefined;

  /** Adds at the end: after the last one that joined, no matter where the holder is. */
  add(participant: Participant<Id, Item>): void {
    const first = this.#first;
    if (first === undefined) {
      this.#first = participant;
      this.holder = participant;
      return;
    }
    const last = first.ringPrevious;
    participant.ringPrevious = last;
    participant.ringNext = first;
    last.ringNext = participant;
    first.ringPrevious = participant;
  }

  remove(participant: Participant<Id, Item>): void {
    const next = participant.ringNext === participant ? undefined : participant.ringNext;
    if (this.#first === participant) this.#first = next;
    if (this.holder === participant) this.holder = next;
    participant.ringPrevious.ringNext = participant.ringNext;
    participant.ringNext.ringPrevious = participant.ringPrevious;
  }

  advance(): void {
    this.holder = this.holder?.ringNext;
  }

  /** In order of joining. Those who join while it is read come last; those who leave are left out. */
  *ids(): Generator<Id, undefined> {
    let joined = 0;
    for (let at = this.#first; at !== undefined && at.joined > joined; at = at.ringNext) {
      ({ joined } = at);
      yield at.id;
    }
  }
}
