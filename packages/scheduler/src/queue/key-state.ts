import { type Entry, Participant } from '../participant.ts';
import type { Alarmed } from './alarms.ts';
import { Meter } from './meter.ts';
import type { KeySettings } from './settings.ts';
import type { KeyStats } from './stats.ts';

/** Why nothing of a key is started. A key may have several reasons. */
export const HELD = {
  /** As many of its tasks run as may. */
  limit: 1,
  /** It has used up its rate. */
  rate: 2,
  /** The caller asked for it. */
  caller: 4,
} as const;

/** What waits at a priority other than 0. There is a level only while it holds something. */
interface Level<Key, Item> {
  readonly priority: number;
  readonly items: Participant<Key, Item>;
}

/** A key: what waits, what applies to it, and its counts. */
export class KeyState<Key, Item extends { readonly priority: number }>
  extends Participant<Key, Item>
  implements Alarmed
{
  limit: number;
  meter: Meter | undefined;
  /** A sum of `HELD`. */
  reasons = 0;
  /** When its hold ends. */
  alarmAt = 0;
  alarmIndex = -1;
  /** Its neighbours among the idle keys. */
  idleNext: KeyState<Key, Item> | undefined;
  idlePrevious: KeyState<Key, Item> | undefined;
  running = 0;
  served = 0;
  longestWaitMs = 0;
  serviceMs = 0;
  cost = 0;
  // The highest first.
  #levels: Level<Key, Item>[] = [];
  // For tasks whose time is their cost.
  #timed = 0;
  #timedMs = 0;

  constructor(key: Key, joined: number, { weight, limit, rate }: KeySettings) {
    super(key, joined, weight);
    this.limit = limit;
    this.meter = rate === undefined ? undefined : new Meter(rate);
  }

  override get next(): Entry<Key, Item> | undefined {
    return this.#first === undefined ? super.next : this.#first.items.next;
  }

  override push(entry: Entry<Key, Item>): void {
    const { priority } = entry.item;
    if (priority === 0) {
      super.push(entry);
    } else {
      this.#level(priority).items.push(entry);
      this.queued += 1;
    }
    this.nextCost = this.next!.cost;
  }

  override shift(): Entry<Key, Item> {
    const level = this.#first;
    const { visiting } = this;
    const entry = level === undefined ? super.shift() : level.items.shift();
    this.#taken(level, visiting);
    return entry;
  }

  override remove(arrival: number, priority = 0): Entry<Key, Item> | undefined {
    const level = priority === 0 ? undefined : this.#levels[this.#indexOf(priority)];
    if (priority !== 0 && level?.priority !== priority) return undefined;
    const { visiting } = this;
    const entry = level === undefined ? super.remove(arrival) : level.items.remove(arrival);
    if (entry !== undefined) this.#taken(level, visiting);
    return entry;
  }

  override drain(): Entry<Key, Item>[] {
    const entries = super.drain();
    this.#levels = [];
    return entries;
  }

  override entries(): Entry<Key, Item>[] {
    const below = this.#indexOf(0);
    const of = (levels: readonly Level<Key, Item>[]): Entry<Key, Item>[] =>
      levels.flatMap(({ items }) => items.entries());
    return [...of(this.#levels.slice(0, below)), ...super.entries(), ...of(this.#levels.slice(below))];
  }

  /** The level that is served next; `undefined`: what waits at priority 0. */
  get #first(): Level<Key, Item> | undefined {
    const [level] = this.#levels;
    return level !== undefined && (level.priority > 0 || super.next === undefined) ? level : undefined;
  }

  #level(priority: number): Level<Key, Item> {
    const index = this.#indexOf(priority);
    const found = this.#levels[index];
    if (found?.priority === priority) return found;
    const level = { priority, items: new Participant<Key, Item>(this.id, 0, 1) };
    this.#levels.splice(index, 0, level);
    return level;
  }

  /** The first level whose priority isn't higher, by binary search. */
  #indexOf(priority: number): number {
    let low = 0;
    let high = this.#levels.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#levels[middle]!.priority > priority) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** An item was taken. A visit goes on as long as there is work at any level. */
  #taken(level: Level<Key, Item> | undefined, visiting: boolean): void {
    if (level !== undefined) {
      this.queued -= 1;
      if (level.items.next === undefined) this.#levels.splice(this.#indexOf(level.priority), 1);
    }
    this.nextCost = this.next?.cost ?? 0;
    this.visiting = visiting && this.queued > 0;
  }

  /** An estimate of the time that the next task of this key will take. */
  get estimateMs(): number {
    return this.#timed === 0 ? 1 : this.#timedMs / this.#timed;
  }

  /** Whether nothing of it waits or runs. */
  get isIdle(): boolean {
    return this.queued === 0 && this.running === 0;
  }

  started(waitedMs: number): void {
    this.longestWaitMs = Math.max(this.longestWaitMs, waitedMs);
  }

  ended(tookMs: number, cost: number, timed: boolean): void {
    this.served += 1;
    this.serviceMs += tookMs;
    this.cost += cost;
    if (!timed) return;
    this.#timed += 1;
    this.#timedMs += cost;
  }

  stats(): KeyStats {
    const { queued: waiting, running, served, longestWaitMs, serviceMs, cost, reasons } = this;
    const held = HOLD_OF[reasons & (HELD.caller | HELD.rate)];
    return { waiting, running, served, longestWaitMs, serviceMs, cost, held };
  }
}

const HOLD_OF: Readonly<Record<number, KeyStats['held']>> = {
  [HELD.caller]: 'caller',
  [HELD.rate]: 'rate',
  [HELD.caller | HELD.rate]: 'caller',
};
