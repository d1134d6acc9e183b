import type { Participant } from './participant.ts';

/** Those with work, in the order in which they are visited. */
export class Line<Id, Item> {
  head: Participant<Id, Item> | undefined;
  #tail: Participant<Id, Item> | undefined;

  append(participant: Participant<Id, Item>): void {
    const tail = this.#tail;
    participant.linePrevious = tail;
    if (tail === undefined) this.head = participant;
    else tail.lineNext = participant;
    this.#tail = participant;
  }

  remove(participant: Participant<Id, Item>): void {
    const { linePrevious, lineNext } = participant;
    if (linePrevious === undefined) this.head = lineNext;
    else linePrevious.lineNext = lineNext;
    if (lineNext === undefined) this.#tail = linePrevious;
    else lineNext.linePrevious = linePrevious;
    participant.linePrevious = undefined;
    participant.lineNext = undefined;
  }

  /** Moves the head behind all the others. */
  rotate(): void {
    const head = this.head;
    if (head === undefined || head === this.#tail) return;
    this.remove(head);
    this.append(head);
  }

  /** Takes everybody out and gives them back in ring order, beginning at `start`. */
  emptyInRingOrder(start: number): Participant<Id, Item>[] {
    const all: Participant<Id, Item>[] = [];
    for (let head = this.head; head !== undefined; head = this.head) {
      this.remove(head);
      all.push(head);
    }
    all.sort((a, b) => a.seat - b.seat);
    const from = all.findIndex((participant) => participant.seat >= start);
    return from > 0 ? [...all.slice(from), ...all.slice(0, from)] : all;
  }
}
