import { between, callable } from '../bounds.ts';
import { inside, type Inside } from '../inside.ts';
import type { TurnQueue } from '../turn-queue.ts';

/** Turns of one participant in several rounds, served together. */
export interface Portion<Id, Item> {
  /** The participant that was served. */
  readonly id: Id;
  /** As it was pushed; the same one again if later rounds serve more of its turns. */
  readonly item: Item;
  /** How many of the item's turns these are. */
  readonly turns: number;
}

/**
 * Strict: serves up to `most` turns as that many calls of `take` would, round after round, but returns each
 * participant's together: one portion for each one served, from the holder on. `inOne` says how many of an item's turns
 * may be served together; 0 leaves the item to `take`. In the other orders: `[]`.
 *
 * It stops before a participant whose first item has too few turns. It takes time in proportion to the portions.
 *
 * Errors: `TypeError` or `RangeError` for a number that isn't an integer from 0, also as what `inOne` returns, before
 * anything is served.
 */
export function takeRounds<Id, Item>(
  queue: TurnQueue<Id, Item>,
  most: number,
  inOne: (item: Item) => number,
): Portion<Id, Item>[] {
  whole('most', most);
  callable('inOne', inOne);
  if (queue.order !== 'strict') return [];
  const { ring, service, roster } = inside(queue);
  const turns = turnsAhead(ring, roster.size, most, inOne);
  const portions: Portion<Id, Item>[] = [];
  let at = ring.holder;
  let next = at;
  for (let nth = 0; at !== undefined && nth < Math.min(turns, roster.size); nth += 1) {
    const own = Math.ceil((turns - nth) / roster.size);
    const { id, item } = at.shift(own);
    service.size -= own;
    if (at.queued === 0) service.leave(at);
    portions.push({ id, item, turns: own });
    at = ring.after(at);
    if (nth + 1 === turns % roster.size) next = at;
  }
  ring.holder = next;
  return portions;
}

/** How many turns are ready from now on: round after round, until somebody's first item has too few. */
function turnsAhead<Id, Item>(
  ring: Inside<Id, Item>['ring'],
  present: number,
  most: number,
  inOne: (item: Item) => number,
): number {
  let turns = most;
  let at = ring.holder;
  for (let nth = 0; at !== undefined && nth < Math.min(turns, present); nth += 1) {
    const { next } = at;
    const ready = next === undefined || at.held ? 0 : Math.min(whole('inOne', inOne(next.item)), next.left);
    turns = Math.min(turns, nth + ready * present);
    at = ring.after(at);
  }
  return turns;
}

function whole(name: string, value: number): number {
  return between(name, value, 0, Number.MAX_SAFE_INTEGER, 'an integer');
}
