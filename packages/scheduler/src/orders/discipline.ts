import type { Entry, Participant } from '../participant.ts';

/**
 * The order in which participants are served: the part of a queue that changes with `order`. A discipline leaves out
 * the callbacks that it doesn't need.
 */
export interface Discipline<Id, Item> {
  /** This is the order from now on. It gets the active ones, beginning with the one who would have been next. */
  begin?(active: readonly Participant<Id, Item>[]): void;
  /** It has joined the end of the active list: it may be served and has work, none of which was `pushed` yet. */
  entered?(participant: Participant<Id, Item>): void;
  /** It is no longer active: it has no work left, whether served or not, or it may not be served. */
  left?(participant: Participant<Id, Item>): void;
  /** An active one has one more item. */
  pushed?(entry: Entry<Id, Item>): void;
  /** Nothing waits any more, not even for those on hold. */
  emptied?(): void;
  /** This many entries of active ones were taken back. */
  removed?(count: number): void;
  /** Who is served now. It has work. */
  next(): Participant<Id, Item> | undefined;
  /** The item of `next` was taken. It is still active if it has more. */
  served(participant: Participant<Id, Item>, cost: number): void;
  /** Its cost, debt or weight has changed. */
  changed?(participant: Participant<Id, Item>): void;
  /** It has cost this much more than was stated when it was served, and something waits. */
  charged?(participant: Participant<Id, Item>, cost: number): void;
}
