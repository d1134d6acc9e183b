import type { Entry, Participant } from '../participant.ts';

/** In which order participants are served: the part of a queue that changes with `order`. */
export interface Discipline<Id, Item> {
  /** Its first item has come: it stands at the end of the line. */
  woke(participant: Participant<Id, Item>): void;
  /** An item has come, and was put in its owner's queue. */
  pushed(entry: Entry<Id, Item>): void;
  /** Who is served now. */
  next(): Participant<Id, Item> | undefined;
  /** `next` was served; it is in line still if it has more. */
  served(participant: Participant<Id, Item>, cost: number): void;
  /** Its last item is gone, served or not: it is out of the line. */
  emptied(participant: Participant<Id, Item>): void;
  /** So many that waited were taken back. */
  removed(count: number): void;
  /** What it owes or weighs has changed. */
  changed(participant: Participant<Id, Item>): void;
}
