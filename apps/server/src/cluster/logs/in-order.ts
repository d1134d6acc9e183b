import { type Clock, systemClock } from '@proto/scheduler';
import type { LogReader, Position } from '../log.ts';

/** When entries are looked for that didn't come by themselves. In milliseconds. */
export const IN_ORDER = {
  /** Nothing came for this long. */
  silentMs: 1_500,
  /** Looks again this soon for what must be there, and each time later, up to `mostAgainMs`. */
  againMs: 10,
  mostAgainMs: 500,
  /** A log that ends before what was read has gone back if it says so for this long: a server may just be starting. */
  wentBackMs: 10_000,
} as const;

/** How many entries are kept that came before their turn. The others are fetched when it comes. */
const MOST_EARLY = 1_024;

/** Where entries are fetched from. Both reject if nothing answers. */
export interface Source {
  /** The positions of the first entry that was not trimmed and of the last one. Empty: `last` is `first - 1`. */
  bounds(): Promise<{ readonly first: Position; readonly last: Position }>;
  /** Some entries from a position on, in order, without a gap. None: the first one isn't there, or not yet. */
  fetch(from: Position, upTo: Position): Promise<readonly string[]>;
}

/** Reads a log whose entries may come late, twice, out of order or never: what is missing is fetched. */
export class InOrder {
  readonly #reader: LogReader;
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #early = new Map<Position, string>();
  #next: Position;
  /** The last position that is known to be there. */
  #known: Position = 0;
  #backSince: number | undefined;
  #isFilling = false;
  #isOver = false;
  #progressAt: number;
  readonly #callOffs = new Set<() => void>();

  constructor(after: Position, reader: LogReader, source: Source, clock: Clock = systemClock) {
    this.#next = after + 1;
    this.#reader = reader;
    this.#source = source;
    this.#clock = clock;
    this.#progressAt = clock.now();
    this.#listen();
  }

  /** An entry has come. */
  offer(position: Position, entry: string): void {
    if (this.#isOver || position < this.#next) return;
    this.#known = Math.max(this.#known, position);
    if (position > this.#next) {
      if (this.#early.size < MOST_EARLY) this.#early.set(position, entry);
      return this.look();
    }
    this.#give(entry);
    for (let early = this.#take(); early !== undefined; early = this.#take()) this.#give(early);
  }

  /** An entry is there, and is fetched. */
  hear(position: Position): void {
    this.#known = Math.max(this.#known, position);
    this.look();
  }

  /** Looks for what has not come. */
  look(): void {
    if (this.#isFilling || this.#isOver) return;
    this.#isFilling = true;
    void this.#fill().finally(() => {
      this.#isFilling = false;
    });
  }

  /** Nothing more is read. */
  close(): void {
    this.#isOver = true;
    for (const callOff of this.#callOffs) callOff();
    this.#early.clear();
  }

  #take(): string | undefined {
    const entry = this.#early.get(this.#next);
    this.#early.delete(this.#next);
    return this.#isOver ? undefined : entry;
  }

  #give(entry: string): void {
    this.#progressAt = this.#clock.now();
    this.#reader.entry(this.#next++, entry);
  }

  /** Fetches until everything that is known to be there was read. */
  async #fill(): Promise<void> {
    let againMs: number = IN_ORDER.againMs;
    while (!this.#isOver) {
      const from = this.#next;
      try {
        if (this.#known < from && (await this.#looksComplete())) return;
        if (this.#known >= this.#next) await this.#fetch();
        if (this.#next === from) await this.#looksComplete();
      } catch {
        // Nothing answers: later.
      }
      if (this.#next > from) againMs = IN_ORDER.againMs;
      else await this.#pause(againMs);
      againMs = Math.min(2 * againMs, IN_ORDER.mostAgainMs);
    }
  }

  async #fetch(): Promise<void> {
    let position = this.#next;
    for (const entry of await this.#source.fetch(position, this.#known)) this.offer(position++, entry);
  }

  /** Asks where the log begins and ends. */
  async #looksComplete(): Promise<boolean> {
    const { first, last } = await this.#source.bounds();
    if (this.#isOver) return true;
    if (this.#next < first) this.#end(() => this.#reader.lost());
    else if (last < this.#next - 1) this.#looksBack(last);
    else {
      this.#backSince = undefined;
      this.#known = Math.max(this.#known, last);
    }
    return this.#known < this.#next;
  }

  #looksBack(last: Position): void {
    const now = this.#clock.now();
    this.#backSince ??= now;
    this.#known = last;
    this.#early.clear();
    if (now - this.#backSince >= IN_ORDER.wentBackMs) this.#end(() => this.#reader.wentBack());
  }

  #end(tell: () => void): void {
    this.close();
    tell();
  }

  /** Looks whenever nothing has come for a while. */
  #listen(): void {
    if (this.#isOver) return;
    const silentMs = this.#clock.now() - this.#progressAt;
    if (silentMs >= IN_ORDER.silentMs) this.look();
    const wait = silentMs >= IN_ORDER.silentMs ? IN_ORDER.silentMs : IN_ORDER.silentMs - silentMs;
    this.#later(wait, () => this.#listen());
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.#later(ms, resolve));
  }

  #later(ms: number, act: () => void): void {
    const callOff = this.#clock.setTimeout(() => {
      this.#callOffs.delete(callOff);
      act();
    }, ms);
    this.#callOffs.add(callOff);
  }
}
