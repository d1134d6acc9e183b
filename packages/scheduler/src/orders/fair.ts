import type { Line } from '../line.ts';
import type { Participant } from '../participant.ts';
import type { Discipline } from './discipline.ts';

/**
 * Deficit round robin over those with work.
 *
 * Source: Shreedhar and Varghese, "Efficient Fair Queuing using Deficit Round Robin", 1995. Theirs takes
 * constant time only while no cost is above the quantum. Here a round's quantum is raised to what the
 * neediest in it lacks for its first item, so that every visit serves somebody whatever the costs are.
 */
export class FairTurns<Id, Item> implements Discipline<Id, Item> {
  readonly #line: Line<Id, Item>;
  readonly #leastQuantum: number;
  #round = 0;
  #quantum = 0;
  // What the next round's quantum must be, as far as its participants are known.
  #needed: number;
  #visited: Participant<Id, Item> | undefined;

  constructor(line: Line<Id, Item>, quantum: number) {
    this.#line = line;
    this.#leastQuantum = quantum;
    this.#needed = quantum;
  }

  woke(participant: Participant<Id, Item>): void {
    participant.deficit = 0;
    this.#nextRound(participant);
  }

  next(): Participant<Id, Item> | undefined {
    for (let head = this.#line.head; head !== undefined; head = this.#line.head) {
      if (head !== this.#visited) this.#visit(head);
      if (head.deficit >= head.nextCost) return head;
      this.#endVisit(head);
    }
    return undefined;
  }

  served(participant: Participant<Id, Item>, cost: number): void {
    participant.deficit -= cost;
    // At once, so that the head of the line is always the one to be served next.
    const done = participant.deficit < participant.nextCost;
    if (done && participant === this.#visited) this.#endVisit(participant);
  }

  emptied(participant: Participant<Id, Item>): void {
    if (participant === this.#visited) this.#visited = undefined;
  }

  changed(participant: Participant<Id, Item>): void {
    this.#needs(participant);
  }

  pushed(): void {}
  removed(): void {}

  #visit(participant: Participant<Id, Item>): void {
    if (participant.round > this.#round) {
      this.#round = participant.round;
      this.#quantum = this.#needed;
      this.#needed = this.#leastQuantum;
    }
    participant.deficit += this.#quantum * participant.weight;
    this.#visited = participant;
  }

  #endVisit(participant: Participant<Id, Item>): void {
    this.#visited = undefined;
    this.#line.rotate();
    this.#nextRound(participant);
  }

  // The line is sorted by round: who comes in or comes round stands behind all of this round.
  #nextRound(participant: Participant<Id, Item>): void {
    participant.round = this.#round + 1;
    this.#needs(participant);
  }

  #needs(participant: Participant<Id, Item>): void {
    const lack = participant.nextCost - participant.deficit;
    if (lack > this.#needed * participant.weight) this.#needed = lack / participant.weight;
  }
}
