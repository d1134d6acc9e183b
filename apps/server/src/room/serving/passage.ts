import { TOLD_TURNS } from '@proto/protocol';

/** A passage as plain data. */
export interface PassageDump {
  readonly count: number;
  readonly seats: readonly number[];
  readonly isNews: boolean;
}

/** The turns that went by since the last one that was announced: how many, and who was served in the last few. */
export class Passage {
  #count: number;
  readonly #seats: number[];
  #isNews: boolean;

  constructor({ count, seats, isNews }: PassageDump = { count: 0, seats: [], isNews: false }) {
    this.#count = count;
    this.#seats = [...seats];
    this.#isNews = isNews;
  }

  dump(): PassageDump {
    return { count: this.#count, seats: [...this.#seats], isNews: this.#isNews };
  }

  /** A turn went by: a line of this seat was served, or nothing was, which everybody was told. */
  add(seat: number | undefined): void {
    this.#count++;
    if (seat === undefined) return;
    this.#isNews = true;
    this.#keep(seat);
  }

  /** The turns of `ring` went by, one after another, round after round: those from number `from` to `to`, counted from 0. */
  addRounds(ring: readonly { readonly seat: number }[], from: number, to: number): void {
    if (from >= to) return;
    this.#count += to - from;
    this.#isNews = true;
    for (let turn = Math.max(from, to - TOLD_TURNS); turn < to; turn++)
      this.#keep(ring[turn % ring.length]!.seat);
  }

  /** What to tell of it, if anything is news. Starts again from none. */
  take(): { readonly count: number; readonly seats: readonly number[] } | undefined {
    const told = this.#isNews ? { count: this.#count, seats: [...this.#seats] } : undefined;
    this.#count = 0;
    this.#isNews = false;
    while (this.#seats.length > 0) this.#seats.pop();
    return told;
  }

  #keep(seat: number): void {
    if (this.#seats.length === TOLD_TURNS) this.#seats.shift();
    this.#seats.push(seat);
  }
}
