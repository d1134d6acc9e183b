import type { ActiveList } from '../active-list.ts';
import type { Participant } from '../participant.ts';
import type { Discipline } from './discipline.ts';

/** The state of a `FairTurns`, without that of its participants. */
export interface FairState {
  readonly round: number;
  readonly quantum: number;
  readonly needed: number;
  readonly granted: number;
  readonly era: number;
}

/**
 * Deficit round robin over those with work.
 *
 * Source: Shreedhar and Varghese, "Efficient Fair Queuing using Deficit Round Robin", 1995. Theirs takes constant time
 *         only if no cost is above the quantum. Here, a round's quantum is raised to what its neediest participant
 *         lacks for its first item, so that every visit serves somebody, no matter what the costs are.
 */
export class FairTurns<Id, Item> implements Discipline<Id, Item>, FairState {
  readonly #active: ActiveList<Id, Item>;
  readonly leastQuantum: number;
  round = 0;
  quantum = 0;
  /** What the next round's quantum has to be, from the participants known so far. */
  needed: number;
  /** The sum of all quanta so far. */
  granted = 0;
  /** How often nothing was left to serve. */
  era = 0;

  constructor(active: ActiveList<Id, Item>, quantum: number) {
    this.#active = active;
    this.leastQuantum = quantum;
    this.needed = quantum;
  }

  begin(active: readonly Participant<Id, Item>[]): void {
    this.emptied();
    for (const participant of active) this.entered(participant);
  }

  entered(participant: Participant<Id, Item>): void {
    if (this.#isBrokenOff(participant) && participant.deficit >= participant.nextCost) {
      this.#active.head = participant;
    } else {
      this.#forgive(participant);
      this.#nextRound(participant);
    }
  }

  left(participant: Participant<Id, Item>): void {
    participant.granted = this.granted;
    participant.era = this.era;
  }

  /** A new era: nobody waits who could be compensated for an old debt. */
  emptied(): void {
    this.era += 1;
    this.needed = this.leastQuantum;
  }

  next(): Participant<Id, Item> | undefined {
    for (let { head } = this.#active; head !== undefined; { head } = this.#active) {
      if (!head.visiting) this.#visit(head);
      if (head.deficit >= head.nextCost) return head;
      this.#endVisit(head);
    }
    return undefined;
  }

  served(participant: Participant<Id, Item>, cost: number): void {
    participant.deficit -= cost;
    // At once, so that the head of the list is always the next one to serve.
    if (participant.deficit < participant.nextCost) this.#endVisit(participant);
  }

  changed(participant: Participant<Id, Item>): void {
    // Slightly more than it lacks, so that a share rounded down still pays for the item.
    const needed = ((participant.nextCost - participant.deficit) / participant.weight) * (1 + 1e-12);
    this.needed = Math.max(this.needed, needed);
  }

  charged(participant: Participant<Id, Item>, cost: number): void {
    if (participant.isActive || this.#isBrokenOff(participant)) {
      participant.deficit -= cost;
      this.changed(participant);
    } else {
      this.#forgive(participant);
      participant.deficit = Math.min(0, participant.deficit - cost);
    }
  }

  /**
   * It became inactive in the middle of a visit of this era: the order hasn't changed since, and something always
   * waited.
   */
  #isBrokenOff({ visiting, era }: Participant<Id, Item>): boolean {
    return visiting && era === this.era;
  }

  #visit(participant: Participant<Id, Item>): void {
    if (participant.round > this.round) {
      this.round = participant.round;
      this.quantum = this.needed;
      this.granted += this.needed;
      this.needed = this.leastQuantum;
    }
    participant.deficit += this.quantum * participant.weight;
    participant.visiting = true;
  }

  /** The head moves to the end of the line. */
  #endVisit(participant: Participant<Id, Item>): void {
    this.#active.head = participant.activeNext;
    this.#nextRound(participant);
  }

  // The list is sorted by round: a participant that joins it, or comes round again, goes after all of this round.
  #nextRound(participant: Participant<Id, Item>): void {
    participant.visiting = false;
    participant.round = this.round + 1;
    this.changed(participant);
  }

  /** An inactive participant saves nothing up, and a debt shrinks by what each round would have brought. */
  #forgive(participant: Participant<Id, Item>): void {
    const earned = participant.era === this.era ? this.granted - participant.granted : Infinity;
    participant.deficit = Math.min(0, participant.deficit + earned * participant.weight);
    // A visit of an earlier era is over.
    participant.visiting = false;
    participant.granted = this.granted;
    participant.era = this.era;
  }
}
