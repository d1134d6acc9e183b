import type { Clock } from '@proto/scheduler';
import { lastForgotten, type Log, type LogReader, type Position, type Snapshot } from '../log.ts';
import { tell } from './tell.ts';

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

/** The engine of a log in memory: nodes of one process open it. For tests, with faults if wanted. */
export class MemoryLog {
  readonly window: number;
  readonly #clock: Clock;
  readonly #handles = new Set<MemoryHandle>();
  #entries: string[] = [];
  /** How many entries were trimmed. */
  #trimmed = 0;
  #isStill = false;
  /** What fell due while it stood still. */
  readonly #due: (() => void)[] = [];
  snapshot: Snapshot | undefined;
  faults: LogFaults | undefined;

  constructor(clock: Clock, { window = 64, faults }: { window?: number; faults?: LogFaults } = {}) {
    this.#clock = clock;
    this.window = window;
    this.faults = faults;
  }

  /** The log as one node has it. */
  open(): Log {
    const handle = new MemoryHandle(this, () => this.#handles.delete(handle));
    this.#handles.add(handle);
    return handle;
  }

  get last(): Position {
    return this.#trimmed + this.#entries.length;
  }

  /** The entry at a position; `undefined`: trimmed, or not there yet. */
  at(position: Position): string | undefined {
    return this.#entries[position - this.#trimmed - 1];
  }

  /** Stands still: nothing arrives, nothing fails, until it goes on. Then everything that fell due happens, in order. */
  set isStill(isStill: boolean) {
    this.#isStill = isStill;
    while (!this.#isStill && this.#due.length > 0) this.#due.shift()!();
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

  trim(upTo: number): void {
    const count = Math.max(0, lastForgotten(upTo, this.last) - this.#trimmed);
    this.#entries = this.#entries.slice(count);
    this.#trimmed += count;
  }

  get trimmed(): Position {
    return this.#trimmed;
  }

  #later(ms: number, act: () => void): void {
    this.#clock.setTimeout(() => (this.#isStill ? this.#due.push(act) : act()), ms);
  }

  #arrive(entry: string): void {
    this.#entries.push(entry);
    for (const handle of this.#handles) handle.feed();
  }
}

/** A log in memory, as one node has it. */
class MemoryHandle implements Log {
  readonly window: number;
  readonly #log: MemoryLog;
  readonly #closed: () => void;
  readonly #readings = new Set<Reading>();
  #isClosed = false;

  constructor(log: MemoryLog, closed: () => void) {
    this.window = log.window;
    this.#log = log;
    this.#closed = closed;
  }

  append(entry: string): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error('Cannot append: the log is closed'));
    return this.#log.append(entry);
  }

  async read(after: Position, reader: LogReader): Promise<void> {
    this.#readings.add({ reader, next: after + 1 });
    await Promise.resolve();
    this.feed();
  }

  save(snapshot: Snapshot): Promise<void> {
    if (snapshot.position > (this.#log.snapshot?.position ?? 0)) this.#log.snapshot = snapshot;
    return Promise.resolve();
  }

  newest(): Promise<Snapshot | undefined> {
    return Promise.resolve(this.#log.snapshot);
  }

  trim(upTo: number): Promise<void> {
    this.#log.trim(upTo);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#readings.clear();
    this.#closed();
    return Promise.resolve();
  }

  /** Readers get what is there. */
  feed(): void {
    for (const reading of this.#readings) {
      while (reading.next <= this.#log.last && this.#readings.has(reading)) this.#next(reading);
    }
  }

  #next(reading: Reading): void {
    if (reading.next <= this.#log.trimmed) {
      this.#readings.delete(reading);
      tell(() => reading.reader.lost());
      return;
    }
    const position = reading.next++;
    const canGoOn = tell(() => reading.reader.entry(position, this.#log.at(position)!));
    if (!canGoOn) this.#readings.delete(reading);
  }
}
