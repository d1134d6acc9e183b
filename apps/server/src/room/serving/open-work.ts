import type { Item } from './item.ts';
import type { ItemNumbers } from '../dump/item-numbers.ts';
import { createMember, type Handling, type Member } from '../member.ts';
import type { Client, Outcome } from '../records.ts';
import type { MovedOnDump, WrittenRoom } from '../dump/room-dump.ts';

/** The newest ticket given to a line for the handler; one count for all rooms. */
export interface Tickets {
  last: number;
}

/** A line at the handler, of a client that has since moved to another room. */
interface MovedOn {
  readonly member: Member;
  readonly ticket: number;
  readonly item: Item;
}

/** The lines of one room that are at the handler. They go out as work, and come back as `done` records. */
export class OpenWork {
  readonly #room: string;
  readonly #tickets: Tickets;
  readonly #movedOn = new Map<Client, MovedOn>();
  #size = 0;

  constructor(room: string, tickets: Tickets, written?: WrittenRoom) {
    this.#room = room;
    this.#tickets = tickets;
    if (written === undefined) return;
    const { dump, items } = written;
    for (const { client, seat, ticket, item } of dump.movedOn) {
      this.#movedOn.set(client, { member: createMember(client, seat, ''), ticket, item: items[item]! });
    }
    const here = dump.members.filter(({ handling }) => handling?.elsewhere === false);
    this.#size = here.length + dump.movedOn.length;
  }

  dump(numbers: ItemNumbers): MovedOnDump[] {
    return Array.from(this.#movedOn, ([client, { member, ticket, item }]) => {
      return { client, seat: member.seat, ticket, item: numbers.of(item) };
    });
  }

  /** How many lines are at the handler, including those of clients that moved on. */
  get size(): number {
    return this.#size;
  }

  /** Whether the handler has a line of a client that moved on. */
  get isAwaited(): boolean {
    return this.#movedOn.size > 0;
  }

  /** Passes the line that was taken last to the handler. */
  give(member: Member, item: Item, out: Outcome): void {
    const { client, seat, name } = member;
    const ticket = ++this.#tickets.last;
    member.handling = { ticket, item, elsewhere: false };
    this.#size++;
    out.work.push({ client, ticket, room: this.#room, seat, name, text: item.line });
  }

  /** The handler is done with the line of a member. */
  takeBack(member: Member, handling: Handling): void {
    member.handling = undefined;
    if (!handling.elsewhere) this.#size--;
  }

  /** A member moves to another room. Its line at the handler is still answered here. */
  moveOn(member: Member): void {
    const { client, handling } = member;
    if (handling?.elsewhere !== false) return;
    this.#movedOn.set(client, { member, ticket: handling.ticket, item: handling.item });
  }

  /** The handler is done with the line of a client that moved on. `undefined`: no such line has this ticket. */
  takeMovedOn(client: Client, ticket: number): MovedOn | undefined {
    const moved = this.#movedOn.get(client);
    if (moved?.ticket !== ticket) return undefined;
    this.#movedOn.delete(client);
    this.#size--;
    return moved;
  }

  /** Forgets the line of a member that leaves. */
  drop({ handling }: Member): void {
    if (handling?.elsewhere === false) this.#size--;
  }
}
