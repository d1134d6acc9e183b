import { type Order, type Turn, TurnQueue } from '@proto/scheduler';
import { dumpTurns, turnsFrom } from '@proto/scheduler/dump';
import { type Portion, takeRounds } from '@proto/scheduler/rounds';
import type { Attendance } from '../attendance.ts';
import type { Item } from './item.ts';
import type { ItemNumbers } from '../dump/item-numbers.ts';
import type { Member } from '../member.ts';
import { Passage } from './passage.ts';
import type { Client, Outcome, Rounds, Turn as TurnOfOne } from '../records.ts';
import type { TurnsDump, WrittenRoom } from '../dump/room-dump.ts';
import type { Voice } from '../voice.ts';

/**
 * Whose turn it is in a room: the lines that wait for theirs, the number of the turn, and what others are told about
 * it.
 */
export class Turns {
  readonly #room: string;
  readonly #order: Order;
  readonly #attendance: Attendance;
  readonly #voice: Voice;
  readonly #queue: TurnQueue<Client, Item>;
  #used = 0;
  #announced: Client | undefined;
  /** Turns since the last one that was announced. */
  readonly #passage: Passage;

  constructor(room: string, order: Order, attendance: Attendance, voice: Voice, written?: WrittenRoom) {
    this.#room = room;
    this.#order = order;
    this.#attendance = attendance;
    this.#voice = voice;
    this.#passage = new Passage(written?.dump.passage);
    if (written === undefined) {
      this.#queue = new TurnQueue({ order, maxQueued: Number.MAX_SAFE_INTEGER });
      return;
    }
    const { dump, items } = written;
    this.#queue = turnsFrom(dump.queue, (number) => items[number]!);
    this.#used = dump.turns;
    this.#announced = dump.announced;
  }

  dump(numbers: ItemNumbers): TurnsDump {
    const queue = dumpTurns(this.#queue, (item) => numbers.of(item));
    return { queue, turns: this.#used, announced: this.#announced, passage: this.#passage.dump() };
  }

  /** Strict order: whose turn it is. */
  get holder(): Client | undefined {
    return this.#queue.turn;
  }

  /** Strict order: the client whose turn it is while it has nothing queued, in a room that has started. */
  get idleHolder(): Client | undefined {
    const { turn } = this.#queue;
    if (turn === undefined || !this.#attendance.started) return undefined;
    return this.#queue.queued(turn) === 0 ? turn : undefined;
  }

  /** Strict order: the client that was last announced as the one the room waits for, until its turn is over. */
  get announced(): Client | undefined {
    return this.#announced;
  }

  /** Strict order: the number of the current turn, from 1. */
  get number(): number {
    return this.#used + 1;
  }

  /** How many lines wait. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** How many lines of this client wait. */
  queued(client: Client): number {
    return this.#queue.queued(client);
  }

  /** Adds a client at the end of the ring. */
  join(client: Client, items: readonly Item[]): void {
    this.#queue.join(client);
    for (const item of items) this.#queue.push(client, item);
  }

  /** Removes a client, and returns its waiting lines. */
  leave(client: Client): Item[] {
    if (this.#announced === client) this.#announced = undefined;
    return this.#queue.leave(client);
  }

  /** Queues lines of a client for their turns. */
  push(client: Client, item: Item, lines: number): void {
    this.#queue.push(client, item, 1, lines);
  }

  /** Takes the next turn, which ends it. `undefined`: nobody has one now. */
  take(out: Outcome): Turn<Client, Item> | undefined {
    const turn = this.#queue.take();
    if (turn !== undefined && this.#order === 'strict') this.#over(turn.id, 'served', out);
    return turn;
  }

  /**
   * Strict order: up to `most` turns for which lines of runs are ready, round after round; each client's together, in
   * at most `mostBytes`.
   */
  takeRounds(most: number, mostBytes: number, out: Outcome): readonly Portion<Client, Item>[] {
    const portions = takeRounds(this.#queue, most, (item) => item.inOne(mostBytes));
    if (portions.length === 0) return portions;
    const ring: Rounds['ring'][number][] = [];
    let count = 0;
    for (const { id, turns } of portions) {
      ring.push({ client: id, seat: this.#member(id).seat });
      count += turns;
    }
    out.turns.push({ room: this.#room, number: this.number, count, before: out.deliveries.length, ring });
    this.#passage.addRounds(ring, ring[0]!.client === this.#announced ? 1 : 0, count);
    this.#announced = undefined;
    this.#used += count;
    return portions;
  }

  /** Strict order: skips the client whose turn it is. */
  skip(reason: string, out: Outcome): void {
    const client = this.#queue.skip();
    if (client === undefined) return;
    this.#over(client, 'skipped', out);
    const { seat } = this.#member(client);
    this.#voice.tell(out, this.#attendance.seats.everyone, { verb: 'SKIP', seat, reason });
  }

  /**
   * Strict order: skips those that don't read, and passes over those that have let too many turns pass. If nobody else is
   * there, the room waits for one of the latter. False: nobody reads.
   */
  passOn(out: Outcome): boolean {
    const { slow, absent, seats } = this.#attendance;
    if (absent === 0) return true;
    for (let { turn } = this.#queue; turn !== undefined; { turn } = this.#queue) {
      const member = this.#member(turn);
      const isPassedOver = this.#attendance.isPassedOver(member);
      if (!member.slow && (!isPassedOver || absent === seats.size)) return true;
      if (slow === seats.size) return false;
      if (!isPassedOver) this.skip('not reading', out);
      else if (turn === this.#announced) this.skip('passed over', out);
      else this.#queue.skip();
    }
    return true;
  }

  /** Strict order: tells everybody, once, whom the room waits for, and whose turns went by before. */
  announce(client: Client, out: Outcome): void {
    if (client === this.#announced) return;
    this.#announced = client;
    this.#note(client, 'waiting', this.number, out);
    const { everyone } = this.#attendance.seats;
    const last = this.#used;
    const passed = this.#passage.take();
    if (passed !== undefined) {
      const { count, seats } = passed;
      this.#voice.tell(out, everyone, { verb: 'TURNS', first: last - count + 1, last, seats });
    }
    this.#voice.tell(out, everyone, { verb: 'TURN', seat: this.#member(client).seat });
  }

  /** Tells a newcomer whom the room waits for. */
  tell(newcomer: Client, out: Outcome): void {
    if (this.#announced === undefined) return;
    this.#voice.tell(out, newcomer, { verb: 'TURN', seat: this.#member(this.#announced).seat });
  }

  /** The room no longer waits for anybody. The client that it waits for next is announced. */
  hold(out: Outcome): void {
    if (this.#announced !== undefined) this.#note(this.#announced, 'held', this.number, out);
    this.#announced = undefined;
  }

  /** From now on, the room waits for nobody with nothing queued. */
  beginClosing(): void {
    // Fair order is the ring without the idle ones, from the holder of the turn on.
    if (this.#queue.order === 'strict') this.#queue.order = 'fair';
  }

  #over(client: Client, state: 'served' | 'skipped', out: Outcome): void {
    if (client !== this.#announced)
      this.#passage.add(state === 'served' ? this.#member(client).seat : undefined);
    this.#announced = undefined;
    this.#note(client, state, ++this.#used, out);
  }

  #note(client: Client, state: TurnOfOne['state'], number: number, out: Outcome): void {
    const { seat } = this.#member(client);
    out.turns.push({ client, room: this.#room, seat, number, state, before: out.deliveries.length });
  }

  /** Every client that takes turns has a seat. */
  #member(client: Client): Member {
    return this.#attendance.seats.get(client)!;
  }
}
