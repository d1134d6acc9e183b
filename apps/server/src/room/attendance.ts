import { type Event, NO_ADDRESS, NO_NAME, PROTOCOL_VERSION, TOLD_CLIENTS } from '@proto/protocol';
import type { ItemNumbers } from './dump/item-numbers.ts';
import { dumpMember, memberFrom } from './dump/member-dump.ts';
import { createMember, type Luggage, type Member } from './member.ts';
import type { Client, Outcome } from './records.ts';
import type { AttendanceDump, WrittenRoom } from './dump/room-dump.ts';
import { Seats } from './seats.ts';
import type { Voice } from './voice.ts';

export interface AttendanceOptions {
  /** How many clients must be present before the first turn. */
  readonly clients: number;
  /** Strict order: how many turns in a row a client may let pass. Beyond that, the room doesn't wait for it. */
  readonly maxSkips: number | 'none';
  /** Whether clients are told the addresses of others. */
  readonly addresses: 'shown' | 'hidden';
}

/**
 * Who is in a room, and what others are told about those who come and go. A room starts once enough clients are
 * present, and then never waits for more again. It closes once.
 */
export class Attendance {
  readonly seats: Seats = new Seats();
  readonly #room: string;
  readonly #clients: number;
  readonly #maxSkips: number;
  readonly #hidesAddresses: boolean;
  readonly #voice: Voice;
  #started = false;
  #closing: string | undefined;
  #slow = 0;
  #ended = 0;
  #absent = 0;

  constructor(
    room: string,
    { clients, maxSkips, addresses }: AttendanceOptions,
    voice: Voice,
    written?: WrittenRoom,
  ) {
    this.#room = room;
    this.#clients = clients;
    this.#maxSkips = maxSkips === 'none' ? Infinity : maxSkips;
    this.#hidesAddresses = addresses === 'hidden';
    this.#voice = voice;
    if (written === undefined) return;
    const { dump, items } = written;
    for (const each of dump.members) this.#add(memberFrom(each, items));
    this.seats.next = dump.nextSeat;
    this.#started = dump.started;
    this.#closing = dump.closing;
  }

  dump(numbers: ItemNumbers): AttendanceDump {
    return {
      members: Array.from(this.seats.members(), (member) => dumpMember(member, numbers)),
      nextSeat: this.seats.next,
      started: this.#started,
      closing: this.#closing,
    };
  }

  get started(): boolean {
    return this.#started;
  }

  /** Why the room closes; `undefined` while it doesn't. */
  get closing(): string | undefined {
    return this.#closing;
  }

  /** Members that read too slowly to be served. */
  get slow(): number {
    return this.#slow;
  }

  /** Members that have stopped sending, and have lines waiting. */
  get ended(): number {
    return this.#ended;
  }

  /** Members that read too slowly to be served, or are passed over. */
  get absent(): number {
    return this.#absent;
  }

  /** How many are present, and how many the room waits for before its first turn; equal once it has started. */
  get presence(): { readonly have: number; readonly want: number } {
    const have = this.seats.size;
    return { have, want: this.#started ? have : this.#clients };
  }

  /** Seats a client, with what it brings from another room. */
  seat(client: Client, address: string, luggage: Luggage | undefined, out: Outcome): void {
    const member = createMember(client, this.seats.next, address, luggage);
    const { seat, name } = member;
    this.#add(member);
    if (this.seats.size >= this.#clients) this.#started = true;
    const named = name === NO_NAME ? undefined : { name };
    out.came.push({ client, room: this.#room, seat, address, ...named, ...this.presence });
    this.#voice.tell(out, client, {
      verb: 'WELCOME',
      seat,
      clients: this.#clients,
      room: this.#room,
      version: PROTOCOL_VERSION,
    });
  }

  /** Tells the others that a client has come, and everybody how many are still missing. */
  tellOthers(client: Client, out: Outcome): void {
    const member = this.seats.get(client) as Member;
    const { seat, name } = member;
    this.#tellFew({ verb: 'JOIN', seat, name, address: this.addressOf(member) }, client, out);
    if (!this.#started) this.#tellWait(this.seats.size > TOLD_CLIENTS ? client : this.seats.everyone, out);
  }

  /** Removes a member from its seat. */
  leave(member: Member, reason: string, out: Outcome): void {
    const { client, seat, address } = member;
    this.seats.remove(member);
    if (member.slow) this.#slow--;
    if (this.#isAbsent(member)) this.#absent--;
    if (member.ended !== undefined) this.#ended--;
    out.left.push({ client, room: this.#room, seat, reason, address });
    if (this.#closing === undefined) this.#tellFew({ verb: 'LEAVE', seat, reason }, client, out);
    if (!this.#started && this.seats.size <= TOLD_CLIENTS) this.#tellWait(this.seats.everyone, out);
  }

  /** The address of a member, as `to` may see it. Left out: as others may. */
  addressOf({ client, address }: Member, to?: Client): string {
    return this.#hidesAddresses && client !== to ? NO_ADDRESS : address;
  }

  /** Notes that a member has stopped sending. The first reason stays. */
  end(member: Member, reason: string): void {
    if (member.ended === undefined) this.#ended++;
    member.ended ??= reason;
  }

  /** Notes whether a member reads too slowly to be served. Returns whether that has changed. */
  setSlow(member: Member, slow: boolean): boolean {
    if (member.slow === slow) return false;
    const wasAbsent = this.#isAbsent(member);
    member.slow = slow;
    this.#slow += slow ? 1 : -1;
    this.#recount(member, wasAbsent);
    return true;
  }

  /** Whether a member has let too many turns pass: its next ones pass at once, until it says a line. */
  isPassedOver({ skips }: Member): boolean {
    return skips >= this.#maxSkips;
  }

  /** Notes that a turn of a member has passed because it said nothing. Returns whether it is passed over from now on. */
  letPass(member: Member): boolean {
    const wasAbsent = this.#isAbsent(member);
    member.skips++;
    this.#recount(member, wasAbsent);
    return member.skips === this.#maxSkips;
  }

  /** Notes that a member has said a line, or given up its turn. */
  heard(member: Member): void {
    if (member.skips === 0) return;
    const wasAbsent = this.#isAbsent(member);
    member.skips = 0;
    this.#recount(member, wasAbsent);
  }

  /** Sends a member its last line. */
  bye(member: Member, reason: string, out: Outcome): void {
    this.#voice.tell(out, member.client, { verb: 'BYE', reason });
    out.closed.push(member.client);
  }

  /** Tells everybody that the room closes. `by`: the seat that quit, if it is in this room. */
  beginClosing(by: number | undefined, reason: string, out: Outcome): void {
    this.#closing = reason;
    this.#voice.tell(out, this.seats.everyone, { verb: 'QUIT', seat: by, reason });
  }

  /** Ends a room that closes: everybody gets a last line, and no seat is left. */
  close(reason: string, out: Outcome): void {
    for (const member of this.seats.members()) {
      this.bye(member, reason, out);
      this.seats.remove(member);
    }
  }

  #add(member: Member): void {
    this.seats.add(member);
    if (member.slow) this.#slow++;
    if (this.#isAbsent(member)) this.#absent++;
    if (member.ended !== undefined) this.#ended++;
  }

  #isAbsent(member: Member): boolean {
    return member.slow || this.isPassedOver(member);
  }

  #recount(member: Member, wasAbsent: boolean): void {
    this.#absent += Number(this.#isAbsent(member)) - Number(wasAbsent);
  }

  /** Sends an event that would flood a crowd, so only in small rooms. */
  #tellFew(event: Event, except: Client, out: Outcome): void {
    if (this.seats.size <= TOLD_CLIENTS) this.#voice.tell(out, this.seats.everyone, event, except);
  }

  #tellWait(to: Client | readonly Client[], out: Outcome): void {
    this.#voice.tell(out, to, { verb: 'WAIT', ...this.presence });
  }
}
