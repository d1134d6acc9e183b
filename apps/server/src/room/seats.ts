import { NO_NAME } from '@proto/protocol';
import type { Member } from './member.ts';
import type { Client } from './records.ts';

/** Who is in a room: by client, by seat and by name. */
export class Seats {
  readonly #byClient = new Map<Client, Member>();
  /** Created when somebody is first looked up by seat. */
  #bySeat: Map<number, Member> | undefined;
  readonly #byName = new Map<string, Member>();
  #everyone: readonly Client[] | undefined;
  #next = 1;

  get size(): number {
    return this.#byClient.size;
  }

  /** The seat that the next member gets. A number is given only once. */
  get next(): number {
    return this.#next;
  }

  /** Skips numbers that were given to members that are gone. */
  set next(seat: number) {
    this.#next = seat;
  }

  /** Every client in the room, by seat. The same array as long as nobody comes or goes. */
  get everyone(): readonly Client[] {
    this.#everyone ??= [...this.#byClient.keys()];
    return this.#everyone;
  }

  get(client: Client): Member | undefined {
    return this.#byClient.get(client);
  }

  members(): Iterable<Member> {
    return this.#byClient.values();
  }

  /** The member that `/to` names: a seat number or a name in any case. */
  find(to: string): Member | undefined {
    const isSeat = /^[1-9]\d*$/.test(to);
    return isSeat ? this.#seated.get(Number(to)) : this.#byName.get(to.toLowerCase());
  }

  get #seated(): Map<number, Member> {
    this.#bySeat ??= new Map([...this.#byClient.values()].map((member) => [member.seat, member]));
    return this.#bySeat;
  }

  isTaken(name: string): boolean {
    return this.#byName.has(name.toLowerCase());
  }

  add(member: Member): void {
    this.#next = member.seat + 1;
    this.#byClient.set(member.client, member);
    this.#bySeat?.set(member.seat, member);
    if (member.name !== NO_NAME) this.#byName.set(member.name.toLowerCase(), member);
    this.#everyone = undefined;
  }

  rename(member: Member, name: string): void {
    this.#byName.delete(member.name.toLowerCase());
    member.name = name;
    this.#byName.set(name.toLowerCase(), member);
  }

  remove(member: Member): void {
    this.#byClient.delete(member.client);
    this.#bySeat?.delete(member.seat);
    this.#byName.delete(member.name.toLowerCase());
    this.#everyone = undefined;
  }
}
