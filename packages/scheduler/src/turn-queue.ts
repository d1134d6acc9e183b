import { options, positive, unusable } from './bounds.ts';
import { sortByRing } from './active-list.ts';
import { FairTurns } from './orders/fair.ts';
import { FreeTurns } from './orders/free.ts';
import { StrictTurns } from './orders/strict.ts';
import type { Portion } from './participant.ts';
import { type MakeDiscipline, Turns } from './turns.ts';

export type { JoinOptions } from './turns.ts';

/**
 * Who is served next.
 *
 * - `strict`: one turn each in ring order; an idle participant is waited for.
 * - `fair`: deficit round robin over those with work, by cost; an idle one costs nothing.
 * - `free`: order of arrival.
 */
export type Order = 'strict' | 'fair' | 'free';

export interface TurnQueueOptions {
  readonly order: Order;
  /**
   * Fair order: what a participant of weight 1 may spend in one visit, at least. A round in which somebody's
   * next item costs more has a larger one. From 1e-6 to 1e12. @default 1
   */
  readonly quantum?: number | undefined;
  /** Items that one participant may have waiting. From 1. @default 10_000 */
  readonly maxQueued?: number | undefined;
}

interface Disciplines<Id, Item> {
  readonly strict: StrictTurns<Id, Item>;
  readonly fair: FairTurns<Id, Item>;
  readonly free: FreeTurns<Id, Item>;
}

/**
 * Participants, a queue for each, and the order in which they take turns. Pure: no clock, no randomness.
 *
 * Promises:
 * 1. `push`, `take`, `join` and `skip` take constant time at any number of participants; `leave` costs the items it
 *    gives back, a change of order the sorting of those that wait.
 * 2. Strict: nobody is served twice before everyone who was there was served or skipped.
 * 3. Fair: of n with work, equal in weight and cost, each waits at most n - 1 turns, whatever the others queued. With
 *    other weights or costs, each other one spends at most its weight times the largest quantum, and its dearest item.
 * 4. A participant's items are served in the order in which they were pushed; none is lost by a change of order.
 */
export class TurnQueue<Id, Item> extends Turns<Id, Item> {
  protected readonly disciplines: Disciplines<Id, Item>;
  #order: Order;

  /** Errors: `TypeError` or `RangeError` for an option that cannot be used. */
  constructor(given: TurnQueueOptions) {
    const { order, quantum = 1, maxQueued = 10_000 } = options(given);
    known(order);
    positive('quantum', quantum);
    let disciplines!: Disciplines<Id, Item>;
    const make: MakeDiscipline<Id, Item> = (active, ring) => {
      disciplines = {
        strict: new StrictTurns(ring),
        fair: new FairTurns(active, quantum),
        free: new FreeTurns(),
      };
      return disciplines[order];
    };
    super(make, maxQueued);
    this.disciplines = disciplines;
    this.#order = order;
  }

  /**
   * The order, which may change while items wait; no item is lost.
   *
   * The ring is taken up at the one who would have been next: from strict to fair, those with work are served in ring
   * order from the holder on; from fair or free to strict, whoever was next holds the turn. Deficits begin anew.
   */
  get order(): Order {
    return this.#order;
  }

  set order(order: Order) {
    if (order === this.#order) return;
    this.#order = known(order);
    const { service, ring } = this;
    // Who would have been next is the one at whom the ring is taken up.
    ring.holder = service.discipline.next() ?? ring.holder;
    const active = sortByRing(service.active, ring.holder);
    service.discipline = this.disciplines[order];
    service.discipline.begin?.(active);
  }

  /** Strict: whose turn it is, also while nothing waits there. In the other orders, and in an empty ring, nobody's. */
  get turn(): Id | undefined {
    return this.#order === 'strict' ? this.ring.holder?.id : undefined;
  }

  /**
   * Strict: serves up to `most` turns as so many `take` would, round after round, but gives each participant's in one:
   * one portion for each of those who were served, from the holder on. `inOne` says of an item how many of its
   * turns may be given in one; nought leaves it to `take`. In the other orders: `[]`.
   *
   * The turns end before a participant whose first item has too few. Costs as much as there are portions.
   */
  takeRounds(most: number, inOne: (item: Item) => number): Portion<Id, Item>[] {
    if (this.#order !== 'strict') return [];
    const present = this.participants.size;
    const turns = this.#turnsAhead(most, inOne);
    const portions: Portion<Id, Item>[] = [];
    let at = this.ring.holder;
    let next = at;
    for (let nth = 0; at !== undefined && nth < Math.min(turns, present); nth += 1) {
      const own = Math.ceil((turns - nth) / present);
      const { id, item } = at.shift(own);
      this.service.size -= own;
      if (at.queued === 0) this.service.leave(at);
      portions.push({ id, item, turns: own });
      at = at.ringNext;
      if (nth + 1 === turns % present) next = at;
    }
    this.ring.holder = next;
    return portions;
  }

  /** How many turns from now on lie ready: round after round, until somebody has too few in one. */
  #turnsAhead(most: number, inOne: (item: Item) => number): number {
    const present = this.participants.size;
    let turns = most;
    let at = this.ring.holder;
    for (let nth = 0; at !== undefined && nth < Math.min(turns, present); nth += 1) {
      const { next } = at;
      const ready = next === undefined || at.held ? 0 : Math.min(inOne(next.item), next.left);
      turns = Math.min(turns, nth + ready * present);
      at = at.ringNext;
    }
    return turns;
  }

  /** Strict: passes over the holder, whatever it has waiting, and says who that was. Else nothing. */
  skip(): Id | undefined {
    const id = this.turn;
    if (this.#order === 'strict') this.ring.advance();
    return id;
  }
}

function known(order: Order): Order {
  if (order === 'strict' || order === 'fair' || order === 'free') return order;
  throw unusable('order', order, 'strict, fair or free', 'string');
}
