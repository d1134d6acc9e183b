import type { Order, Turn } from '../src/index.ts';
import type { Portion } from '../src/rounds/index.ts';

interface Waiting {
  readonly item: number;
  readonly cost: number;
  readonly arrival: number;
  left: number;
}

interface Member {
  readonly id: number;
  weight: number;
  held: boolean;
  waiting: Waiting[];
  /** Fair order. */
  deficit: number;
  given: boolean;
  due: number;
  outSince: { granted: number; era: number };
}

/** What a TurnQueue does, in arrays that are searched and cut: slow, and plain to see. */
export class TurnQueueModel {
  order: Order;
  arrivals = 0;
  members: Member[] = [];
  holder: Member | undefined;
  // The active ones, with work and not held; in fair order, in the order of their visits.
  #active: Member[] = [];
  // Free order.
  #fifo: { member: Member; waiting: Waiting }[] = [];
  readonly #quantum: number;
  readonly #maxQueued: number;
  #way = 1;
  #round = 0;
  #perVisit = 0;
  #needs: number[] = [];
  #granted = 0;
  #era = 0;

  constructor(order: Order, quantum: number, maxQueued: number) {
    this.order = order;
    this.#quantum = quantum;
    this.#maxQueued = maxQueued;
  }

  get turn(): number | undefined {
    return this.order === 'strict' ? this.holder?.id : undefined;
  }

  get size(): number {
    return this.members.reduce((sum, { id }) => sum + this.queued(id), 0);
  }

  queued(id: number): number {
    return this.find(id)?.waiting.reduce((sum, { left }) => sum + left, 0) ?? 0;
  }

  find(id: number): Member | undefined {
    return this.members.find((member) => member.id === id);
  }

  join(id: number, weight?: number): void {
    const present = this.find(id);
    if (present !== undefined) {
      if (weight === undefined) return;
      present.weight = weight;
      if (this.#active.includes(present)) this.#record(present);
      return;
    }
    const outSince = { granted: 0, era: -1 };
    const fresh = { held: false, waiting: [], deficit: 0, given: false, due: 0, outSince };
    this.members.push({ id, weight: weight ?? 1, ...fresh });
    this.holder ??= this.members[0];
  }

  leave(id: number): number[] {
    const member = this.find(id);
    if (member === undefined) return [];
    const next = this.#after(member);
    if (this.holder === member) this.holder = next === member ? undefined : next;
    this.members = this.members.filter((each) => each !== member);
    return this.#drop(member, () => true);
  }

  clear(id: number): number[] {
    const member = this.find(id);
    return member === undefined ? [] : this.#drop(member, () => true);
  }

  remove(id: number, arrival: number): number | undefined {
    const member = this.find(id);
    return member && this.#drop(member, (each) => each.arrival === arrival)[0];
  }

  push(id: number, item: number, cost: number, turns: number): boolean | 'NOT_JOINED' {
    const member = this.find(id);
    if (member === undefined) return 'NOT_JOINED';
    if (this.queued(id) + turns > this.#maxQueued) return false;
    this.arrivals += 1;
    const waiting = { item, cost, arrival: this.arrivals, left: turns };
    member.waiting.push(waiting);
    if (this.#active.includes(member)) this.#fifo.push({ member, waiting });
    else if (!member.held) this.#enter(member);
    return true;
  }

  skip(): number | undefined {
    const { turn } = this;
    if (this.order === 'strict' && this.holder !== undefined) this.holder = this.#after(this.holder);
    return turn;
  }

  give(id: number): number | undefined | 'NOT_JOINED' {
    const member = this.find(id);
    if (member === undefined) return 'NOT_JOINED';
    const { turn } = this;
    if (this.order === 'strict') this.holder = member;
    return turn;
  }

  peek(): string {
    this.#next();
    return 'as take';
  }

  reverse(): void {
    this.#way *= -1;
  }

  hold(id: number): void {
    const member = this.find(id);
    if (member === undefined) return;
    member.held = true;
    if (!this.#active.includes(member)) return;
    this.#exit(member);
    this.#fifo = this.#fifo.filter((each) => each.member !== member);
  }

  release(id: number): void {
    const member = this.find(id);
    if (member === undefined) return;
    member.held = false;
    if (member.waiting.length > 0 && !this.#active.includes(member)) this.#enter(member);
  }

  charge(id: number, cost: number): void {
    const member = this.find(id);
    if (member === undefined || this.order !== 'fair' || this.size === 0) return;
    if (!this.#active.includes(member) && !this.#isBrokenOff(member)) {
      this.#forgive(member);
      member.deficit = Math.min(0, member.deficit - cost);
      return;
    }
    member.deficit -= cost;
    this.#record(member);
  }

  change(order: Order): void {
    if (order === this.order) return;
    const start = this.#next() ?? this.holder;
    this.holder = start;
    const round = this.#way === 1 ? this.members : this.members.toReversed();
    const at = start === undefined ? 0 : round.indexOf(start);
    const ring = [...round.slice(at), ...round.slice(0, at)];
    this.#active = ring.filter((member) => this.#active.includes(member));
    this.order = order;
    this.#fifo = this.#active
      .flatMap((member) => member.waiting.map((waiting) => ({ member, waiting })))
      .toSorted((a, b) => a.waiting.arrival - b.waiting.arrival);
    if (order !== 'fair') return;
    this.#newEra();
    for (const member of this.#active) this.#newcomer(member);
  }

  take(): Turn<number, number> | undefined {
    const member = this.#next();
    const waiting = member?.waiting[0];
    if (member === undefined || waiting === undefined) return undefined;
    waiting.left -= 1;
    if (waiting.left === 0) member.waiting.shift();
    if (this.order === 'strict') this.holder = this.#after(member);
    if (waiting.left === 0) this.#fifo = this.#fifo.filter((each) => each.waiting !== waiting);
    if (this.order === 'fair') {
      member.deficit -= waiting.cost;
      if (member.deficit < (member.waiting[0]?.cost ?? 0)) this.#toEnd(member);
    }
    if (member.waiting.length === 0) this.#exit(member);
    this.#endEra();
    return { id: member.id, ...waiting };
  }

  /** Turn by turn, as long as nobody comes to a second item, or over what may be given of the first in one. */
  takeRounds(most: number, inOne: (item: number) => number): Portion<number, number>[] {
    const portions: { id: number; item: number; turns: number }[] = [];
    for (let turn = 0; turn < most && this.order === 'strict'; turn += 1) {
      const member = this.#next();
      const item = member?.waiting[0]?.item;
      if (member === undefined || item === undefined) break;
      const portion = portions.find(({ id }) => id === member.id) ?? { id: member.id, item, turns: 0 };
      if (portion.item !== item || portion.turns >= inOne(item)) break;
      if (portion.turns === 0) portions.push(portion);
      portion.turns += 1;
      this.take();
    }
    return portions;
  }

  #next(): Member | undefined {
    if (this.order === 'free') return this.#fifo[0]?.member;
    if (this.order === 'strict') {
      const able = this.holder !== undefined && this.holder.waiting.length > 0 && !this.holder.held;
      return able ? this.holder : undefined;
    }
    for (let [first] = this.#active; first !== undefined; [first] = this.#active) {
      if (!first.given) this.#give(first);
      if (first.deficit >= (first.waiting[0]?.cost ?? 0)) return first;
      this.#toEnd(first);
    }
    return undefined;
  }

  /** Not active, in the middle of a visit. Another order, or an empty queue, has ended it. */
  #isBrokenOff({ given, outSince }: Member): boolean {
    return given && outSince.era === this.#era;
  }

  #give(member: Member): void {
    if (member.due > this.#round) {
      this.#round = member.due;
      this.#perVisit = Math.max(this.#quantum, ...this.#needs);
      this.#granted += this.#perVisit;
      this.#needs = [];
    }
    member.given = true;
    member.deficit += this.#perVisit * member.weight;
  }

  #toEnd(member: Member): void {
    this.#active = [...this.#active.filter((each) => each !== member), member];
    this.#newcomer(member, false);
  }

  #newcomer(member: Member, forgive = true): void {
    if (forgive) this.#forgive(member);
    member.given = false;
    member.due = this.#round + 1;
    this.#record(member);
  }

  #record(member: Member): void {
    if (this.order !== 'fair') return;
    const lack = (member.waiting[0]?.cost ?? 0) - member.deficit;
    // A hair more than it lacks, so that a share rounded down still pays for the item.
    this.#needs.push((lack / member.weight) * (1 + 1e-12));
  }

  #forgive(member: Member): void {
    const { granted, era } = member.outSince;
    const earned = era === this.#era ? (this.#granted - granted) * member.weight : Infinity;
    member.deficit = Math.min(0, member.deficit + earned);
    member.outSince = { granted: this.#granted, era: this.#era };
  }

  #enter(member: Member): void {
    const able = this.#isBrokenOff(member) && member.deficit >= (member.waiting[0]?.cost ?? 0);
    this.#active = this.order === 'fair' && able ? [member, ...this.#active] : [...this.#active, member];
    this.#fifo.push(...member.waiting.map((waiting) => ({ member, waiting })));
    if (this.order === 'fair' && !able) this.#newcomer(member);
  }

  #exit(member: Member): void {
    this.#active = this.#active.filter((each) => each !== member);
    if (member.waiting.length === 0) member.given = false;
    if (this.order !== 'fair') return;
    member.outSince = { granted: this.#granted, era: this.#era };
    if (member.waiting.length > 0) return;
    member.deficit = Math.min(0, member.deficit);
  }

  #endEra(): void {
    if (this.size === 0 && this.order === 'fair') this.#newEra();
  }

  #newEra(): void {
    this.#era += 1;
    this.#needs = [];
  }

  #drop(member: Member, which: (waiting: Waiting) => boolean): number[] {
    const dropped = member.waiting.filter(which);
    if (dropped.length === 0) return [];
    member.waiting = member.waiting.filter((each) => !which(each));
    this.#fifo = this.#fifo.filter(({ waiting }) => !dropped.includes(waiting));
    if (member.waiting.length === 0) member.given = false;
    if (this.#active.includes(member)) {
      if (member.waiting.length === 0) this.#exit(member);
      else this.#record(member);
    }
    this.#endEra();
    return dropped.flatMap(({ item, left }) => Array.from({ length: left }, () => item));
  }

  #after(member: Member): Member | undefined {
    const { length } = this.members;
    return this.members[(this.members.indexOf(member) + this.#way + length) % length];
  }
}
