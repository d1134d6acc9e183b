import type { Clock } from '@proto/scheduler';
import type { Log, LogReader, Position, Snapshot } from '../log.ts';

/** What may go wrong with an append, as shares of all, from 0 to 1. */
export interface LogFaults {
  /** Gives numbers from 0 to 1. A seeded one makes a run repeatable. */
  readonly random: () => number;
  /** It never arrives, and fails. */
  readonly dropped?: number;
  /** It arrives, and fails all the same. */
  readonly misreported?: number;
  /** It arrives twice. */
  readonly doubled?: number;
  /** How long it takes to arrive, at most: later appends may overtake it. In milliseconds. */
  readonly delayMs?: number;
}

interface Reading {
  readonly reader: LogReader;
  next: Position;
}

/** A log in memory, for several nodes of one process. For tests, with faults if wanted. */
export class MemoryLog implements Log {
  readonly window: number;
  readonly #clock: Clock;
  readonly #readings = new Set<Reading>();
  #entries: string[] = [];
  /** How many entries were trimmed. */
  #trimmed = 0;
  #snapshot: Snapshot | undefined;
  #isStill = false;
  faults: LogFaults | undefined;

  constructor(clock: Clock, { window = 64, faults }: { window?: number; faults?: LogFaults } = {}) {
    this.#clock = clock;
    this.window = window;
    this.faults = faults;
  }

  /** All entries that were not trimmed. */
  get entries(): readonly string[] {
    return this.#entries;
  }

  get last(): Position {
    return this.#trimmed + this.#entries.length;
  }

  /** Stands still: nothing arrives, nothing fails, until it goes on. */
  set isStill(isStill: boolean) {
    this.#isStill = isStill;
  }

  append(entry: string): Promise<void> {
    const { random = () => 1, dropped = 0, misreported = 0, doubled = 0, delayMs = 0 } = this.faults ?? {};
    const fate = random();
    const isDropped = fate < dropped;
    const isMisreported = !isDropped && fate < dropped + misreported;
    const copies = isDropped ? 0 : random() < doubled ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) this.#later(delayMs * random(), () => this.#arrive(entry));
    return new Promise((resolve, reject) => {
      const isLost = isDropped || isMisreported;
      this.#later(delayMs, () => (isLost ? reject(new Error('Cannot append: no answer')) : resolve()));
    });
  }

  async read(after: Position, reader: LogReader): Promise<void> {
    const reading = { reader, next: after + 1 };
    this.#readings.add(reading);
    this.#feed(reading);
    await Promise.resolve();
  }

  save(snapshot: Snapshot): Promise<void> {
    if (snapshot.position > (this.#snapshot?.position ?? 0)) this.#snapshot = snapshot;
    return Promise.resolve();
  }

  newest(): Promise<Snapshot | undefined> {
    return Promise.resolve(this.#snapshot);
  }

  trim(upTo: Position): Promise<void> {
    const count = Math.max(0, Math.min(upTo, this.last) - this.#trimmed);
    this.#entries = this.#entries.slice(count);
    this.#trimmed += count;
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#readings.clear();
    return Promise.resolve();
  }

  /** This reader gets nothing more. */
  stop(reader: LogReader): void {
    for (const reading of this.#readings) if (reading.reader === reader) this.#readings.delete(reading);
  }

  #later(ms: number, act: () => void): void {
    this.#clock.setTimeout(() => (this.#isStill ? this.#later(50, act) : act()), ms);
  }

  #arrive(entry: string): void {
    this.#entries.push(entry);
    for (const reading of this.#readings) this.#feed(reading);
  }

  #feed(reading: Reading): void {
    if (reading.next <= this.#trimmed) {
      this.#readings.delete(reading);
      return reading.reader.lost();
    }
    while (reading.next <= this.last && this.#readings.has(reading)) {
      const position = reading.next++;
      reading.reader.entry(position, this.#entries[position - this.#trimmed - 1]!);
    }
  }
}
