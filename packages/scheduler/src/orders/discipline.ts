import type { Entry, Participant } from '../participant.ts';

/** In which order participants are served: the part of a queue that changes with `order`. What it need not know of, it leaves out. */
export interface Discipline<Id, Item> {
  /** The order is this one from now on. The active ones are given, the one who would have been next first. */
  begin?(active: readonly Participant<Id, Item>[]): void;
  /** It has come to the end of the active list: it may be served, and has work, of which nothing was `pushed` yet. */
  entered?(participant: Participant<Id, Item>): void;
  /** It is active no more: no work is left, served or not, or it may not be served. */
  left?(participant: Participant<Id, Item>): void;
  /** An active one has one item more. */
  pushed?(entry: Entry<Id, Item>): void;
  /** Nothing waits any more, also of those who are held. */
  emptied?(): void;
  /** So many entries of active ones were taken back. */
  removed?(count: number): void;
  /** Who is served now: it has work. */
  next(): Participant<Id, Item> | undefined;
  /** The item of `next` was taken; it is still active if it has more. */
  served(participant: Participant<Id, Item>, cost: number): void;
  /** What it costs, owes or weighs has changed. */
  changed?(participant: Participant<Id, Item>): void;
  /** It has cost so much more than was said when it was served, and something waits. */
  charged?(participant: Participant<Id, Item>, cost: number): void;
}
