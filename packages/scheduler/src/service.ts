import type { ActiveList } from './active-list.ts';
import type { Discipline } from './orders/discipline.ts';
import type { Entry, Participant, Turn } from './participant.ts';

/** What waits, and how it is served. Those who have work and aren't held are active. */
export class Service<Id, Item> {
  readonly active: ActiveList<Id, Item>;
  /** The order. The caller that changes it also sorts the active list. */
  discipline: Discipline<Id, Item>;
  size = 0;
  arrivals = 0;

  constructor(active: ActiveList<Id, Item>, discipline: Discipline<Id, Item>) {
    this.active = active;
    this.discipline = discipline;
  }

  push(owner: Participant<Id, Item>, item: Item, cost: number, turns: number): void {
    this.arrivals += 1;
    this.size += turns;
    const entry: Entry<Id, Item> = { id: owner.id, item, cost, arrival: this.arrivals, owner, left: turns };
    owner.push(entry);
    if (!owner.isActive) {
      if (!owner.held) this.#enter(owner);
      return;
    }
    this.discipline.pushed?.(entry);
    // It goes ahead of what was next.
    if (owner.next === entry) this.discipline.changed?.(owner);
  }

  take(): Turn<Id, Item> | undefined {
    const participant = this.discipline.next();
    if (participant === undefined) return undefined;
    const entry = participant.shift();
    this.size -= 1;
    this.discipline.served(participant, entry.cost);
    if (participant.queued === 0) this.leave(participant);
    if (this.size === 0) this.discipline.emptied?.();
    return entry.left === 0 ? entry : turnOf(entry, entry.left);
  }

  remove(participant: Participant<Id, Item>, arrival: number): Item | undefined {
    const entry = participant.remove(arrival);
    if (entry !== undefined) this.lost(participant, [entry]);
    return entry?.item;
  }

  drain(participant: Participant<Id, Item>): Item[] {
    const entries = participant.drain();
    this.lost(participant, entries);
    return entries.flatMap(({ item, left }) => Array<Item>(left).fill(item));
  }

  hold(participant: Participant<Id, Item>): void {
    participant.held = true;
    if (participant.isActive) this.leave(participant);
  }

  release(participant: Participant<Id, Item>): void {
    participant.held = false;
    if (participant.queued > 0 && !participant.isActive) this.#enter(participant);
  }

  reweigh(participant: Participant<Id, Item>, weight: number): void {
    participant.weight = weight;
    if (participant.isActive) this.discipline.changed?.(participant);
  }

  charge(participant: Participant<Id, Item>, cost: number): void {
    if (this.size > 0) this.discipline.charged?.(participant, cost);
  }

  #enter(participant: Participant<Id, Item>): void {
    participant.isActive = true;
    this.active.append(participant);
    this.discipline.entered?.(participant);
  }

  leave(participant: Participant<Id, Item>): void {
    participant.isActive = false;
    this.active.remove(participant);
    this.discipline.left?.(participant);
  }

  /** These no longer wait, and were not served. */
  lost(participant: Participant<Id, Item>, entries: readonly Entry<Id, Item>[]): void {
    for (const { left } of entries) this.size -= left;
    if (participant.isActive) {
      this.discipline.removed?.(entries.length);
      if (participant.queued === 0) this.leave(participant);
      else this.discipline.changed?.(participant);
    }
    if (this.size === 0) this.discipline.emptied?.();
  }
}

/** A turn of an entry that still waits, and so keeps changing. */
export function turnOf<Id, Item>({ id, item, cost, arrival }: Entry<Id, Item>, left: number): Turn<Id, Item> {
  return { id, item, cost, arrival, left };
}
