import { ERROR_CODES, type ErrorCode } from '@proto/protocol';
import { Attendance, type AttendanceOptions } from './attendance.ts';
import { Inquiries } from './inquiries.ts';
import type { Item } from './serving/item.ts';
import type { ItemNumbers } from './dump/item-numbers.ts';
import type { Luggage, Member } from './member.ts';
import { OpenWork, type Tickets } from './serving/open-work.ts';
import type { Person } from './person.ts';
import type { Client, HandlerResult, Outcome, RoomCommand, RoomRecord } from './records.ts';
import type { RoomDump, WrittenRoom } from './dump/room-dump.ts';
import type { RoomStatus } from './room-status.ts';
import { Service, type ServiceOptions } from './serving/service.ts';
import { Turns } from './serving/turns.ts';
import { Voice } from './voice.ts';

export interface RoomOptions extends AttendanceOptions, ServiceOptions {
  readonly events: boolean;
  /** Whom a quit closes. */
  readonly quit: 'all' | 'room' | 'self';
}

/** What happens in one room. Moves between rooms and handler results reach it as separate calls. */
export type InRoom =
  | Exclude<RoomRecord, { type: 'join' | 'quit' | 'done' | 'command' | 'hold' | 'step' | 'kick' | 'say' }>
  | { readonly type: 'command'; readonly client: Client; readonly command: RoomCommand };

/**
 * One room: who is in, whose turn it is, who gets what. A deterministic reducer: nothing but the records decides.
 *
 * Order, recipient and handler are independent. Held to: docs/protocol.md, "Turns" and "Ends".
 */
export class Room {
  readonly name: string;
  readonly #order: RoomOptions['order'];
  readonly #voice: Voice;
  readonly #attendance: Attendance;
  readonly #turns: Turns;
  readonly #work: OpenWork;
  readonly #service: Service;
  readonly #inquiries: Inquiries;

  constructor(name: string, options: RoomOptions, tickets: Tickets, written?: WrittenRoom) {
    const voice = new Voice(options.events);
    const attendance = new Attendance(name, options, voice, written);
    const turns = new Turns(name, options.order, attendance, voice, written);
    const work = new OpenWork(name, tickets, written);
    this.name = name;
    this.#order = options.order;
    this.#voice = voice;
    this.#attendance = attendance;
    this.#turns = turns;
    this.#work = work;
    this.#service = new Service(options, { attendance, turns, work, voice }, written);
    this.#inquiries = new Inquiries(name, attendance, voice, this, {
      order: options.order,
      quit: options.quit,
    });
  }

  /** A room that continues exactly as the dumped one would under these options. `items`: by number. */
  static from(dump: RoomDump, options: RoomOptions, tickets: Tickets, items: readonly Item[]): Room {
    return new Room(dump.name, options, tickets, { dump, items });
  }

  dump(numbers: ItemNumbers): RoomDump {
    return {
      name: this.name,
      ...this.#attendance.dump(numbers),
      ...this.#turns.dump(numbers),
      movedOn: this.#work.dump(numbers),
      more: this.#service.more,
      held: this.#service.held,
    };
  }

  get isEmpty(): boolean {
    return this.#attendance.seats.size === 0 && !this.#work.isAwaited;
  }

  /** Clients in the room, by seat. */
  get clients(): readonly Client[] {
    return this.#attendance.seats.everyone;
  }

  member(client: Client): Readonly<Member> | undefined {
    return this.#attendance.seats.get(client);
  }

  /** How many lines of this client wait or are being handled. */
  queued(client: Client): number {
    const member = this.#attendance.seats.get(client);
    return member === undefined ? 0 : this.#service.queued(member);
  }

  /** How many lines wait. */
  get waiting(): number {
    return this.#turns.waiting;
  }

  /** How many are present, and how many the room waits for before its first turn; equal once it has started. */
  get presence(): { readonly have: number; readonly want: number } {
    return this.#attendance.presence;
  }

  /** Whether a tick could find something to do: lines left over, or a turn to announce. */
  get mayWantTick(): boolean {
    return this.#service.more || this.#order === 'strict';
  }

  /** The client that the room waits for: strict order, its turn, nothing queued. */
  get waitedFor(): Client | undefined {
    return this.#service.waitedFor;
  }

  /** A quit closes it. */
  get isClosing(): boolean {
    return this.#attendance.closing !== undefined;
  }

  /** Strict order: whose turn it is. */
  get holder(): Client | undefined {
    return this.#turns.holder;
  }

  /** Strict order: the number of the current turn, from 1. */
  get turn(): number {
    return this.#turns.number;
  }

  /** What the room is doing now. */
  get status(): RoomStatus {
    return {
      room: this.name,
      ...this.presence,
      turn: this.turn,
      holder: this.#seatOf(this.holder),
      waitedFor: this.#seatOf(this.waitedFor),
      waiting: this.waiting,
      held: this.#service.held,
    };
  }

  /** Everybody in the room, by seat. A row is created when it's requested. */
  *people(): Generator<Person> {
    for (const member of this.#attendance.seats.members()) {
      const { client, seat, name, address, served, slow, ended } = member;
      const waiting = this.#service.queued(member);
      yield { client, room: this.name, seat, name, address, waiting, served, slow, ended };
    }
  }

  isTaken(name: string): boolean {
    return this.#attendance.seats.isTaken(name);
  }

  /** Lets a client in, with what it brings from another room. */
  join(client: Client, address: string, out: Outcome, luggage?: Luggage): void {
    this.#voice.begin();
    this.#attendance.seat(client, address, luggage, out);
    this.#inquiries.introduce(client, out);
    this.#attendance.tellOthers(client, out);
    this.#turns.join(client, luggage?.items ?? []);
    this.#turns.tell(client, out);
    this.#service.serve(out);
  }

  /** Lets a client go to another room, with everything that it has waiting. */
  depart(client: Client, reason: string, out: Outcome): Luggage | undefined {
    this.#voice.begin();
    const member = this.#attendance.seats.get(client);
    if (member === undefined) return undefined;
    const { handling, slow, name, newest } = member;
    const items = this.#service.moveOn(member, reason, out);
    this.#service.serve(out);
    return { name, items, newest, handling: handling && { ...handling, elsewhere: true }, slow };
  }

  /** What its sender gets for a run now, if nothing else follows from it. `undefined`: apply the record. */
  answer(client: Client, text: string, lines: number): string | undefined {
    const member = this.#attendance.seats.get(client);
    if (member === undefined) return undefined;
    this.#voice.begin();
    return this.#service.answer(member, text, lines);
  }

  apply(record: InRoom, out: Outcome): void {
    this.#voice.begin();
    if (record.type === 'tick') return this.#service.tick(out);
    const member = this.#attendance.seats.get(record.client);
    if (member === undefined) return;
    switch (record.type) {
      case 'line':
        this.#service.line(member, record.text, record.to);
        break;
      case 'lines':
        return this.#service.run(member, record.text, record.count, out);
      case 'fault':
        this.#fault(member, record.code, record.text, out);
        break;
      case 'command':
        this.#command(member, record.command, out);
        break;
      case 'end':
        this.#service.end(member, record.reason, out);
        break;
      case 'leave':
        this.#service.leave(member, record.reason, out);
        break;
      case 'skip':
        if (this.waitedFor === record.client && this.turn === record.turn) {
          this.#letPass(member, record.reason, out);
        }
        break;
      case 'slow':
        this.#service.setSlow(member, record.slow, out);
    }
    this.#service.serve(out);
  }

  /** The handler is done with a line. `result: undefined`: its sender has left, and only the slot becomes free. */
  done(client: Client, ticket: number, result: HandlerResult | undefined, out: Outcome): void {
    this.#voice.begin();
    this.#service.done(client, ticket, result, out);
  }

  /** Holds the turns, or lets them go on. */
  hold(on: boolean, out: Outcome): void {
    this.#voice.begin();
    if (this.#service.hold(on, out)) out.held.push({ room: this.name, on });
  }

  /** Serves at most this many lines of a held room. */
  step(turns: number, out: Outcome): void {
    this.#voice.begin();
    this.#service.step(turns, out);
  }

  /** Ends a member: its last line, and nothing that it has waiting. */
  kick(client: Client, reason: string, out: Outcome): void {
    this.#voice.begin();
    const member = this.#attendance.seats.get(client);
    if (member === undefined) return;
    this.#attendance.bye(member, reason, out);
    this.#service.leave(member, reason, out);
    this.#service.serve(out);
  }

  /** Says something to everybody. */
  say(text: string, out: Outcome): void {
    this.#voice.begin();
    this.#voice.tell(out, this.#attendance.seats.everyone, { verb: 'SAY', text });
  }

  /** Tells everybody, serves what was accepted, then closes everybody. */
  quit(by: number | undefined, reason: string, out: Outcome): void {
    if (this.isClosing) return;
    this.#voice.begin();
    this.#attendance.beginClosing(by, reason, out);
    this.#service.drain(out);
  }

  #seatOf(client: Client | undefined): number | undefined {
    return client === undefined ? undefined : this.#attendance.seats.get(client)?.seat;
  }

  /** The room has waited long enough for a member. */
  #letPass(member: Member, reason: string, out: Outcome): void {
    const isPassedOver = this.#attendance.letPass(member);
    this.#turns.skip(isPassedOver ? `${reason}: passed over until it says a line` : reason, out);
    if (!isPassedOver) return;
    const { client, seat, skips } = member;
    out.passedOver.push({ client, room: this.name, seat });
    const turns = skips === 1 ? 'a turn' : `${skips} turns in a row`;
    const text = `Cannot wait for you any longer: ${turns} passed without a line. Say one to take turns again`;
    this.#voice.tell(out, client, { verb: 'ERR', code: 'PASSED_OVER', text });
  }

  #fault(member: Member, code: ErrorCode, text: string, out: Outcome): void {
    const isAnswer = ERROR_CODES[code] === 'answer';
    // A line before it may have come too late as well: the client would take this for the answer to that.
    if (isAnswer && !this.#service.accepts(member)) return;
    if (isAnswer && member.newest !== undefined) member.newest.faults.push({ code, text });
    else this.#voice.tell(out, member.client, { verb: 'ERR', code, text });
  }

  #command(member: Member, command: RoomCommand, out: Outcome): void {
    if (command.verb !== 'pass') return this.#inquiries.answer(member, command, out);
    if (this.waitedFor === member.client) {
      this.#attendance.heard(member);
      return this.#turns.skip('passed', out);
    }
    const why = this.#service.held ? 'the turns are held' : 'it is not your turn';
    this.#fault(member, 'NOT_YOUR_TURN', `Cannot pass: ${why}`, out);
  }
}
