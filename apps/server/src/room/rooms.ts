import { count } from '@proto/protocol';
import { Item } from './serving/item.ts';
import { ItemNumbers } from './dump/item-numbers.ts';
import type { Tickets } from './serving/open-work.ts';
import type { Person } from './person.ts';
import { type Client, nothing, type Outcome, type RoomRecord, type RoomsCommand } from './records.ts';
import type { RoomsDump } from './dump/room-dump.ts';
import { type InRoom, Room, type RoomOptions } from './room.ts';

/** Where a client enters. */
const FIRST_ROOM = 'main';

export interface RoomsOptions extends RoomOptions {
  readonly maxRooms: number;
}

/**
 * All rooms of a server: which client is in which, and whom a quit closes. A deterministic reducer of records.
 *
 * A room begins with its first client and ends with its last.
 */
export class Rooms {
  readonly #options: RoomsOptions;
  readonly #byName = new Map<string, Room>();
  readonly #byClient = new Map<Client, Room>();
  /** The room that a line at the handler came from. */
  readonly #byTicket = new Map<number, Room>();
  readonly #tickets: Tickets = { last: 0 };
  /** Rooms in which something happened since the last tick, so that they may have something to do in the next. */
  readonly #touched = new Set<Room>();

  constructor(options: RoomsOptions) {
    this.#options = options;
  }

  /** Rooms that continue exactly as the dumped ones would, with the same options. */
  static from(dump: RoomsDump, options: RoomsOptions): Rooms {
    const rooms = new Rooms(options);
    rooms.#tickets.last = dump.lastTicket;
    const items = dump.items.map((item) => Item.from(item));
    const all = dump.rooms.map((room) => Room.from(room, options, rooms.#tickets, items));
    for (const room of all.slice(0, dump.named)) rooms.#byName.set(room.name, room);
    for (const [client, room] of dump.clients) rooms.#byClient.set(client, all[room]!);
    for (const [ticket, room] of dump.tickets) rooms.#byTicket.set(ticket, all[room]!);
    for (const room of dump.touched) rooms.#touched.add(all[room]!);
    return rooms;
  }

  /** Everything the rooms know except their options, as plain data. */
  dump(): RoomsDump {
    const numbers = new ItemNumbers();
    const all = [
      ...new Set([
        ...this.#byName.values(),
        ...this.#byClient.values(),
        ...this.#byTicket.values(),
        ...this.#touched,
      ]),
    ];
    const place = new Map(all.map((room, index) => [room, index]));
    const rooms = all.map((room) => room.dump(numbers));
    return {
      lastTicket: this.#tickets.last,
      items: numbers.dump(),
      rooms,
      named: this.#byName.size,
      clients: Array.from(this.#byClient, ([client, room]) => [client, place.get(room)!]),
      tickets: Array.from(this.#byTicket, ([ticket, room]) => [ticket, place.get(room)!]),
      touched: Array.from(this.#touched, (room) => place.get(room)!),
    };
  }

  /** The room a client is in. */
  roomOf(client: Client): Room | undefined {
    return this.#byClient.get(client);
  }

  /** Everybody, in the order in which they came. */
  clients(): Iterable<Client> {
    return this.#byClient.keys();
  }

  /** The rooms that have a name. A room that is being closed no longer has one. */
  get all(): ReadonlyMap<string, Room> {
    return this.#byName;
  }

  /**
   * The first `limit` clients of the rooms that have a name, by room and seat. A row is created when it's requested, so
   * take them before the next record.
   */
  *people(limit: number): Generator<Person> {
    let left = limit;
    if (!(left >= 1)) return;
    for (const room of this.#byName.values()) {
      for (const person of room.people()) {
        yield person;
        left--;
        if (!(left >= 1)) return;
      }
    }
  }

  /** What they hold now. Takes one step per room. */
  load(): { readonly rooms: number; readonly queuedLines: number } {
    let queuedLines = 0;
    for (const { waiting } of this.#byName.values()) queuedLines += waiting;
    return { rooms: this.#byName.size, queuedLines };
  }

  /**
   * Strict order: whether a room in which something happened since the last tick waits for a client while others have
   * lines waiting.
   */
  get isHeldUp(): boolean {
    for (const room of this.#touched) if (room.waiting > 0 && room.waitedFor !== undefined) return true;
    return false;
  }

  /** Whether a `tick` would find anything to do. */
  get wantsTick(): boolean {
    return this.#touched.size > 0;
  }

  /**
   * What its sender gets for a run now, if nothing else follows from it: the same comes of the record, applied. It is
   * text, with an LF after each line. `undefined`: apply the record.
   */
  answer(client: Client, text: string, lines: number): string | undefined {
    return this.#byClient.get(client)?.answer(client, text, lines);
  }

  /** Adds the outcome of a record to `out`, and returns it. */
  apply(record: RoomRecord, out: Outcome = nothing()): Outcome {
    switch (record.type) {
      case 'join':
        this.#join(record.client, record.address, out);
        break;
      case 'tick':
        this.#tick(record.rooms ?? Infinity, out);
        break;
      case 'done':
        this.#done(record, out);
        break;
      case 'quit':
        this.#quitAll(record.client, record.reason, out);
        break;
      case 'command':
        this.#command(record.client, record.command, out);
        break;
      case 'hold':
        this.#hold(record.room, record.on, out);
        break;
      case 'step':
        this.#byName.get(record.room)?.step(record.turns, out);
        break;
      case 'kick':
        this.#kick(record.whom, record.reason, out);
        break;
      case 'say':
        for (const room of this.#byName.values())
          if (record.room === undefined || record.room === room.name) room.say(record.text, out);
        break;
      default:
        this.#in(record.client, record, out);
    }
    for (const { ticket, client } of out.work) {
      const room = this.#byClient.get(client);
      if (room) this.#byTicket.set(ticket, room);
    }
    for (const client of out.closed) this.#forget(client);
    if (record.type === 'leave') this.#forget(record.client);
    return out;
  }

  #in(client: Client, record: InRoom, out: Outcome): void {
    const room = this.#byClient.get(client);
    if (room === undefined) return;
    room.apply(record, out);
    this.#touch(room);
  }

  #kick(client: Client, reason: string, out: Outcome): void {
    const room = this.#byClient.get(client);
    if (room === undefined) return;
    room.kick(client, reason, out);
    this.#touch(room);
  }

  #hold(name: string, on: boolean, out: Outcome): void {
    const room = this.#byName.get(name);
    if (room === undefined) return;
    room.hold(on, out);
    this.#touch(room);
  }

  #touch(room: Room): void {
    if (room.mayWantTick) this.#touched.add(room);
  }

  #join(client: Client, address: string, out: Outcome): void {
    const room = this.#open(FIRST_ROOM);
    this.#byClient.set(client, room);
    room.join(client, address, out);
    this.#touch(room);
  }

  #command(client: Client, command: RoomsCommand, out: Outcome): void {
    if (command.verb === 'quit') return this.#quit(client, command.reason, out);
    if (command.verb === 'join') return this.#move(client, command.room, out);
    this.#in(client, { type: 'command', client, command }, out);
  }

  /** The room for the client that has just connected, and for later ones. Created if needed. */
  #open(name: string): Room {
    const known = this.#byName.get(name);
    if (known !== undefined) return known;
    const room = new Room(name, this.#options, this.#tickets);
    this.#byName.set(name, room);
    return room;
  }

  #move(client: Client, name: string, out: Outcome): void {
    const from = this.#byClient.get(client);
    const address = from?.member(client)?.address;
    // Behind a quit nothing is done any more: a client that was told of it goes nowhere else.
    if (from === undefined || address === undefined || from.isClosing) return;
    const refused = this.#whyNot(client, from, name);
    if (refused) return this.#in(client, { type: 'fault', client, ...refused }, out);
    const luggage = from.depart(client, `moved to ${name}`, out);
    this.#touch(from);
    const to = this.#open(name);
    this.#byClient.set(client, to);
    this.#dropIfEmpty(from);
    to.join(client, address, out, luggage);
    this.#touch(to);
  }

  /** Why a client can't move to a room, if it can't. */
  #whyNot(
    client: Client,
    from: Room,
    name: string,
  ): { code: 'BAD_ARGUMENT' | 'NAME_TAKEN' | 'ROOMS_FULL'; text: string } | undefined {
    if (from.name === name)
      return { code: 'BAD_ARGUMENT', text: `Cannot join room ${name}: you are already in it` };
    const to = this.#byName.get(name);
    const own = from.member(client)?.name ?? '';
    if (to?.isTaken(own))
      return {
        code: 'NAME_TAKEN',
        text: `Cannot join room ${name}: somebody there already has the name ${own}`,
      };
    // The first room always counts, even while nobody is in it.
    const others = this.#byName.size + (this.#byName.has(FIRST_ROOM) ? 0 : 1);
    const makesOne = to === undefined && name !== FIRST_ROOM;
    if (!makesOne || others < this.#options.maxRooms) return undefined;
    return {
      code: 'ROOMS_FULL',
      text: `Cannot join room ${name}: ${this.#options.maxRooms === 1 ? 'there is' : 'there are'} already ${count(this.#options.maxRooms, 'room')}`,
    };
  }

  #quit(client: Client, reason: string, out: Outcome): void {
    const room = this.roomOf(client);
    if (room === undefined) return;
    if (this.#options.quit === 'all') return this.#quitAll(client, reason, out);
    if (this.#options.quit === 'self') return this.#in(client, { type: 'end', client, reason }, out);
    // A second quit changes nothing. There may be a new room of this name.
    if (room.isClosing) return;
    const seat = room.member(client)?.seat;
    out.quits.push({ scope: 'room', by: client, seat, room: room.name, reason, clients: room.clients });
    // Clients that join from now on get a new room of this name.
    this.#byName.delete(room.name);
    room.quit(seat, reason, out);
    this.#touch(room);
  }

  #quitAll(by: Client | undefined, reason: string, out: Outcome): void {
    const own = by === undefined ? undefined : this.roomOf(by);
    const seat = by === undefined ? undefined : own?.member(by)?.seat;
    out.quits.push({ scope: 'all', by, seat, room: own?.name, reason, clients: [...this.#byClient.keys()] });
    for (const room of new Set(this.#byClient.values())) {
      room.quit(room === own ? seat : undefined, reason, out);
      this.#touch(room);
    }
  }

  #done(record: Extract<RoomRecord, { type: 'done' }>, out: Outcome): void {
    const { client, ticket } = record;
    const from = this.#byTicket.get(ticket);
    if (from === undefined) return;
    this.#byTicket.delete(ticket);
    const now = this.roomOf(client);
    from.done(client, ticket, now && record.result, out);
    this.#touch(from);
    this.#dropIfEmpty(from);
    if (now === undefined || now === from) return;
    now.done(client, ticket, undefined, out);
    this.#touch(now);
  }

  #tick(most: number, out: Outcome): void {
    const rooms: Room[] = [];
    for (const room of this.#touched) {
      if (rooms.length === most) break;
      rooms.push(room);
      this.#touched.delete(room);
    }
    const areLeft = this.#touched.size > 0;
    for (const room of rooms) room.apply({ type: 'tick' }, out);
    if (out.more) for (const room of rooms) this.#touched.add(room);
    if (areLeft) out.more = true;
  }

  #forget(client: Client): void {
    const room = this.#byClient.get(client);
    this.#byClient.delete(client);
    if (room) this.#dropIfEmpty(room);
  }

  #dropIfEmpty(room: Room): void {
    if (room.isEmpty && this.#byName.get(room.name) === room) this.#byName.delete(room.name);
  }
}
