import type { Participant } from './participant.ts';
import type { Ring } from './ring.ts';

/**
 * The active participants, in the order in which they are visited. It is a separate ring, so that going on is one step.
 *
 * Source: the `ActiveList` of Shreedhar and Varghese, as in `FairTurns`.
 */
export class ActiveList<Id, Item> {
  /**
   * Who is visited next. Setting it to the last one moves that one in front; setting it to the second moves the first
   * to the end.
   */
  head: Participant<Id, Item> | undefined;

  append(participant: Participant<Id, Item>): void {
    const { head } = this;
    // One that isn't active links only to itself.
    if (head === undefined) {
      this.head = participant;
      return;
    }
    const last = head.activePrevious;
    participant.activePrevious = last;
    participant.activeNext = head;
    last.activeNext = participant;
    head.activePrevious = participant;
  }

  remove(participant: Participant<Id, Item>): void {
    const { activeNext, activePrevious } = participant;
    if (activeNext === participant) {
      this.head = undefined;
      return;
    }
    if (this.head === participant) this.head = activeNext;
    activePrevious.activeNext = activeNext;
    activeNext.activePrevious = activePrevious;
    // It must not keep alive those that have left.
    participant.activeNext = participant;
    participant.activePrevious = participant;
  }
}

/** Puts everybody in the order of the ring, beginning at its holder, and returns them. */
export function sortByRing<Id, Item>(
  active: ActiveList<Id, Item>,
  { holder, reversed }: Ring<Id, Item>,
): Participant<Id, Item>[] {
  const all: Participant<Id, Item>[] = [];
  for (let { head } = active; head !== undefined; { head } = active) {
    active.remove(head);
    all.push(head);
  }
  const rank = ({ joined }: Participant<Id, Item>): number => {
    const ahead = (joined - (holder?.joined ?? 0)) * (reversed ? -1 : 1);
    return ahead < 0 ? ahead + Number.MAX_SAFE_INTEGER : ahead;
  };
  all.sort((a, b) => rank(a) - rank(b));
  for (const participant of all) active.append(participant);
  return all;
}
