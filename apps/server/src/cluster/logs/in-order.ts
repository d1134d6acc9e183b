import { type Clock, systemClock } from '@proto/scheduler';
import type { LogReader, Position } from '../log.ts';
import { tell } from './tell.ts';

/** When entries are looked for that didn't come by themselves. In milliseconds. */
export const IN_ORDER = {
  /** Nothing came for this long. */
  silentMs: 1_500,
  /** Looks again this soon for what must be there, and each time later, up to `mostAgainMs`. */
  againMs: 10,
  mostAgainMs: 500,
  /** A log that ends before what was read has gone back if it says so for this long: a server may just be starting. */
  wentBackMs: 10_000,
  /** It says so all the time if it's heard to at most this long apart. */
  apartMs: 7_000,
} as const;

/** How far ahead of its turn an entry is kept. The others are fetched when it comes. */
const MOST_EARLY = 1_024;

/** Where entries are fetched from. Both reject if nothing answers. */
export interface Source {
  /** The positions of the first entry that was not trimmed and of the last one. Empty: `last` is `first - 1`. */
  bounds(): Promise<{ readonly first: Position; readonly last: Position }>;
  /** Some entries from a position on, in order, without a gap. None: the first one isn't there, or not yet. `upTo`: or `Infinity`. */
  fetch(from: Position, upTo: Position): Promise<readonly string[]>;
}

interface Given {
  readonly position: Position;
  readonly entry: string;
}

/**
 * Reads a log whose entries may come late, twice, out of order or never: what is missing is fetched. Only the log itself says where it
 * ends. What comes from elsewhere makes it look, however wrong it is.
 */
export class InOrder {
  readonly #reader: LogReader;
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #early = new Map<Position, string>();
  #next: Position;
  /** The last position that is there, as the log said, or as an entry says that came early since then. */
  #last: Position = 0;
  /** More is said to be there, and it hasn't looked since. */
  #isHeard = false;
  /** Since when the log says that it ends before what was read, and when it said so last. */
  #back: { readonly since: number; at: number } | undefined;
  /** The entry that was given last. */
  #given: Given | undefined;
  /** One that was given before the log may have gone back. If another one is there now, it has. */
  #anchor: Given | undefined;
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

  /** An entry has come. One whose position is none is passed over. */
  offer(position: number, entry: string): void {
    if (this.#isOver || !Number.isSafeInteger(position) || position < this.#next) return;
    if (position > this.#next) {
      if (position <= this.#next + MOST_EARLY) this.#early.set(position, entry);
      this.#last = Math.max(this.#last, position);
      return this.look();
    }
    this.#give(entry);
    for (let early = this.#take(); early !== undefined; early = this.#take()) this.#give(early);
  }

  /** There may be more: it's fetched. */
  hear(): void {
    this.#isHeard = true;
    this.look();
  }

  /** The log was out of reach, or silent. Looks for what has not come, and whether what was given is still there. */
  back(): void {
    this.#anchor ??= this.#given;
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
    this.#back = undefined;
    const position = this.#next++;
    this.#given = { position, entry };
    if (this.#anchor !== undefined) this.look();
    if (!tell(() => this.#reader.entry(position, entry))) this.close();
  }

  get #isMore(): boolean {
    return this.#isHeard || this.#last >= this.#next;
  }

  /** Fetches until everything that is there was read. */
  async #fill(): Promise<void> {
    let againMs: number = IN_ORDER.againMs;
    while (!this.#isOver) {
      const from = this.#next;
      if (this.#anchor !== undefined) await this.#compare(this.#anchor);
      const isMore = this.#isMore;
      if (isMore) await this.#fetch();
      if ((!isMore || this.#next === from) && (await this.#looksComplete())) return;
      if (this.#next > from || (!isMore && this.#isMore)) {
        againMs = IN_ORDER.againMs;
      } else {
        await this.#pause(againMs);
        againMs = Math.min(2 * againMs, IN_ORDER.mostAgainMs);
      }
    }
  }

  async #fetch(): Promise<void> {
    let position = this.#next;
    const upTo = this.#isHeard ? Infinity : this.#last;
    this.#isHeard = false;
    const entries = await this.#source.fetch(position, upTo).catch(noAnswer);
    for (const entry of entries ?? []) this.offer(position++, entry);
  }

  /** Whether an entry that was given is there, if anything is. */
  async #compare({ position, entry }: Given): Promise<void> {
    const [there] = (await this.#source.fetch(position, position).catch(noAnswer)) ?? [];
    if (there === entry) this.#anchor = undefined;
    else if (there !== undefined && !this.#isOver) this.#end(() => this.#reader.wentBack());
  }

  /** Asks where the log begins and ends. False: there is more, or nothing answers. */
  async #looksComplete(): Promise<boolean> {
    const said = this.#last;
    const bounds = await this.#source.bounds().catch(noAnswer);
    if (this.#isOver) return true;
    if (bounds === undefined) return false;
    const { first, last } = bounds;
    // What an entry said before it was asked counts no longer.
    this.#last = this.#last === said ? last : Math.max(this.#last, last);
    // It was trimmed.
    if (this.#anchor !== undefined && this.#anchor.position < first) this.#anchor = undefined;
    if (this.#next < first) this.#end(() => this.#reader.lost());
    else if (last < this.#next - 1) this.#looksBack();
    else this.#back = undefined;
    return !this.#isMore;
  }

  #looksBack(): void {
    const now = this.#clock.now();
    if (this.#back === undefined || now - this.#back.at > IN_ORDER.apartMs)
      this.#back = { since: now, at: now };
    this.#back.at = now;
    this.#anchor ??= this.#given;
    this.#early.clear();
    if (now - this.#back.since >= IN_ORDER.wentBackMs) this.#end(() => this.#reader.wentBack());
  }

  #end(say: () => void): void {
    this.close();
    tell(say);
  }

  /** Looks whenever nothing has come for a while, at what is there as well. */
  #listen(): void {
    if (this.#isOver) return;
    const silentMs = this.#clock.now() - this.#progressAt;
    // Another server may lead the log now.
    if (silentMs >= IN_ORDER.silentMs) this.back();
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

/** Later, it's asked again. */
const noAnswer = (): undefined => undefined;
