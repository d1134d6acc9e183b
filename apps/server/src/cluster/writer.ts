import type { Clock } from '@proto/scheduler';
import type { RoomRecord } from '../room/records.ts';
import { type Incarnation, type NodeRecord, writeHead, writeRecord } from './entry.ts';
import { fitting } from './fitting.ts';
import { type Log, MOST_ENTRY_BYTES } from './log.ts';

/** When entries are sent again, and how many at a time. In milliseconds. */
export const WRITER = {
  /** Without progress for this long, everything that hasn't come back is sent again. */
  stalledMs: 800,
  /** The same entry is sent again after this long at the soonest. While the log is away, the wait doubles up to a second. */
  againMs: 200,
  mostAgainMs: 1_000,
  awayMs: 2_000,
  resent: 8,
} as const;

export interface WriterOptions {
  readonly node: Incarnation;
  readonly log: Pick<Log, 'append' | 'window'>;
  readonly clock: Clock;
}

interface Entry {
  readonly seq: number;
  readonly text: string;
  /** When it was sent first. */
  at: number;
}

/**
 * Puts a node's records into the log, in their order, until each has come back. The ledger takes an entry only with the number that
 * it expects, so what is lost or overtaken is sent again from there (go-back-N), and what comes twice does nothing.
 */
export class Writer {
  readonly #options: WriterOptions;
  /** Sent and not back, oldest first. */
  readonly #out: Entry[] = [];
  /** Not sent yet. */
  readonly #ready: Entry[] = [];
  /** The number of the entry that is being collected, and how that entry begins. */
  #seq = 0;
  #head: string;
  #bytes = 0;
  /** Records of the entry that is being collected. */
  #text = '';
  #records = 0;
  /** What collects may go out, as soon as fewer are on their way. */
  #isDue = false;
  /** Sending again: up to which entry, and how many were sent again so far. */
  #again: { readonly upTo: number; next: number } | undefined;
  /** An entry is known to be missing, and wasn't sent again yet. */
  #isMissing = false;
  #againAt = -Infinity;
  #againMs: number = WRITER.againMs;
  #progressAt: number;
  #callOff: (() => void) | undefined;
  /** When it looks again whether something is due. */
  #lookAt = Infinity;
  #isClosed = false;
  /** How many entries were sent again. */
  resent = 0;
  /** How long the last entry took from its first append until it came back. In milliseconds. */
  entryMs = 0;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#head = writeHead(options.node, 0);
    this.#progressAt = options.clock.now();
  }

  /** How many entries haven't come back. */
  get pending(): number {
    return this.#out.length + this.#ready.length + (this.#records > 0 ? 1 : 0);
  }

  /** How many bytes haven't come back. */
  get bytes(): number {
    return this.#bytes + this.#text.length;
  }

  /** For how long an entry is out and nothing has come back. In milliseconds; 0: nothing is out. */
  get awayMs(): number {
    return this.#out.length === 0 ? 0 : this.#options.clock.now() - this.#progressAt;
  }

  /**
   * Adds a record to the entry that is being collected.
   *
   * Errors: throws a `RangeError` for one that is longer than an entry: no log would take it, nor what comes after it.
   */
  put(record: RoomRecord | NodeRecord): void {
    for (const one of fitting(record)) this.#put(writeRecord(one));
  }

  #put(text: string): void {
    if (this.#records > 0 && this.#head.length + this.#text.length + text.length > MOST_ENTRY_BYTES)
      this.#close();
    if (this.#head.length + text.length > MOST_ENTRY_BYTES)
      throw new RangeError(
        `Cannot append a record of ${text.length} characters: an entry has ${MOST_ENTRY_BYTES} at most`,
      );
    this.#text += text;
    this.#records++;
  }

  /** Sends what has collected, as one entry. While as many are on their way as are worth it, it goes on collecting. */
  flush(): void {
    this.#isDue = this.#records > 0;
    this.#send();
  }

  /** The ledger took an entry of ours: the only progress that counts. */
  cameBack(seq: number): void {
    this.#progressAt = this.#options.clock.now();
    // An entry that was withdrawn came all the same.
    if (seq >= this.#seq) this.#startAt(seq + 1);
    while (this.#out[0] !== undefined && this.#out[0].seq <= seq) {
      this.entryMs = this.#progressAt - this.#out[0].at;
      this.#bytes -= this.#out.shift()!.text.length;
    }
    this.#againMs = WRITER.againMs;
    this.#isMissing = false;
    if (this.#again !== undefined && seq >= this.#again.upTo) this.#again = undefined;
    this.#send();
  }

  /** The ledger passed over an entry of ours. If it expected an earlier one, that one is missing. */
  passedOver(seq: number, expected: number): void {
    if (seq > expected) this.#sendAgain();
  }

  /** Forgets everything that hasn't come back: the next entry is again the first one. */
  withdraw(): void {
    this.#out.length = this.#ready.length = 0;
    this.#bytes = 0;
    this.#again = undefined;
    this.#isMissing = false;
    this.#text = '';
    this.#records = 0;
    this.#startAt(0);
  }

  close(): void {
    this.#isClosed = true;
    this.#callOff?.();
  }

  #startAt(seq: number): void {
    this.#seq = seq;
    this.#head = writeHead(this.#options.node, seq);
  }

  #close(): void {
    const text = this.#head + this.#text;
    this.#ready.push({ seq: this.#seq, text, at: 0 });
    this.#bytes += text.length;
    this.#startAt(this.#seq + 1);
    this.#text = '';
    this.#records = 0;
    this.#isDue = false;
  }

  /** The entry to send next. */
  #next(): Entry | undefined {
    if (this.#ready.length === 0 && this.#isDue) this.#close();
    return this.#ready.shift();
  }

  #send(): void {
    if (this.#isClosed) return;
    if (this.#again !== undefined) return this.#continueAgain(this.#again);
    if (this.#out.length === 0) this.#progressAt = this.#options.clock.now();
    while (this.#out.length < this.#options.log.window) {
      const entry = this.#next();
      if (entry === undefined) break;
      entry.at = this.#options.clock.now();
      this.#out.push(entry);
      this.#append(entry);
    }
    this.#watch();
  }

  #append(entry: Entry): void {
    this.#options.log.append(entry.text).catch(() => {
      // It may be there all the same; then it has come back already, or will.
      if (this.#out.includes(entry)) this.#sendAgain();
    });
  }

  /** Sends again from the first entry that hasn't come back; nothing new before they are back. */
  #sendAgain(): void {
    const { clock } = this.#options;
    if (this.#isClosed || this.#out.length === 0) return;
    const now = clock.now();
    this.#isMissing = now - this.#againAt < this.#againMs;
    if (this.#isMissing) return this.#watch();
    this.#againAt = now;
    if (this.awayMs >= WRITER.awayMs) this.#againMs = Math.min(2 * this.#againMs, WRITER.mostAgainMs);
    this.#again = { upTo: this.#out.at(-1)!.seq, next: this.#out[0]!.seq };
    this.#continueAgain(this.#again);
  }

  #continueAgain(again: { readonly upTo: number; next: number }): void {
    const first = this.#out[0]?.seq;
    if (first === undefined) return;
    again.next = Math.max(again.next, first);
    for (; again.next < first + WRITER.resent && again.next <= again.upTo; again.next++) {
      const entry = this.#out[again.next - first];
      if (entry === undefined) break;
      this.resent++;
      this.#append(entry);
    }
    this.#watch();
  }

  /** Looks again when something is due. */
  #watch(): void {
    if (this.#out.length === 0) return;
    const { clock } = this.#options;
    const now = clock.now();
    const againAt = this.#againAt + this.#againMs;
    const due = this.#isMissing ? againAt : Math.max(againAt, this.#progressAt + WRITER.stalledMs);
    if (due >= this.#lookAt) return;
    this.#callOff?.();
    this.#lookAt = due;
    this.#callOff = clock.setTimeout(
      () => {
        this.#lookAt = Infinity;
        const isStalled = clock.now() - this.#progressAt >= WRITER.stalledMs;
        if (isStalled || this.#isMissing) this.#sendAgain();
        else this.#watch();
      },
      Math.max(1, due - now),
    );
  }
}
