import type { Participant } from './participant.ts';

/** Those with work, in the order in which they are visited: a ring of its own, so that to go on is one step. */
export class Line<Id, Item> {
  /** Who is visited next. Set to the last one, it moves that one before all the others; to the second, the first behind. */
  head: Participant<Id, Item> | undefined;

  append(participant: Participant<Id, Item>): void {
    const { head } = this;
    // Out of the line, one has no links but to itself.
    if (head === undefined) {
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
    // It must not keep those alive that have left.
    participant.lineNext = participant;
    participant.linePrevious = participant;
  }
}

/** Puts everybody in ring order, beginning at `start`, and says who they are. */
export function sortByRing<Id, Item>(
  line: Line<Id, Item>,
  start: Participant<Id, Item> | undefined,
): Participant<Id, Item>[] {
  const all: Participant<Id, Item>[] = [];
  for (let { head } = line; head !== undefined; { head } = line) {
    line.remove(head);
    all.push(head);
  }
  const first = start?.seat ?? 0;
  all.sort((a, b) => Number(a.seat < first) - Number(b.seat < first) || a.seat - b.seat);
  for (const participant of all) line.append(participant);
  return all;
}
