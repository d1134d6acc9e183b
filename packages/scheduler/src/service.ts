import { Line } from './line.ts';
import type { Discipline } from './orders/discipline.ts';
import { FairTurns } from './orders/fair.ts';
import { FreeTurns } from './orders/free.ts';
import { StrictTurns } from './orders/strict.ts';
import type { Entry, Participant, Share, Turn } from './participant.ts';
import type { Ring } from './ring.ts';

/**
 * Who is served next.
 *
 * - `strict`: one turn each in ring order; an idle participant is waited for.
 * - `fair`: deficit round robin over those with work, by cost; an idle one costs nothing.
 * - `free`: order of arrival.
 */
export type Order = 'strict' | 'fair' | 'free';

/** What waits, and the serving of it. In line are those who have work and are not held. */
export class Service<Id, Item> {
  readonly #ring: Ring<Id, Item>;
  readonly #line = new Line<Id, Item>();
  readonly #disciplines: Record<Order, Discipline<Id, Item>>;
  #discipline: Discipline<Id, Item>;
  size = 0;
  arrivals = 0;

  constructor(ring: Ring<Id, Item>, order: Order, quantum: number) {
    this.#ring = ring;
    this.#disciplines = {
      strict: new StrictTurns(ring),
      fair: new FairTurns(this.#line, quantum),
      free: new FreeTurns(),
    };
    this.#discipline = this.#disciplines[order];
  }

  change(order: Order): void {
    // Who would have been next is the one at whom the ring is taken up.
    this.#ring.holder = this.#discipline.next() ?? this.#ring.holder;
    const inLine = this.#line.sortByRing(this.#ring.holder);
    this.#discipline = this.#disciplines[order];
    this.#discipline.begin?.(inLine);
  }

  push(owner: Participant<Id, Item>, item: Item, cost: number, turns: number): void {
    this.arrivals += 1;
    this.size += turns;
    const entry: Entry<Id, Item> = { id: owner.id, item, cost, arrival: this.arrivals, owner, left: turns };
    owner.push(entry);
    if (owner.inLine) this.#discipline.pushed?.(entry);
    else if (!owner.held) this.#enter(owner);
  }

  take(): Turn<Id, Item> | undefined {
    const participant = this.#discipline.next();
    if (participant === undefined) return undefined;
    const entry = participant.shift();
    this.size -= 1;
    this.#discipline.served(participant, entry.cost);
    if (participant.queued === 0) this.#leave(participant);
    if (this.size === 0) this.#discipline.emptied?.();
    if (entry.left === 0) return entry;
    // What still waits goes on changing.
    const { id, item, cost, arrival, left } = entry;
    return { id, item, cost, arrival, left };
  }

  /** Strict: `present` are in the ring. */
  takeRounds(present: number, most: number, inOne: (item: Item) => number): Share<Id, Item>[] {
    const turns = this.#turnsAhead(present, most, inOne);
    const shares: Share<Id, Item>[] = [];
    let at = this.#ring.holder;
    let next = at;
    for (let seat = 0; at !== undefined && seat < Math.min(turns, present); seat += 1) {
      shares.push(this.#serve(at, Math.ceil((turns - seat) / present)));
      at = at.ringNext;
      if (seat + 1 === turns % present) next = at;
    }
    this.#ring.holder = next;
    return shares;
  }

  /** How many turns from now on lie ready: round after round, until somebody has too few in one. */
  #turnsAhead(present: number, most: number, inOne: (item: Item) => number): number {
    let turns = most;
    let at = this.#ring.holder;
    for (let seat = 0; at !== undefined && seat < Math.min(turns, present); seat += 1) {
      const { next } = at;
      const ready = next === undefined || at.held ? 0 : Math.min(inOne(next.item), next.left);
      turns = Math.min(turns, seat + ready * present);
      at = at.ringNext;
    }
    return turns;
  }

  #serve(participant: Participant<Id, Item>, turns: number): Share<Id, Item> {
    const { item } = participant.shift(turns);
    this.size -= turns;
    if (participant.queued === 0) this.#leave(participant);
    return { id: participant.id, item, turns };
  }

  remove(participant: Participant<Id, Item>, arrival: number): Item | undefined {
    const entry = participant.remove(arrival);
    if (entry !== undefined) this.#lost(participant, [entry]);
    return entry?.item;
  }

  drain(participant: Participant<Id, Item>): Item[] {
    const entries = participant.drain();
    this.#lost(participant, entries);
    return entries.flatMap(({ item, left }) =>
      left === 1 ? [item] : Array.from({ length: left }, () => item),
    );
  }

  hold(participant: Participant<Id, Item>): void {
    participant.held = true;
    if (participant.inLine) this.#leave(participant);
  }

  release(participant: Participant<Id, Item>): void {
    participant.held = false;
    if (participant.queued > 0 && !participant.inLine) this.#enter(participant);
  }

  reweigh(participant: Participant<Id, Item>, weight: number): void {
    participant.weight = weight;
    if (participant.inLine) this.#discipline.changed?.(participant);
  }

  charge(participant: Participant<Id, Item>, cost: number): void {
    if (this.size > 0) this.#discipline.charged?.(participant, cost);
  }

  #enter(participant: Participant<Id, Item>): void {
    participant.inLine = true;
    this.#line.append(participant);
    this.#discipline.entered?.(participant);
  }

  #leave(participant: Participant<Id, Item>): void {
    participant.inLine = false;
    this.#line.remove(participant);
    this.#discipline.left?.(participant);
  }

  #lost(participant: Participant<Id, Item>, entries: readonly Entry<Id, Item>[]): void {
    for (const { left } of entries) this.size -= left;
    if (participant.inLine) {
      this.#discipline.removed?.(entries.length);
      if (participant.queued === 0) this.#leave(participant);
      else this.#discipline.changed?.(participant);
    }
    if (this.size === 0) this.#discipline.emptied?.();
  }
}
