import { type Entry, Participant } from '../participant.ts';
import type { Alarmed } from './alarms.ts';
import type { Linked } from './list.ts';
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

interface Prioritized {
  readonly rules: { readonly priority: number };
}

/** Whether another entry comes before that one. */
function before<Key, Item extends Prioritized>({ rules }: Item, arrival: number) {
  return (other: Entry<Key, Item>): boolean => {
    const ahead = other.item.rules.priority - rules.priority;
    return ahead > 0 || (ahead === 0 && other.arrival < arrival);
  };
}

/** A key: what waits, what applies to it, and its counts. */
export class KeyState<Key, Item extends Prioritized>
  extends Participant<Key, Item>
  implements Alarmed, Linked<KeyState<Key, Item>>
{
  limit: number;
  meter: Meter | undefined;
  /** A sum of `HELD`. */
  reasons = 0;
  /** When its hold ends. */
  alarmAt = 0;
  alarmIndex = -1;
  /** Its neighbours among the idle keys. */
  listNext: KeyState<Key, Item> | undefined;
  listPrevious: KeyState<Key, Item> | undefined;
  running = 0;
  served = 0;
  longestWaitMs = 0;
  serviceMs = 0;
  cost = 0;
  // For tasks whose time is their cost.
  #timed = 0;
  #timedMs = 0;

  constructor(key: Key, joined: number, { weight, limit, rate }: KeySettings) {
    super(key, joined, weight);
    this.limit = limit;
    this.meter = rate === undefined ? undefined : new Meter(rate);
  }

  /** Keeps them sorted by priority, the highest first, then by arrival. */
  override push(entry: Entry<Key, Item>): void {
    const { waiting } = this;
    const last = waiting.length;
    super.push(entry);
    if (last === 0 || waiting.at(last - 1)!.item.rules.priority >= entry.item.rules.priority) return;
    const index = this.indexOf(before(entry.item, entry.arrival));
    for (let at = last; at > index; at -= 1) waiting.set(at, waiting.at(at - 1)!);
    waiting.set(index, entry);
    this.nextCost = waiting.first()!.cost;
  }

  /** Takes back an item that waits, by its number. */
  takeBack(item: Item, arrival: number): Entry<Key, Item> | undefined {
    return this.remove(arrival, before(item, arrival));
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
};
