import { COMMANDS, TOLD_CLIENTS } from '@proto/protocol';
import type { Order } from '@proto/scheduler';
import type { Member } from './member.ts';
import type { Client, Outcome, RoomCommand } from './records.ts';
import type { Attendance } from './attendance.ts';
import type { Seats } from './seats.ts';
import type { Voice } from './voice.ts';

/** What else is asked of a room, apart from its members. */
export interface Ring {
  /** Strict order: whose turn it is. */
  readonly holder: Client | undefined;
  /** Lines of all its clients that wait. */
  readonly waiting: number;
  queued(client: Client): number;
}

/** By which rules a room works, as far as its clients may ask. */
export interface Customs {
  readonly order: Order;
  /** Whom a quit closes. */
  readonly quit: 'all' | 'room' | 'self';
}

/** Commands that ask something, or only change a name. They are answered at once. */
export class Inquiries {
  readonly #room: string;
  readonly #attendance: Attendance;
  readonly #seats: Seats;
  readonly #voice: Voice;
  readonly #ring: Ring;
  readonly #customs: Customs;

  constructor(room: string, attendance: Attendance, voice: Voice, ring: Ring, customs: Customs) {
    this.#room = room;
    this.#attendance = attendance;
    this.#seats = attendance.seats;
    this.#voice = voice;
    this.#ring = ring;
    this.#customs = customs;
  }

  /** Tells a newcomer who is here and how many lines of whom wait. It would flood a crowd. */
  introduce(newcomer: Client, out: Outcome): void {
    if (this.#seats.size > TOLD_CLIENTS) return;
    for (const client of this.#inRingOrder()) {
      if (client !== newcomer) this.#describe('HERE', client, newcomer, out);
    }
  }

  /** Giving up a turn isn't a question: the room handles it. */
  answer(member: Member, command: RoomCommand, out: Outcome): void {
    switch (command.verb) {
      case 'ping':
        return this.#voice.tell(out, member.client, { verb: 'PONG', text: command.text });
      case 'help':
        for (const { usage, does } of COMMANDS) {
          this.#voice.tell(out, member.client, { verb: 'HELP', text: `${usage}: ${does}` });
        }
        return;
      case 'who':
        return this.#who(member, out);
      case 'room':
        return this.#tellCustoms(member, out);
      case 'name':
        return this.#rename(member, command.name, out);
      case 'pass':
        return;
      default:
        command satisfies never;
    }
  }

  #who({ client: asker }: Member, out: Outcome): void {
    const listed = this.#inRingOrder().slice(0, TOLD_CLIENTS);
    for (const client of listed) this.#describe('WHO', client, asker, out);
    this.#voice.tell(out, asker, { verb: 'END', listed: listed.length, present: this.#seats.size });
  }

  #tellCustoms({ client }: Member, out: Outcome): void {
    const { waiting } = this.#ring;
    const { presence } = this.#attendance;
    this.#voice.tell(out, client, {
      verb: 'ROOM',
      room: this.#room,
      ...this.#customs,
      ...presence,
      waiting,
    });
  }

  /** The ring, from the holder of the turn on. */
  #inRingOrder(): readonly Client[] {
    const ring = this.#seats.everyone;
    const { holder } = this.#ring;
    const start = holder === undefined ? 0 : ring.indexOf(holder);
    return [...ring.slice(start), ...ring.slice(0, start)];
  }

  #describe(verb: 'HERE' | 'WHO', client: Client, to: Client, out: Outcome): void {
    const member = this.#seats.get(client) as Member;
    const { seat, name } = member;
    const address = this.#attendance.addressOf(member, to);
    this.#voice.tell(out, to, { verb, seat, name, address, queued: this.#ring.queued(client) });
  }

  #rename(member: Member, name: string, out: Outcome): void {
    const isOwn = member.name.toLowerCase() === name.toLowerCase();
    if (!isOwn && this.#seats.isTaken(name)) {
      const text = `Cannot take the name ${name}: somebody here already has it`;
      return this.#voice.tell(out, member.client, { verb: 'ERR', code: 'NAME_TAKEN', text });
    }
    this.#seats.rename(member, name);
    out.named.push({ client: member.client, room: this.#room, seat: member.seat, name });
    // It would flood a crowd, but the client that took the name relies on it.
    const isCrowd = this.#seats.size > TOLD_CLIENTS;
    const to = isCrowd ? member.client : this.#seats.everyone;
    this.#voice.tell(out, to, { verb: 'NAME', seat: member.seat, name });
  }
}
