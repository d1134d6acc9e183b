import type { Outcome } from '../room/records.ts';

/** How many positions are remembered. */
const REMEMBERED = 65_536;

/** A number that says what happened. Two nodes with the same number at one position did the same, in all likelihood. */
export class Digest {
  readonly #at = new Uint32Array(REMEMBERED);
  #first: number;
  #last: number;
  #now: number;

  constructor(position: number, digest = 0x811c9dc5) {
    this.#first = this.#last = position;
    this.#now = digest;
    this.#at[position % REMEMBERED] = digest;
  }

  get now(): number {
    return this.#now;
  }

  /** After this many entries; `undefined`: too long ago, or not yet. */
  at(position: number): number | undefined {
    const isKnown = position >= this.#first && position <= this.#last && position > this.#last - REMEMBERED;
    return isKnown ? this.#at[position % REMEMBERED] : undefined;
  }

  /** Something more has happened. */
  add({ deliveries, served, turns, work, came, left, closed, quits }: Outcome): void {
    this.#mix(deliveries.length);
    for (const { client, lines } of served) this.#mix(client + lines);
    for (const turn of turns) this.#mix(turn.number);
    for (const { ticket } of work) this.#mix(ticket);
    for (const { client, seat } of came) this.#mix(client + seat);
    for (const { client, seat } of left) this.#mix(client - seat);
    this.#mix(closed.length + 1_000 * quits.length);
  }

  /** This many entries are done. */
  close(position: number): void {
    this.#last = position;
    this.#at[position % REMEMBERED] = this.#now;
  }

  #mix(value: number): void {
    // A client's number has more than 32 bits: both halves count. The steps are those of FNV-1a.
    const low = Math.imul(this.#now ^ (value >>> 0), 0x01000193);
    this.#now = Math.imul(low ^ Math.floor(value / 2 ** 32), 0x01000193) >>> 0;
  }
}
