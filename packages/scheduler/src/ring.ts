import type { Participant } from './participant.ts';

/** All participants in order of joining, as a ring, a holder, and a direction in which it goes round. */
export class Ring<Id, Item> {
  #first: Participant<Id, Item> | undefined;
  holder: Participant<Id, Item> | undefined;
  /** The last one that joined is followed by the one before it. */
  reversed = false;

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
    if (this.holder === participant) this.holder = next === undefined ? undefined : this.after(participant);
    // Its own links stay: who is reading the ring may stand on it.
    participant.gone = true;
    participant.ringPrevious.ringNext = participant.ringNext;
    participant.ringNext.ringPrevious = participant.ringPrevious;
  }

  advance(): void {
    if (this.holder !== undefined) this.holder = this.after(this.holder);
  }

  /** Who comes after a participant. */
  after(participant: Participant<Id, Item>): Participant<Id, Item> {
    return this.reversed ? participant.ringPrevious : participant.ringNext;
  }

  /** In order of joining, in either direction. Those who join or leave while it is read are left out. */
  *ids(): Generator<Id, undefined> {
    const last = this.#first?.ringPrevious.joined ?? 0;
    let joined = 0;
    for (
      let at = this.#first;
      at !== undefined && at.joined > joined && at.joined <= last;
      at = at.ringNext
    ) {
      ({ joined } = at);
      if (!at.gone) yield at.id;
    }
  }
}
