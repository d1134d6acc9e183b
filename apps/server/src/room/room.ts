import { ERROR_CODES, type ErrorCode, type Event, PROTOCOL_VERSION } from '@proto/protocol';
import { type Order, TurnQueue } from '@proto/scheduler';
import { dumpTurns, turnsFrom } from '@proto/scheduler/dump';
import { Answers, type AnswersOptions } from './answers.ts';
import { Inquiries } from './inquiries.ts';
import { Item } from './item.ts';
import type { ItemNumbers } from './item-numbers.ts';
import { dumpMember, memberFrom } from './member-dump.ts';
import { createMember, type Handling, type Luggage, type Member } from './member.ts';
import type { Client, HandlerResult, Outcome, RoomCommand, RoomRecord, Rounds } from './records.ts';
import type { RoomDump } from './room-dump.ts';
import { Seats } from './seats.ts';
import { TOLD_CLIENTS, Voice } from './voice.ts';

/**
 * What one record may set off before the event loop gets its turn back: so many answers, of a line or of lines of a run
 * in one piece, and so many bytes.
 */
const PIECES_PER_RECORD = 64;
const BYTES_PER_RECORD = 65_536;

/** What is left of that. */
interface Budget {
  pieces: number;
  bytes: number;
}

export interface RoomOptions extends AnswersOptions {
  readonly order: Order;
  /** `handler`: every line goes out as work and comes back as a `done` record. */
  readonly transform: 'upper' | 'none' | 'handler';
  /** Who must be present before the first turn. */
  readonly clients: number;
  readonly events: boolean;
}

/** What happens in one room: who comes and goes between rooms is not its business, and what the handler did comes apart. */
export type InRoom =
  | Exclude<RoomRecord, { type: 'join' | 'quit' | 'done' | 'command' }>
  | { readonly type: 'command'; readonly client: Client; readonly command: RoomCommand };

/** The newest ticket given to a line that went to the handler; one count for all rooms. */
export interface Tickets {
  last: number;
}

/**
 * One room: who is in, whose turn it is, who gets what. A deterministic reducer: nothing but the records decides.
 *
 * Order, recipient and handler are independent. Held to: docs/protocol.md, "Turns" and "Ends".
 */
export class Room {
  readonly name: string;
  readonly #options: RoomOptions;
  readonly #seats = new Seats();
  readonly #queue: TurnQueue<Client, Item>;
  readonly #voice: Voice;
  readonly #answers: Answers;
  readonly #inquiries: Inquiries;
  readonly #tickets: Tickets;
  /** Lines the handler has of clients that moved to another room, by client. */
  readonly #movedOn = new Map<Client, { member: Member; ticket: number; item: Item }>();
  #started = false;
  #closing: string | undefined;
  #handling = 0;
  #slow = 0;
  /** Members that send nothing more, and have lines waiting. */
  #ended = 0;
  #more = false;
  #turns = 0;
  /** The client last announced as the one the room rests on, until its turn is over. */
  #announced: Client | undefined;

  constructor(
    name: string,
    options: RoomOptions,
    tickets: Tickets,
    queue: TurnQueue<Client, Item> = new TurnQueue({
      order: options.order,
      maxQueued: Number.MAX_SAFE_INTEGER,
    }),
  ) {
    this.name = name;
    this.#tickets = tickets;
    this.#options = options;
    this.#voice = new Voice(options.events);
    this.#answers = new Answers(options, this.#seats, this.#voice);
    this.#inquiries = new Inquiries(this.#seats, this.#voice, this);
    this.#queue = queue;
  }

  /** A room that goes on exactly as the dumped one would under these options. `items`: by number. */
  static from(dump: RoomDump, options: RoomOptions, tickets: Tickets, items: readonly Item[]): Room {
    const queue = turnsFrom(dump.queue, (number) => items[number]!);
    const room = new Room(dump.name, options, tickets, queue);
    for (const each of dump.members) room.#restore(memberFrom(each, items));
    room.#seats.next = dump.nextSeat;
    for (const { client, seat, ticket, item } of dump.movedOn) {
      room.#movedOn.set(client, { member: createMember(client, seat, ''), ticket, item: items[item]! });
      room.#handling++;
    }
    room.#started = dump.started;
    room.#closing = dump.closing;
    room.#more = dump.more;
    room.#turns = dump.turns;
    room.#announced = dump.announced;
    return room;
  }

  dump(numbers: ItemNumbers): RoomDump {
    return {
      name: this.name,
      members: Array.from(this.#seats.members(), (member) => dumpMember(member, numbers)),
      nextSeat: this.#seats.next,
      queue: dumpTurns(this.#queue, (item) => numbers.of(item)),
      movedOn: Array.from(this.#movedOn, ([client, { member, ticket, item }]) => {
        return { client, seat: member.seat, ticket, item: numbers.of(item) };
      }),
      started: this.#started,
      closing: this.#closing,
      more: this.#more,
      turns: this.#turns,
      announced: this.#announced,
    };
  }

  get isEmpty(): boolean {
    return this.#seats.size === 0 && this.#movedOn.size === 0;
  }

  /** Clients in the room, by seat. */
  get clients(): readonly Client[] {
    return this.#seats.everyone;
  }

  member(client: Client): Readonly<Member> | undefined {
    return this.#seats.get(client);
  }

  /** Lines of this client that wait or are being handled. */
  queued(client: Client): number {
    const member = this.#seats.get(client);
    if (member === undefined) return 0;
    return this.#queue.queued(client) + member.held.length + (member.handling === undefined ? 0 : 1);
  }

  /** All lines that wait. */
  get waiting(): number {
    return this.#queue.size;
  }

  /** How many are here, and how many the room waits for before its first turn; equal once it has started. */
  get presence(): { readonly have: number; readonly want: number } {
    const have = this.#seats.size;
    return { have, want: this.#started ? have : this.#options.clients };
  }

  /** Whether a tick could find something to do: lines left over, or a turn to announce. */
  get mayWantTick(): boolean {
    return this.#more || this.#options.order === 'strict';
  }

  /** The client everybody waits for: strict order, its turn, nothing queued. */
  get waitedFor(): Client | undefined {
    if (this.#queue.order !== 'strict' || !this.#started || this.#handling > 0) return undefined;
    const turn = this.#queue.turn;
    return turn !== undefined && this.#queue.queued(turn) === 0 ? turn : undefined;
  }

  /** Strict order: whose turn it is. */
  get holder(): Client | undefined {
    return this.#queue.turn;
  }

  /** Strict order: the number of the turn that is on, from 1. */
  get turn(): number {
    return this.#turns + 1;
  }

  isTaken(name: string): boolean {
    return this.#seats.isTaken(name);
  }

  /** Takes a client in, with what it brings from another room. */
  join(client: Client, address: string, out: Outcome, luggage?: Luggage): void {
    this.#voice.begin();
    const member = createMember(client, this.#seats.next, address, luggage);
    this.#seats.add(member);
    this.#queue.join(client);
    if (member.slow) this.#slow++;
    if (this.#seats.size >= this.#options.clients) this.#started = true;
    const have = this.#seats.size;
    out.came.push({ client, room: this.name, seat: member.seat, address, ...this.presence });
    this.#voice.tell(out, client, {
      verb: 'WELCOME',
      seat: member.seat,
      clients: this.#options.clients,
      room: this.name,
      version: PROTOCOL_VERSION,
    });
    this.#tellFew({ verb: 'JOIN', seat: member.seat, name: member.name, address }, client, out);
    if (!this.#started) this.#tellWait(have > TOLD_CLIENTS ? client : this.#seats.everyone, out);
    for (const item of luggage?.items ?? []) this.#queue.push(client, item);
    this.#serve(out);
  }

  /** Lets a client go to another room, with everything of its that waits. */
  depart(client: Client, reason: string, out: Outcome): Luggage | undefined {
    this.#voice.begin();
    const member = this.#seats.get(client);
    if (member === undefined) return undefined;
    const { handling, slow, name, newest } = member;
    const isHandledHere = handling?.elsewhere === false;
    if (isHandledHere) this.#movedOn.set(client, { member, ticket: handling.ticket, item: handling.item });
    const items = [...member.held, ...this.#remove(member, reason, out, isHandledHere)];
    this.#serve(out);
    return { name, items, newest, handling: handling && { ...handling, elsewhere: true }, slow };
  }

  apply(record: InRoom, out: Outcome): void {
    this.#voice.begin();
    if (record.type === 'tick') return this.#tick(out);
    const member = this.#seats.get(record.client);
    if (member === undefined) return;
    switch (record.type) {
      case 'line':
        this.#push(member, new Item(this.#transformed(record.text), record.to), 1);
        break;
      case 'lines':
        this.#run(member, record.text, record.ends, out);
        break;
      case 'fault':
        this.#fault(member, record.code, record.text, out);
        break;
      case 'command':
        this.#command(member, record.command, out);
        break;
      case 'end':
        this.#end(member, record.reason, out);
        break;
      case 'leave':
        this.#remove(member, record.reason, out);
        break;
      case 'skip':
        if (this.waitedFor === record.client && this.turn === record.turn) this.#skip(record.reason, out);
        break;
      case 'slow':
        this.#setSlow(member, record.slow, out);
    }
    this.#serve(out);
  }

  /** Everybody is told; what was accepted is served; then everybody is closed. */
  quit(by: number | undefined, reason: string, out: Outcome): void {
    if (this.#closing !== undefined) return;
    this.#voice.begin();
    this.#closing = reason;
    // Fair order is the ring with the idle passed over, from the holder of the turn on.
    if (this.#queue.order === 'strict') this.#queue.order = 'fair';
    this.#voice.tell(out, this.#seats.everyone, { verb: 'QUIT', seat: by, reason });
    for (const member of this.#seats.members()) this.#release(member, out);
    this.#serve(out);
  }

  #restore(member: Member): void {
    this.#seats.add(member);
    if (member.slow) this.#slow++;
    if (member.ended !== undefined) this.#ended++;
    if (member.handling?.elsewhere === false) this.#handling++;
  }

  #push(member: Member, item: Item, lines: number): void {
    if (this.#closing !== undefined || member.ended !== undefined) return;
    member.newest = item;
    this.#queue.push(member.client, item, 1, lines);
  }

  /** A run that nothing waits before is served as one; any other is taken line by line. */
  #run(member: Member, text: string, ends: readonly number[], out: Outcome): void {
    const isNext =
      this.#options.order !== 'strict' &&
      this.#options.transform !== 'handler' &&
      this.#started &&
      this.#closing === undefined &&
      member.ended === undefined &&
      this.#queue.size === 0 &&
      member.held.length === 0 &&
      !this.#isStalled(member);
    const isWithinBudget = ends.length <= PIECES_PER_RECORD && text.length <= BYTES_PER_RECORD;
    const made = this.#transformed(text);
    if (isNext && isWithinBudget) this.#answers.deliverRun(member, made, ends.length, out);
    else this.#push(member, new Item(made, undefined, ends), ends.length);
  }

  /** What the built-in transforms make of a message: at once, since nothing else decides it. */
  #transformed(text: string): string {
    return this.#options.transform === 'upper' ? text.toUpperCase() : text;
  }

  #fault(member: Member, code: ErrorCode, text: string, out: Outcome): void {
    if (ERROR_CODES[code] === 'answer' && member.newest !== undefined)
      member.newest.faults.push({ code, text });
    else this.#voice.tell(out, member.client, { verb: 'ERR', code, text });
  }

  #command(member: Member, command: RoomCommand, out: Outcome): void {
    if (command.verb !== 'pass') return this.#inquiries.answer(member, command, out);
    if (this.waitedFor === member.client) return this.#skip('passed', out);
    this.#fault(member, 'NOT_YOUR_TURN', 'Cannot pass: the turn is not yours', out);
  }

  #end(member: Member, reason: string, out: Outcome): void {
    if (member.ended === undefined) this.#ended++;
    member.ended ??= reason;
    this.#finishIfIdle(member, out);
  }

  #setSlow(member: Member, slow: boolean, out: Outcome): void {
    if (member.slow === slow) return;
    member.slow = slow;
    this.#slow += slow ? 1 : -1;
    if (!slow) this.#release(member, out);
  }

  /** Serves until nobody can be served, or this record has set off enough. */
  #serve(out: Outcome): void {
    const left: Budget = { pieces: PIECES_PER_RECORD, bytes: BYTES_PER_RECORD };
    this.#more = false;
    while (this.#canServe(out)) {
      if (left.pieces === 0 || left.bytes <= 0) {
        this.#more = true;
        out.more = true;
        return;
      }
      if (!this.#serveRounds(left, out) && !this.#serveNext(left, out)) break;
    }
    this.#closeIfDrained(out);
  }

  /** False: nobody can be served. */
  #serveNext(left: Budget, out: Outcome): boolean {
    const turn = this.#queue.take();
    if (turn === undefined) return false;
    const member = this.#seats.get(turn.id);
    if (member === undefined) return true;
    left.pieces--;
    left.bytes -= turn.item.nextLength;
    this.#turnOver(member, 'served', out);
    if (this.#isStalled(member) || member.held.length > 0) member.held.push(turn.item);
    else this.#handle(member, turn.item, out);
    return true;
  }

  /**
   * Strict order: the turns for which lines of runs lie ready, each client's in one piece. So it may be where a client
   * sees of others neither lines nor going, nor anybody is passed over: its own lines keep their order.
   */
  #serveRounds(left: Budget, out: Outcome): boolean {
    const { order, deliver, transform } = this.#options;
    if (order !== 'strict' || deliver !== 'sender' || transform === 'handler') return false;
    if (this.#closing !== undefined || this.#slow > 0 || this.#ended > 0) return false;
    const { size } = this.#seats;
    // With more clients than pieces left, no second round: none gets two lines in one.
    const most = size > left.pieces ? left.pieces : Number.MAX_SAFE_INTEGER;
    const mostBytes = left.bytes / size;
    const shares = this.#queue.takeRounds(most, (item) => item.inOne(mostBytes));
    if (shares.length === 0) return false;
    const rounds = { room: this.name, number: this.turn, count: 0, before: out.deliveries.length };
    const ring: Rounds['ring'][number][] = [];
    for (const { id, item, turns } of shares) {
      const member = this.#seats.get(id);
      if (member === undefined) continue;
      item.take(turns);
      left.bytes -= item.end + 1 - item.from;
      rounds.count += turns;
      ring.push({ client: id, seat: member.seat });
      this.#answers.deliverTaken(member, item, out);
    }
    left.pieces -= ring.length;
    this.#announced = undefined;
    this.#turns += rounds.count;
    out.turns.push({ ...rounds, ring });
    return true;
  }

  #canServe(out: Outcome): boolean {
    if (!this.#started && this.#closing === undefined) return false;
    if (this.#options.order !== 'strict') return true;
    if (this.#handling > 0) return false;
    return this.#closing !== undefined || this.#passSlow(out);
  }

  /** Strict order: a holder that does not read loses its turn, unless nobody reads. */
  #passSlow(out: Outcome): boolean {
    if (this.#slow === 0) return true;
    while (this.#queue.turn !== undefined && this.#seats.get(this.#queue.turn)?.slow) {
      if (this.#slow === this.#seats.size) return false;
      this.#skip('not reading', out);
    }
    return true;
  }

  #skip(reason: string, out: Outcome): void {
    const client = this.#queue.skip();
    const member = client === undefined ? undefined : this.#seats.get(client);
    if (member === undefined) return;
    this.#turnOver(member, 'skipped', out);
    this.#voice.tell(out, this.#seats.everyone, { verb: 'SKIP', seat: member.seat, reason });
  }

  #turnOver({ client, seat }: Member, state: 'served' | 'skipped', out: Outcome): void {
    if (this.#options.order !== 'strict') return;
    this.#announced = undefined;
    this.#turns++;
    out.turns.push({
      client,
      room: this.name,
      seat,
      number: this.#turns,
      state,
      before: out.deliveries.length,
    });
  }

  #handle(member: Member, item: Item, out: Outcome): void {
    item.take();
    if (this.#options.transform !== 'handler') {
      this.#answers.deliverTaken(member, item, out);
      return this.#finishIfIdle(member, out);
    }
    const ticket = ++this.#tickets.last;
    member.handling = { ticket, item, elsewhere: false };
    this.#handling++;
    out.work.push({
      client: member.client,
      ticket,
      room: this.name,
      seat: member.seat,
      name: member.name,
      text: item.line,
    });
  }

  /** The handler is done with a line. `result: undefined`: its sender has left, only the place is free again. */
  done(client: Client, ticket: number, result: HandlerResult | undefined, out: Outcome): void {
    this.#voice.begin();
    const moved = this.#movedOn.get(client);
    if (moved?.ticket === ticket) {
      this.#movedOn.delete(client);
      this.#handling--;
      if (result) this.#answers.handled(moved.member, moved.item, result, out);
    }
    // Whoever has come back since has its seat here too.
    const member = this.#seats.get(client);
    if (member?.handling?.ticket === ticket) this.#handled(member, member.handling, result, out);
    this.#serve(out);
  }

  #handled(member: Member, handling: Handling, result: HandlerResult | undefined, out: Outcome): void {
    member.handling = undefined;
    // Answered in the room it came from, and the faults behind it with it.
    if (handling.elsewhere && member.newest === handling.item && handling.item.isTaken)
      member.newest = undefined;
    if (!handling.elsewhere) this.#handling--;
    if (!handling.elsewhere && result) this.#answers.handled(member, handling.item, result, out);
    this.#release(member, out);
  }

  /** A member whose line cannot be handled now. A quit waits for nobody to read: what is owed is bounded. */
  #isStalled(member: Member): boolean {
    return member.handling !== undefined || (member.slow && this.#closing === undefined);
  }

  /** Serves what was held back while the member was slow or its line was being handled. */
  #release(member: Member, out: Outcome): void {
    while (!this.#isStalled(member)) {
      const item = member.held.shift();
      if (item === undefined) break;
      this.#handle(member, item, out);
    }
    this.#finishIfIdle(member, out);
  }

  #finishIfIdle(member: Member, out: Outcome): void {
    if (member.ended === undefined || this.#closing !== undefined || this.queued(member.client) > 0) return;
    if (this.#seats.get(member.client) !== member) return;
    this.#voice.tell(out, member.client, { verb: 'BYE', reason: member.ended });
    out.closed.push(member.client);
    this.#remove(member, member.ended, out);
  }

  #closeIfDrained(out: Outcome): void {
    if (this.#closing === undefined || this.#queue.size > 0 || this.#handling > 0) return;
    for (const { held, handling } of this.#seats.members())
      if (held.length > 0 || handling !== undefined) return;
    for (const member of this.#seats.members()) {
      this.#voice.tell(out, member.client, { verb: 'BYE', reason: this.#closing });
      out.closed.push(member.client);
      this.#seats.remove(member);
      this.#queue.leave(member.client);
    }
  }

  /** What the member still had queued comes back. */
  #remove(member: Member, reason: string, out: Outcome, keepsHandler = false): Item[] {
    const { client, seat } = member;
    this.#seats.remove(member);
    if (member.slow) this.#slow--;
    if (member.ended !== undefined) this.#ended--;
    if (member.handling?.elsewhere === false && !keepsHandler) this.#handling--;
    if (this.#announced === client) this.#announced = undefined;
    const items = this.#queue.leave(client);
    out.left.push({ client, room: this.name, seat, reason, address: member.address });
    if (this.#closing === undefined) this.#tellFew({ verb: 'LEAVE', seat, reason }, client, out);
    if (!this.#started && this.#seats.size <= TOLD_CLIENTS) this.#tellWait(this.#seats.everyone, out);
    return items;
  }

  /** Tells what a crowd would drown in. */
  #tellFew(event: Event, except: Client, out: Outcome): void {
    if (this.#seats.size <= TOLD_CLIENTS) this.#voice.tell(out, this.#seats.everyone, event, except);
  }

  #tellWait(to: Client | readonly Client[], out: Outcome): void {
    this.#voice.tell(out, to, { verb: 'WAIT', ...this.presence });
  }

  #tick(out: Outcome): void {
    if (this.#more) this.#serve(out);
    const client = this.waitedFor;
    if (client === undefined || client === this.#announced || this.#more) return;
    const seat = this.#seats.get(client)?.seat;
    if (seat === undefined) return;
    this.#announced = client;
    const before = out.deliveries.length;
    out.turns.push({ client, room: this.name, seat, number: this.turn, state: 'waiting', before });
    this.#voice.tell(out, this.#seats.everyone, { verb: 'TURN', seat });
  }
}
