import { amount, between, MOST, options, positive } from './bounds.ts';
import { Participant, type Turn } from './participant.ts';
import type { Ring } from './ring.ts';
import { Roster } from './roster.ts';
import { SchedulerError } from './scheduler-error.ts';
import type { Service } from './service.ts';
import { show } from './show.ts';

/** What a participant is due. */
export interface JoinOptions {
  /** Fair order: its share relative to the others. From 1e-6 to 1e12. @default 1 */
  readonly weight?: number | undefined;
}

/** Participants, and a queue for each: a `TurnQueue` without its orders. The caller passes the order that it needs. */
export class Turns<Id, Item> {
  protected readonly participants: Roster<Id, Participant<Id, Item>> = new Roster<
    Id,
    Participant<Id, Item>
  >();
  protected readonly ring: Ring<Id, Item>;
  protected readonly service: Service<Id, Item>;
  protected readonly maxQueued: number;
  #joined = 0;

  /** `maxQueued`: how many items of one participant may wait. Errors: `RangeError` if it is out of bounds. */
  constructor(ring: Ring<Id, Item>, service: Service<Id, Item>, maxQueued: number) {
    this.maxQueued = amount('maxQueued', maxQueued);
    this.ring = ring;
    this.service = service;
  }

  /** Items waiting, over all participants. */
  get size(): number {
    return this.service.size;
  }

  /** Items ever pushed: the `arrival` of the last one. */
  get arrivals(): number {
    return this.service.arrivals;
  }

  /**
   * Adds a participant at the end of the ring: after the last one that joined. If it is already in, it keeps its
   * position and its items, and gets the new weight, if there is one.
   *
   * Errors: `RangeError` for a weight out of bounds.
   */
  join(id: Id, given: JoinOptions = {}): void {
    const { weight } = options('join', given, ' weight');
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

  /**
   * Removes a participant and returns its unserved items, oldest first. A turn that it held passes to the next.
   * Unknown: `[]`.
   */
  leave(id: Id): Item[] {
    const participant = this.participants.get(id);
    if (participant === undefined) return [];
    this.participants.delete(id);
    this.ring.remove(participant);
    return this.service.drain(participant);
  }

  /**
   * Removes and returns a participant's waiting items, oldest first. It stays in, with its position and its debts.
   * Unknown: `[]`.
   */
  clear(id: Id): Item[] {
    const participant = this.participants.get(id);
    return participant === undefined ? [] : this.service.drain(participant);
  }

  /** Whether a participant is in, with or without items. */
  has(id: Id): boolean {
    return this.participants.get(id) !== undefined;
  }

  /**
   * Adds an item to its participant's queue. False: the queue is full, and the item wasn't added.
   *
   * With `turns`, it is served in that many turns, each at that cost, and counts as that many items. It has a single
   * arrival number.
   *
   * Errors: `SchedulerError` NOT_JOINED; `RangeError` for a cost out of bounds (1e-6 to 1e12), and for turns that
   *         aren't an integer from 1.
   */
  push(id: Id, item: Item, cost = 1, turns = 1): boolean {
    const participant = this.present(id);
    positive('cost', cost);
    if (turns !== 1) amount('turns', turns);
    if (participant.queued + turns > this.maxQueued) return false;
    this.service.push(participant, item, cost, turns);
    return true;
  }

  /** Serves the next item. Undefined: nothing waits, or, in strict order, the holder has nothing. */
  take(): Turn<Id, Item> | undefined {
    return this.service.take();
  }

  /**
   * Takes one waiting item back, by its participant and its arrival number. Undefined: it no longer waits. Takes time
   * in the logarithm of the queue's length.
   */
  remove(id: Id, arrival: number): Item | undefined {
    const participant = this.participants.get(id);
    return participant === undefined ? undefined : this.service.remove(participant, arrival);
  }

  /**
   * Serves nothing of a participant until `release`. Its items wait, and more may come. Strict: the queue waits for it,
   * as if it were idle. Free: its items lose their position, which takes time in proportion to their number.
   *
   * Errors: `SchedulerError` NOT_JOINED.
   */
  hold(id: Id): void {
    this.service.hold(this.present(id));
  }

  /**
   * Ends a `hold`. Fair: an interrupted visit continues; otherwise it goes after the others. Free: its waiting items go
   * after those of the others.
   *
   * Errors: `SchedulerError` NOT_JOINED.
   */
  release(id: Id): void {
    this.service.release(this.present(id));
  }

  /**
   * Fair: charges a participant for having been served at too low a cost or, if negative, gives back what was too much.
   *
   * Its share of each round pays its debt before it is served again. Time without work pays at the same rate, so being
   * idle gains nothing. The debt is owed to those who wait: once nothing waits, all debts are cancelled, and charging
   * has no effect.
   *
   * Errors: `SchedulerError` NOT_JOINED; `RangeError` for a cost out of bounds (-1e12 to 1e12).
   */
  charge(id: Id, cost: number): void {
    const participant = this.present(id);
    this.service.charge(participant, between('cost', cost, -MOST, MOST));
  }

  /** How many items of a participant wait. Unknown: 0. */
  queued(id: Id): number {
    return this.participants.get(id)?.queued ?? 0;
  }

  /**
   * All participants in order of joining. Those who join or leave while it is read are left out.
   */
  ids(): IterableIterator<Id> {
    return this.ring.ids();
  }

  protected present(id: Id): Participant<Id, Item> {
    const participant = this.participants.get(id);
    if (participant !== undefined) return participant;
    const { size } = this.participants;
    throw new SchedulerError(
      'NOT_JOINED',
      `Cannot serve ${show(id)}: it is not one of the ${size} participants`,
    );
  }
}
