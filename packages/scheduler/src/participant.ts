import { Fifo } from './fifo.ts';

/** A served item, and whose it was. */
export interface Turn<Id, Item> {
  /** The participant that was served. */
  readonly id: Id;
  /** As it was pushed. */
  readonly item: Item;
  /** The cost stated when the item was pushed. */
  readonly cost: number;
  /** Its number in the order of arrival, over all participants, from 1. */
  readonly arrival: number;
  /** How many more turns the item waits for. */
  readonly left: number;
}

/** A waiting item. Without an owner, it was taken or given back, and is skipped. */
export interface Entry<Id, Item> extends Turn<Id, Item> {
  owner: Participant<Id, Item> | undefined;
  /** How many turns it waits for. */
  left: number;
}

/** Whether a waiting item comes before a certain one. */
export type IsBefore<Id, Item> = (other: Entry<Id, Item>) => boolean;

/** A participant: its queue, and its links in the ring of all and in the active list. */
export class Participant<Id, Item> {
  readonly id: Id;
  /** Its number in the order of joining. The ring is sorted by it. */
  readonly joined: number;
  weight: number;
  ringNext: Participant<Id, Item> = this;
  ringPrevious: Participant<Id, Item> = this;
  activeNext: Participant<Id, Item> = this;
  activePrevious: Participant<Id, Item> = this;
  /** It has left the ring. */
  gone = false;
  /** It is skipped until it is released. */
  held = false;
  /** It has work and isn't held. */
  isActive = false;
  /** How many turns its items wait for. */
  queued = 0;
  /** The cost of the oldest one; 0 if there is none. */
  nextCost = 0;
  /** Fair order: what it may still spend; if negative, what it owes. */
  deficit = 0;
  /** Fair order: it got its share of this round and hasn't spent it. */
  visiting = false;
  /** Fair order: the round in which it is visited next. */
  round = 0;
  /** Fair order: when it was last active, as `FairTurns` counts time. */
  granted = 0;
  era = 0;
  // Sorted by arrival, unless items were inserted. Never begins with an entry that was taken back.
  protected readonly waiting: Fifo<Entry<Id, Item>> = new Fifo<Entry<Id, Item>>();
  #holes = 0;

  constructor(id: Id, joined: number, weight: number) {
    this.id = id;
    this.joined = joined;
    this.weight = weight;
  }

  /** The oldest waiting item. */
  get next(): Entry<Id, Item> | undefined {
    return this.waiting.first();
  }

  push(entry: Entry<Id, Item>): void {
    if (this.queued === 0) this.nextCost = entry.cost;
    this.queued += entry.left;
    this.waiting.push(entry);
  }

  /** Takes this many turns of the oldest waiting item. There must be one, and it must have that many. */
  shift(turns = 1): Entry<Id, Item> {
    const entry = this.waiting.first()!;
    this.queued -= turns;
    entry.left -= turns;
    if (entry.left > 0) return entry;
    this.waiting.shift();
    entry.owner = undefined;
    this.#passHoles();
    return entry;
  }

  /** Takes back the entry with that number. */
  remove(
    arrival: number,
    isBefore: IsBefore<Id, Item> = (other) => other.arrival < arrival,
  ): Entry<Id, Item> | undefined {
    const entry = this.waiting.at(this.indexOf(isBefore));
    if (entry?.arrival !== arrival || entry.owner === undefined) return undefined;
    entry.owner = undefined;
    this.queued -= entry.left;
    this.#holes += 1;
    this.#passHoles();
    // At most half of the slots are holes, so taking back costs no more than the push did.
    if (this.#holes * 2 > this.waiting.length) {
      this.waiting.fill(this.entries());
      this.#holes = 0;
    }
    return entry;
  }

  /** Gives up all waiting items, oldest first. */
  drain(): Entry<Id, Item>[] {
    const entries = this.entries();
    for (const entry of entries) entry.owner = undefined;
    this.waiting.clear();
    this.#holes = 0;
    this.queued = 0;
    this.#passHoles();
    return entries;
  }

  entries(): Entry<Id, Item>[] {
    return this.waiting.toArray().filter((entry) => entry.owner !== undefined);
  }

  /** How many entries come before, by binary search. */
  protected indexOf(isBefore: IsBefore<Id, Item>): number {
    let low = 0;
    let high = this.waiting.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(this.waiting.at(middle)!)) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #passHoles(): void {
    for (; this.#holes > 0 && this.waiting.first()?.owner === undefined; this.#holes -= 1)
      this.waiting.shift();
    const first = this.waiting.first();
    this.nextCost = first?.cost ?? 0;
    if (first === undefined) this.visiting = false;
  }
}
