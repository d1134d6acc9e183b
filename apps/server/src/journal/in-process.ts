import type { Clock } from '@proto/scheduler';
import type { Entry, RoomRecord } from '../room/records.ts';
import type { Journal } from './journal.ts';

/** The journal of one process. An entry comes back in the same call, or after the one being read. */
export class InProcessJournal implements Journal {
  readonly #clock: Clock;
  readonly #read: (entry: Entry) => void;
  readonly #waiting: RoomRecord[] = [];
  #seq = 0;
  #isReading = false;

  constructor(clock: Clock, read: (entry: Entry) => void) {
    this.#clock = clock;
    this.#read = read;
  }

  get isIdle(): boolean {
    return !this.#isReading && this.#waiting.length === 0;
  }

  skip(): void {
    this.#seq++;
  }

  append(record: RoomRecord): void {
    this.#waiting.push(record);
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        this.#seq++;
        this.#read({ seq: this.#seq, at: this.#clock.now(), record: next });
      }
    } finally {
      // A reader that throws ends this call. The next one continues.
      this.#isReading = false;
    }
  }
}
