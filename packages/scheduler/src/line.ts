import type { Participant } from './participant.ts';

/** Those with work, in the order in which they are visited: a ring of its own, so that to go on is one step. */
export class Line<Id, Item> {
  head: Participant<Id, Item> | undefined;

  append(participant: Participant<Id, Item>): void {
    const { head } = this;
    if (head === undefined) {
      participant.lineNext = participant;
      participant.linePrevious = participant;
      this.head = participant;
      return;
    }
    const last = head.linePrevious;
    participant.linePrevious = last;
    participant.lineNext = head;
    last.lineNext = participant;
    head.linePrevious = participant;
  }

  remove(participant: Participant<Id, Item>): void {
    const { lineNext, linePrevious } = participant;
    if (lineNext === participant) {
      this.head = undefined;
      return;
    }
    if (this.head === participant) this.head = lineNext;
    linePrevious.lineNext = lineNext;
    lineNext.linePrevious = linePrevious;
    // Out of the line, it must not keep those alive that have left.
    participant.lineNext = participant;
    participant.linePrevious = participant;
  }

  /** Moves the head behind all the others. */
  rotate(): void {
    this.head = this.head?.lineNext;
  }

  /** Takes everybody out and gives them back in ring order, beginning at the seat `start`. */
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
