import { amount, between, MOST, options, positive } from './bounds.ts';
import type { ActiveList } from './active-list.ts';
import type { Discipline } from './orders/discipline.ts';
import { Participant, type Turn } from './participant.ts';
import { Ring } from './ring.ts';
import { Roster } from './roster.ts';
import { SchedulerError } from './scheduler-error.ts';
import { Service } from './service.ts';
import { show } from './show.ts';

export interface JoinOptions {
  /** Fair order: its share against that of the others. From 1e-6 to 1e12. @default 1 */
  readonly weight?: number | undefined;
}

/** Makes the order of serving, over the active list and over the ring of all. */
export type MakeDiscipline<Id, Item> = (
  active: ActiveList<Id, Item>,
  ring: Ring<Id, Item>,
) => Discipline<Id, Item>;

/** Participants, and a queue for each. What a `TurnQueue` is but for its orders: whoever needs one brings that one. */
export class Turns<Id, Item> {
  protected readonly participants: Roster<Id, Participant<Id, Item>> = new Roster<
    Id,
    Participant<Id, Item>
  >();
  protected readonly ring: Ring<Id, Item> = new Ring<Id, Item>();
  protected readonly service: Service<Id, Item>;
  protected readonly maxQueued: number;
  #joined = 0;

  /** `maxQueued`: items that one participant may have waiting. Errors: `RangeError` for one out of its bounds. */
  constructor(discipline: MakeDiscipline<Id, Item>, maxQueued: number) {
    this.maxQueued = amount('maxQueued', maxQueued);
    this.service = new Service((active) => discipline(active, this.ring));
  }

  /** Items waiting, of all. */
  get size(): number {
    return this.service.size;
  }

  /** Items ever pushed: the `arrival` of the last one. */
  get arrivals(): number {
    return this.service.arrivals;
  }

  /**
   * Lets one in, at the end of the ring: behind the last who joined. One who is in keeps its position and its items and
   * has the new weight, if one is given.
   *
   * Errors: `RangeError` for a weight out of its bounds.
   */
  join(id: Id, given: JoinOptions = {}): void {
    const { weight } = options(given);
    if (weight !== undefined) positive('weight', weight);
    const present = this.participants.get(id);
    if (present !== undefined) {
      if (weight !== undefined) this.service.reweigh(present, weight);
      return;
    }
    this.#joined += 1;
    const participant = new Participant<Id, Item>(id, this.#joined, weight ?? 1);
    this.participants.add(id, participant);
    this.ring.add(participant);
  }

  /** Lets one go and gives back what was not served, oldest first; a turn it held passes to the next. Unknown: `[]`. */
  leave(id: Id): Item[] {
    const participant = this.participants.get(id);
    if (participant === undefined) return [];
    this.participants.delete(id);
    this.ring.remove(participant);
    return this.service.drain(participant);
  }

  /** Gives back what one has waiting, oldest first; it stays in, with its position and its debts. Unknown: `[]`. */
  clear(id: Id): Item[] {
    const participant = this.participants.get(id);
    return participant === undefined ? [] : this.service.drain(participant);
  }

  has(id: Id): boolean {
    return this.participants.get(id) !== undefined;
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
    positive('cost', cost);
    if (turns !== 1) amount('turns', turns);
    if (participant.queued + turns > this.maxQueued) return false;
    this.service.push(participant, item, cost, turns);
    return true;
  }

  /** Serves the next item. Undefined: nothing waits, or, in strict order, nothing of the holder's. */
  take(): Turn<Id, Item> | undefined {
    return this.service.take();
  }

  /**
   * Takes one waiting item back, by its participant and its number of arrival. Undefined: it waits no more. Costs the
   * logarithm of that queue's length.
   */
  remove(id: Id, arrival: number): Item | undefined {
    const participant = this.participants.get(id);
    return participant === undefined ? undefined : this.service.remove(participant, arrival);
  }

  /**
   * Serves nothing of one until `release`; its items wait, and more may come. Strict: it is waited for, as if it were
   * idle. Free: its items lose their position, which costs their number.
   *
   * Errors: `SchedulerError` NOT_JOINED.
   */
  hold(id: Id): void {
    this.service.hold(this.#present(id));
  }

  /**
   * Ends a `hold`. Fair: a visit that was broken off goes on; else it comes behind the others. Free: what waits comes
   * behind what waits of the others.
   *
   * Errors: `SchedulerError` NOT_JOINED.
   */
  release(id: Id): void {
    this.service.release(this.#present(id));
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
    this.service.charge(participant, between('cost', cost, -MOST, MOST));
  }

  /** Items waiting of one. Unknown: 0. */
  queued(id: Id): number {
    return this.participants.get(id)?.queued ?? 0;
  }

  /** Everyone who is in, in ring order: order of joining. Who joins meanwhile comes last, who leaves is left out. */
  ids(): IterableIterator<Id> {
    return this.ring.ids();
  }

  #present(id: Id): Participant<Id, Item> {
    const participant = this.participants.get(id);
    if (participant !== undefined) return participant;
    const { size } = this.participants;
    throw new SchedulerError('NOT_JOINED', `Cannot serve ${show(id)}: none of ${size} who joined`);
  }
}
