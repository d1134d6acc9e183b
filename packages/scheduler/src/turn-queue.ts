import { amount, between, MOST, share } from './bounds.ts';
import { Participant, type Share, type Turn } from './participant.ts';
import { Ring } from './ring.ts';
import { Roster } from './roster.ts';
import { SchedulerError } from './scheduler-error.ts';
import { type Order, Service } from './service.ts';

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
 *    gives back, a change of order the sorting of those that wait.
 * 2. Strict: nobody is served twice before everyone who was there was served or skipped.
 * 3. Fair: of n with work, equal in weight and cost, each waits at most n - 1 turns, whatever the others queued. With
 *    other weights or costs, each other one spends at most its weight times the largest quantum, and its dearest item.
 * 4. A participant's items are served in the order in which they were pushed; none is lost by a change of order.
 */
export class TurnQueue<Id, Item> {
  readonly #participants = new Roster<Id, Participant<Id, Item>>();
  readonly #ring = new Ring<Id, Item>();
  readonly #service: Service<Id, Item>;
  readonly #maxQueued: number;
  #order: Order;
  #seats = 0;

  /** Errors: `RangeError` for an option out of its bounds. */
  constructor({ order, quantum = 1, maxQueued = 10_000 }: TurnQueueOptions) {
    this.#order = known(order);
    this.#maxQueued = amount('maxQueued', maxQueued);
    this.#service = new Service(this.#ring, order, share('quantum', quantum));
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
    this.#service.change(order);
  }

  /** Strict: whose turn it is, also while nothing waits there. In the other orders, and in an empty ring, nobody's. */
  get turn(): Id | undefined {
    return this.#order === 'strict' ? this.#ring.holder?.id : undefined;
  }

  /** Items waiting, of all. */
  get size(): number {
    return this.#service.size;
  }

  /** Items ever pushed: the `arrival` of the last one. */
  get arrivals(): number {
    return this.#service.arrivals;
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
    if (present !== undefined) {
      if (weight !== undefined) this.#service.reweigh(present, weight);
      return;
    }
    this.#seats += 1;
    const participant = new Participant<Id, Item>(id, this.#seats, weight ?? 1);
    this.#participants.add(id, participant);
    this.#ring.add(participant);
  }

  /** Lets one go and gives back what was not served, oldest first; a turn it held passes to the next. Unknown: `[]`. */
  leave(id: Id): Item[] {
    const participant = this.#participants.get(id);
    if (participant === undefined) return [];
    this.#participants.delete(id);
    this.#ring.remove(participant);
    return this.#service.drain(participant);
  }

  /** Gives back what one has waiting, oldest first; it stays in, with its place and its debts. Unknown: `[]`. */
  clear(id: Id): Item[] {
    const participant = this.#participants.get(id);
    return participant === undefined ? [] : this.#service.drain(participant);
  }

  has(id: Id): boolean {
    return this.#participants.get(id) !== undefined;
  }

  /**
   * Puts an item in its participant's queue. False: that queue is full, and the item was not taken.
   *
   * With `turns`, so many turns serve it, each at that cost, and it counts as so many items; its number of arrival is
   * one.
   *
   * Errors: `SchedulerError` NOT_JOINED; `RangeError` for a cost out of its bounds (1e-6 to 1e12), and for turns that
   *         are no whole number from 1.
   */
  push(id: Id, item: Item, cost = 1, turns = 1): boolean {
    const participant = this.#present(id);
    share('cost', cost);
    if (turns !== 1) amount('turns', turns);
    if (participant.queued + turns > this.#maxQueued) return false;
    this.#service.push(participant, item, cost, turns);
    return true;
  }

  /** Serves the next item. Undefined: nothing waits, or, in strict order, nothing of the holder's. */
  take(): Turn<Id, Item> | undefined {
    return this.#service.take();
  }

  /**
   * Strict: serves up to `most` turns as so many `take` would, round after round, but gives each participant's in one:
   * one share for each of those who were served, from the holder on. `inOne` says of an item how many of its
   * turns may be given in one; nought leaves it to `take`. In the other orders: `[]`.
   *
   * The turns end before a participant whose first item has too few. Costs as much as there are shares.
   */
  takeRounds(most: number, inOne: (item: Item) => number): Share<Id, Item>[] {
    if (this.#order !== 'strict') return [];
    return this.#service.takeRounds(this.#participants.size, most, inOne);
  }

  /** Strict: passes over the holder, whatever it has waiting, and says who that was. Else nothing. */
  skip(): Id | undefined {
    const id = this.turn;
    if (this.#order === 'strict') this.#ring.advance();
    return id;
  }

  /**
   * Takes one waiting item back, by its participant and its number of arrival. Undefined: it waits no more. Costs the
   * logarithm of that queue's length.
   */
  remove(id: Id, arrival: number): Item | undefined {
    const participant = this.#participants.get(id);
    return participant === undefined ? undefined : this.#service.remove(participant, arrival);
  }

  /**
   * Serves nothing of one until `release`; its items wait, and more may come. Strict: it is waited for, as if it were
   * idle. Free: its items lose their place, which costs their number.
   *
   * Errors: `SchedulerError` NOT_JOINED.
   */
  hold(id: Id): void {
    this.#service.hold(this.#present(id));
  }

  /**
   * Ends a `hold`. Fair: a visit that was broken off goes on; else it comes behind the others. Free: what waits comes
   * behind what waits of the others.
   *
   * Errors: `SchedulerError` NOT_JOINED.
   */
  release(id: Id): void {
    this.#service.release(this.#present(id));
  }

  /**
   * Fair: charges one for what it was served at too low a cost, or, below nought, gives back what was too much.
   *
   * Its share of each round pays what it owes before it is served again; a time without work pays in the same way and
   * escapes nothing. It is owed to those who wait: once nothing waits, all debts are forgiven, and a charge is none.
   *
   * Errors: `SchedulerError` NOT_JOINED; `RangeError` for a cost out of its bounds (-1e12 to 1e12).
   */
  charge(id: Id, cost: number): void {
    const participant = this.#present(id);
    this.#service.charge(participant, between('cost', cost, -MOST, MOST));
  }

  /** Items waiting of one. Unknown: 0. */
  queued(id: Id): number {
    return this.#participants.get(id)?.queued ?? 0;
  }

  /** Everyone who is in, in ring order: order of joining. Who joins meanwhile comes last, who leaves is left out. */
  ids(): IterableIterator<Id> {
    return this.#ring.ids();
  }

  #present(id: Id): Participant<Id, Item> {
    const participant = this.#participants.get(id);
    if (participant !== undefined) return participant;
    const { size } = this.#participants;
    throw new SchedulerError('NOT_JOINED', `Cannot serve ${String(id)}: none of ${size} who joined`);
  }
}

function known(order: Order): Order {
  if (order === 'strict' || order === 'fair' || order === 'free') return order;
  throw new RangeError(`Cannot use order ${String(order)}: expected strict, fair or free`);
}
