import { share, wholeNumber } from './bounds.ts';
import { Line } from './line.ts';
import type { Discipline } from './orders/discipline.ts';
import { FairTurns } from './orders/fair.ts';
import { FreeTurns } from './orders/free.ts';
import { StrictTurns } from './orders/strict.ts';
import { type Entry, Participant, type Turn } from './participant.ts';
import { Ring } from './ring.ts';
import { Roster } from './roster.ts';
import { SchedulerError } from './scheduler-error.ts';

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
  readonly quantum?: number;
  /** Items that one participant may have waiting. From 1. @default 10_000 */
  readonly maxQueued?: number;
}

export interface JoinOptions {
  /** Fair order: its share against that of the others. From 1e-6 to 1e12. @default 1 */
  readonly weight?: number;
}

/**
 * Participants, a queue for each, and the order in which they take turns. Pure: no clock, no randomness.
 *
 * Promises:
 * 1. `push`, `take`, `join` and `skip` take constant time at any number of participants; `leave` costs the items it
 *    gives back, a change of order (sorting) the items that wait.
 * 2. Strict: nobody is served twice before everyone who was there was served or skipped.
 * 3. Fair: of n with work, equal in weight and cost, each waits at most n - 1 turns, whatever the others queued. With
 *    other weights or costs, each other one spends at most its weight times the largest quantum, and its dearest item.
 * 4. A participant's items are served in the order in which they were pushed; none is lost by a change of order.
 */
export class TurnQueue<Id, Item> {
  readonly #participants = new Roster<Id, Participant<Id, Item>>();
  readonly #ring = new Ring<Id, Item>();
  readonly #line = new Line<Id, Item>();
  readonly #quantum: number;
  readonly #maxQueued: number;
  #order: Order;
  #discipline: Discipline<Id, Item>;
  #seats = 0;
  #arrivals = 0;
  #size = 0;

  /** Errors: `RangeError` for an option out of its bounds. */
  constructor({ order, quantum = 1, maxQueued = 10_000 }: TurnQueueOptions) {
    this.#quantum = share('quantum', quantum);
    this.#maxQueued = wholeNumber('maxQueued', maxQueued, 1, Number.MAX_SAFE_INTEGER);
    this.#order = order;
    this.#discipline = this.#disciplineOf(order);
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
    const discipline = this.#disciplineOf(order);
    this.#ring.holder = this.#discipline.next() ?? this.#ring.holder;
    const waiting = this.#line.emptyInRingOrder(this.#ring.holder?.seat ?? 0);
    this.#order = order;
    this.#discipline = discipline;
    for (const participant of waiting) {
      this.#line.append(participant);
      discipline.woke(participant);
    }
    if (order === 'free') this.#discipline = new FreeTurns(waiting);
  }

  /** Strict: whose turn it is, also while nothing waits there. In the other orders, and in an empty ring, nobody's. */
  get turn(): Id | undefined {
    return this.#order === 'strict' ? this.#ring.holder?.id : undefined;
  }

  /** Items waiting, of all. */
  get size(): number {
    return this.#size;
  }

  /** Items ever pushed: the `arrival` of the last one. */
  get arrivals(): number {
    return this.#arrivals;
  }

  /**
   * Lets one in, at the end of the ring: behind the last who joined. One who is in keeps its place and its items and
   * has the new weight, if one is given.
   *
   * Errors: `RangeError` for a weight out of its bounds.
   */
  join(id: Id, { weight }: JoinOptions = {}): void {
    if (weight !== undefined) share('weight', weight);
    const present = this.#participants.get(id);
    if (present === undefined) {
      this.#seats += 1;
      const participant = new Participant<Id, Item>(id, this.#seats, weight ?? 1);
      this.#participants.add(id, participant);
      this.#ring.add(participant);
    } else if (weight !== undefined) {
      present.weight = weight;
      this.#discipline.changed(present);
    }
  }

  /** Lets one go and gives back what was not served, oldest first; a turn it held passes to the next. Unknown: `[]`. */
  leave(id: Id): Item[] {
    const participant = this.#participants.get(id);
    if (participant === undefined) return [];
    this.#participants.delete(id);
    this.#ring.remove(participant);
    if (participant.queued === 0) return [];
    const items = participant.drain().map((entry) => entry.item);
    this.#lost(participant, items.length);
    return items;
  }

  has(id: Id): boolean {
    return this.#participants.get(id) !== undefined;
  }

  /**
   * Puts an item in its participant's queue. False: that queue is full, and the item was not taken.
   *
   * Errors: `SchedulerError` NOT_JOINED; `RangeError` for a cost out of its bounds (1e-6 to 1e12).
   */
  push(id: Id, item: Item, cost = 1): boolean {
    const owner = this.#participants.get(id);
    if (owner === undefined) {
      const text = `Cannot push for ${String(id)}: it is none of the ${this.#participants.size} who have joined`;
      throw new SchedulerError('NOT_JOINED', text);
    }
    share('cost', cost);
    const { queued } = owner;
    if (queued >= this.#maxQueued) return false;
    this.#arrivals += 1;
    this.#size += 1;
    const entry: Entry<Id, Item> = { id, item, cost, arrival: this.#arrivals, owner };
    owner.push(entry);
    if (queued === 0) {
      this.#line.append(owner);
      this.#discipline.woke(owner);
    }
    this.#discipline.pushed(entry);
    return true;
  }

  /** Serves the next item. Undefined: nothing waits, or, in strict order, nothing of the holder's. */
  take(): Turn<Id, Item> | undefined {
    const participant = this.#discipline.next();
    const entry = participant?.shift();
    if (participant === undefined || entry === undefined) return undefined;
    this.#size -= 1;
    if (participant.queued === 0) {
      this.#line.remove(participant);
      this.#discipline.emptied(participant);
    }
    this.#discipline.served(participant, entry.cost);
    return entry;
  }

  /**
   * Takes one waiting item back, by its participant and its number of arrival. Undefined: it waits no more. Costs the
   * logarithm of that queue's length.
   */
  remove(id: Id, arrival: number): Item | undefined {
    const participant = this.#participants.get(id);
    const entry = participant?.remove(arrival);
    if (participant === undefined || entry === undefined) return undefined;
    this.#lost(participant, 1);
    return entry.item;
  }

  /** Strict: passes over the holder, whatever it has waiting, and says who that was. Else nothing. */
  skip(): Id | undefined {
    const id = this.turn;
    if (this.#order === 'strict') this.#ring.advance();
    return id;
  }

  /** Items waiting of one. Unknown: 0. */
  queued(id: Id): number {
    return this.#participants.get(id)?.queued ?? 0;
  }

  /** Everyone who is in, in ring order: order of joining. */
  ids(): IterableIterator<Id> {
    return this.#ring.ids();
  }

  #lost(participant: Participant<Id, Item>, count: number): void {
    this.#size -= count;
    if (participant.queued === 0) {
      this.#line.remove(participant);
      this.#discipline.emptied(participant);
    } else {
      this.#discipline.changed(participant);
    }
    this.#discipline.removed(count);
  }

  #disciplineOf(order: Order): Discipline<Id, Item> {
    if (order === 'strict') return new StrictTurns(this.#ring);
    if (order === 'fair') return new FairTurns(this.#line, this.#quantum);
    if (order === 'free') return new FreeTurns([]);
    throw new RangeError(`Cannot use order ${String(order)}: expected strict, fair or free`);
  }
}
