import { positive } from '../bounds.ts';
import type { FairState } from '../orders/fair.ts';
import type { Participant } from '../participant.ts';
import { type Order, TurnQueue } from '../turn-queue.ts';
import { wholeOf } from './whole.ts';

/**
 * A `TurnQueue` as plain data. JSON keeps all of it if it keeps the ids and the items.
 */
export interface TurnQueueDump<Id, Data> {
  /** As in `TurnQueueOptions`, at the time of the dump. */
  readonly order: Order;
  /** As in `TurnQueueOptions`. */
  readonly quantum: number;
  /** As in `TurnQueueOptions`. */
  readonly maxQueued: number;
  /** Items ever pushed, those that were served included. */
  readonly arrivals: number;
  /** In order of joining. */
  readonly participants: readonly ParticipantDump<Id>[];
  /** Where the ring continues, as an index of `participants`; -1 in an empty ring. */
  readonly holder: number;
  /** Whether the turn goes round the other way. Missing: no. */
  readonly reversed?: true;
  /** In the order of the active list; in free order by turn. The items of those on hold come last. */
  readonly waiting: readonly WaitingDump<Data>[];
  /** The state of fair order, for `turnsFrom`: rounds, quantum and what was granted. */
  readonly fair: FairState;
}

/** A participant, without its items. */
export interface ParticipantDump<Id> {
  /** As it joined. JSON must keep it if the dump goes through JSON. */
  readonly id: Id;
  /** From 1e-6 to 1e12. */
  readonly weight: number;
  /** Whether it waits for `release`. */
  readonly held: boolean;
  /** In fair order only. A change to fair order starts everybody at zero. */
  readonly share?: FairShare;
}

/** Fair order: what a participant may spend, or owes, and since when. */
export type FairShare = Pick<
  Participant<unknown, unknown>,
  'deficit' | 'visiting' | 'round' | 'granted' | 'era'
>;

/** A waiting item. */
export interface WaitingDump<Data> {
  /** Its owner, as an index of `participants`. */
  readonly of: number;
  /** What `toData` made of the item. */
  readonly item: Data;
  /** Of each of its turns. */
  readonly cost: number;
  /** Its number in the order of arrival, from 1. */
  readonly arrival: number;
  /** How many turns it waits for. */
  readonly left: number;
}

/**
 * Dumps a queue. The queue stays as it is. `toData` turns an item into plain data. It is called once per waiting
 * item, no matter how many turns the item waits for.
 *
 * @example
 * ```ts
 * import { TurnQueue } from '@proto/scheduler';
 * import { dumpTurns, turnsFrom } from '@proto/scheduler/dump';
 *
 * const queue = new TurnQueue<string, URL>({ order: 'free' });
 * queue.join('ann');
 * queue.push('ann', new URL('https://example.org/1'));
 * const dump = dumpTurns(queue, (url) => url.href);
 * console.log(turnsFrom(dump, (href) => new URL(href)).take()?.item.pathname); // /1
 * ```
 */
export function dumpTurns<Id, Item, Data>(
  queue: TurnQueue<Id, Item>,
  toData: (item: Item) => Data,
): TurnQueueDump<Id, Data> {
  const { order } = queue;
  const { ring, participants, waiting, fair, maxQueued } = wholeOf(queue);
  const { holder } = ring;
  const indexes = new Map(participants.map((participant, index) => [participant, index]));
  return {
    order,
    quantum: fair.leastQuantum,
    maxQueued,
    arrivals: queue.arrivals,
    participants: participants.map((participant) => {
      const { id, weight, held, deficit, visiting, round, granted, era } = participant;
      if (order !== 'fair') return { id, weight, held };
      return { id, weight, held, share: { deficit, visiting, round, granted, era } };
    }),
    holder: holder === undefined ? -1 : indexes.get(holder)!,
    ...(ring.reversed && { reversed: true }),
    waiting: waiting.map(({ owner, item, cost, arrival, left }) => {
      return { of: indexes.get(owner!)!, item: toData(item), cost, arrival, left };
    }),
    fair: fairState(fair),
  };
}

/**
 * A queue that continues exactly as the dumped one would. `toItem` is the inverse of `toData`.
 *
 * Errors: `TypeError` or `RangeError` for options, weights and costs that can't be used. The rest isn't checked.
 */
export function turnsFrom<Id, Item, Data>(
  dump: TurnQueueDump<Id, Data>,
  toItem: (data: Data) => Item,
): TurnQueue<Id, Item> {
  const { order, quantum, maxQueued } = dump;
  const queue = new TurnQueue<Id, Item>({ order, quantum, maxQueued });
  for (const { id, weight, held } of dump.participants) {
    queue.join(id, { weight });
    if (held) queue.hold(id);
  }
  const { ring, service, fair, participants } = wholeOf(queue);
  for (const { of, item, cost, arrival, left } of dump.waiting) {
    service.arrivals = arrival - 1;
    service.push(participants[of]!, toItem(item), positive('cost', cost), left);
  }
  service.arrivals = dump.arrivals;
  ring.holder = participants[dump.holder];
  ring.reversed = dump.reversed === true;
  // Last: every push has changed these.
  for (const [index, saved] of dump.participants.entries()) Object.assign(participants[index]!, saved.share);
  Object.assign(fair, fairState(dump.fair));
  return queue;
}

function fairState({ round, quantum, needed, granted, era }: FairState): FairState {
  return { round, quantum, needed, granted, era };
}
