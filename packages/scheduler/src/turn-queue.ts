import { options, positive, unusable } from './bounds.ts';
import { ActiveList, sortByRing } from './active-list.ts';
import { FairTurns } from './orders/fair.ts';
import { FreeTurns } from './orders/free.ts';
import { StrictTurns } from './orders/strict.ts';
import type { Turn } from './participant.ts';
import { Ring } from './ring.ts';
import { Service, turnOf } from './service.ts';
import { Turns } from './turns.ts';

export type { JoinOptions } from './turns.ts';

/**
 * Who is served next.
 *
 * - `strict`: one turn each in ring order; the queue waits for an idle participant.
 * - `fair`: deficit round robin over those with work, by cost; an idle one costs nothing.
 * - `free`: order of arrival.
 */
export type Order = 'strict' | 'fair' | 'free';

/** The order of a queue, and its limits. */
export interface TurnQueueOptions {
  /** May change later, with the property of the same name. */
  readonly order: Order;
  /**
   * Fair order: what a participant of weight 1 may spend in one visit at least. A round in which somebody's next item
   * costs more has a larger quantum. From 1e-6 to 1e12. @default 1
   */
  readonly quantum?: number | undefined;
  /** How many items of one participant may wait. From 1. @default 10_000 */
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
 * 1. `push`, `take`, `join` and `skip` take constant time for any number of participants. `leave` costs as much as the
 *    items that it returns; a change of order, as much as sorting the participants that wait.
 * 2. Strict: nobody is served twice before everyone present was served or skipped.
 * 3. Fair: of n participants with work, equal in weight and cost, each waits at most n - 1 turns, no matter what the
 *    others queued. With unequal weights or costs, each of the others spends at most its weight times the largest
 *    quantum, plus its most expensive item.
 * 4. A participant's items are served in the order in which they were pushed. A change of order loses none.
 *
 * @example
 * ```ts
 * import { TurnQueue } from '@proto/scheduler';
 *
 * const queue = new TurnQueue<string, string>({ order: 'fair' });
 * queue.join('big');
 * queue.join('small');
 * for (const item of ['big 1', 'big 2', 'big 3']) queue.push('big', item);
 * queue.push('small', 'small 1');
 * console.log(queue.take()?.item, queue.take()?.item, queue.take()?.item); // big 1 small 1 big 2
 * ```
 */
export class TurnQueue<Id, Item> extends Turns<Id, Item> {
  protected readonly disciplines: Disciplines<Id, Item>;
  #order: Order;

  /** Errors: `TypeError` or `RangeError` for an option that can't be used. */
  constructor(given: TurnQueueOptions) {
    const {
      order,
      quantum = 1,
      maxQueued = 10_000,
    } = options('TurnQueue', given, ' order quantum maxQueued');
    known(order);
    positive('quantum', quantum);
    const active = new ActiveList<Id, Item>();
    const ring = new Ring<Id, Item>();
    const disciplines = {
      strict: new StrictTurns(ring),
      fair: new FairTurns(active, quantum),
      free: new FreeTurns<Id, Item>(),
    };
    super(ring, new Service(active, disciplines[order]), maxQueued);
    this.disciplines = disciplines;
    this.#order = order;
  }

  /**
   * The order. It may change while items wait; no item is lost.
   *
   * The ring continues at the one who would have been next. From strict to fair, those with work are served in ring
   * order from the holder on. From fair or free to strict, the one who was next holds the turn. Deficits are reset.
   */
  get order(): Order {
    return this.#order;
  }

  /** Errors: `TypeError` or `RangeError` for an order that is not one of the three. */
  set order(order: Order) {
    if (order === this.#order) return;
    this.#order = known(order);
    const { service, ring } = this;
    // The ring continues at the one who would have been next.
    ring.holder = service.discipline.next() ?? ring.holder;
    const active = sortByRing(service.active, ring);
    service.discipline = this.disciplines[order];
    service.discipline.begin?.(active);
  }

  /** Strict: whose turn it is, even if nothing waits there. In the other orders, and in an empty ring, nobody's. */
  get turn(): Id | undefined {
    return this.#order === 'strict' ? this.ring.holder?.id : undefined;
  }

  /** Strict: skips the holder, even if it has items waiting, and returns who that was. Otherwise does nothing. */
  skip(): Id | undefined {
    const id = this.turn;
    if (this.#order === 'strict') this.ring.advance();
    return id;
  }

  /**
   * Strict: gives the turn to a participant, and the ring goes on from there. Returns who had it. Otherwise does nothing.
   *
   * Errors: `SchedulerError` NOT_JOINED.
   */
  give(id: Id): Id | undefined {
    const participant = this.present(id);
    const before = this.turn;
    if (this.#order === 'strict') this.ring.holder = participant;
    return before;
  }

  /** Turns the ring round: from the holder on, the turn goes the other way. */
  reverse(): void {
    this.ring.reversed = !this.ring.reversed;
  }

  /** Whether the turn goes from the last one that joined to the first. */
  get reversed(): boolean {
    return this.ring.reversed;
  }

  /**
   * What `take` would serve. Undefined: nothing. Fair: this begins the visit of the next participant, so its share is
   * what is known of the others by now.
   */
  peek(): Turn<Id, Item> | undefined {
    const entry = this.service.discipline.next()?.next;
    return entry && turnOf(entry, entry.left - 1);
  }
}

function known(order: Order): Order {
  if (order === 'strict' || order === 'fair' || order === 'free') return order;
  throw unusable('order', order, 'strict, fair or free', 'string');
}
