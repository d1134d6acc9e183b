import { COMMANDS, TOLD_CLIENTS } from '@proto/protocol';
import type { Member } from './member.ts';
import type { Client, Outcome, RoomCommand } from './records.ts';
import type { Attendance } from './attendance.ts';
import type { Seats } from './seats.ts';
import type { Voice } from './voice.ts';

/** What else is asked of a room, apart from its members. */
export interface Ring {
  /** Strict order: whose turn it is. */
  readonly holder: Client | undefined;
  queued(client: Client): number;
}

/** Commands that ask something, or only change a name. They are answered at once. */
export class Inquiries {
  readonly #room: string;
  readonly #attendance: Attendance;
  readonly #seats: Seats;
  readonly #voice: Voice;
  readonly #ring: Ring;

  constructor(room: string, attendance: Attendance, voice: Voice, ring: Ring) {
    this.#room = room;
    this.#attendance = attendance;
    this.#seats = attendance.seats;
    this.#voice = voice;
    this.#ring = ring;
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
      case 'name':
        return this.#rename(member, command.name, out);
      case 'pass':
        return;
      default:
        command satisfies never;
    }
  }

  /** The ring, from the holder of the turn on. */
  #who(asker: Member, out: Outcome): void {
    const ring = this.#seats.everyone;
    const { holder } = this.#ring;
    const start = holder === undefined ? 0 : ring.indexOf(holder);
    const listed = [...ring.slice(start), ...ring.slice(0, start)].slice(0, TOLD_CLIENTS);
    for (const client of listed) {
      const member = this.#seats.get(client) as Member;
      const { seat, name } = member;
      const address = this.#attendance.addressOf(member, asker.client);
      const queued = this.#ring.queued(client);
      this.#voice.tell(out, asker.client, { verb: 'WHO', seat, name, address, queued });
    }
    this.#voice.tell(out, asker.client, { verb: 'END', listed: listed.length, present: ring.length });
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
