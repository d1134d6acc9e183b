import { MOST_MS } from '../bounds.ts';
import type { Clock } from '../clock.ts';

/** What an alarm is set for. It can be set for one time. */
export interface Alarmed {
  /** When. */
  alarmAt: number;
  /** Its index in the heap; -1: no alarm is set. */
  alarmIndex: number;
}

/** Alarms for many, with a single timer: a binary heap, so that setting one takes time in the logarithm of their number. */
export class Alarms<Item extends Alarmed> {
  readonly #clock: Clock;
  readonly #due: (item: Item) => void;
  readonly #rang: () => void;
  readonly #heap: Item[] = [];
  #timerAt = Infinity;
  #callOff: () => void = () => {};

  /** `due` is told of each alarm, which is no longer set by then, and `rang` after all that were due. */
  constructor(clock: Clock, due: (item: Item) => void, rang: () => void) {
    this.#clock = clock;
    this.#due = due;
    this.#rang = rang;
  }

  set(item: Item, at: number): void {
    this.cancel(item);
    item.alarmAt = at;
    this.#heap.push(item);
    this.#up(item, this.#heap.length - 1);
    this.arm();
  }

  cancel(item: Item): void {
    const index = item.alarmIndex;
    if (index === -1) return;
    item.alarmIndex = -1;
    const last = this.#heap.pop()!;
    if (last !== item) {
      this.#up(last, index);
      this.#down(last, last.alarmIndex);
    }
    if (this.#heap.length === 0) this.#disarm();
  }

  /** Tells of the alarms whose time has come. */
  #ring(): void {
    const now = this.#clock.now();
    for (let [first] = this.#heap; first !== undefined && first.alarmAt <= now; [first] = this.#heap) {
      this.cancel(first);
      this.#due(first);
    }
    this.arm();
    this.#rang();
  }

  /** Sets the timer for the first alarm, unless it is set for that or for an earlier time. */
  arm(): void {
    const [first] = this.#heap;
    if (first === undefined || first.alarmAt >= this.#timerAt) return;
    this.#disarm();
    const ms = Math.min(MOST_MS, Math.max(0, first.alarmAt - this.#clock.now()));
    this.#timerAt = first.alarmAt;
    try {
      this.#callOff = this.#clock.setTimeout(() => {
        this.#timerAt = Infinity;
        this.#ring();
      }, ms);
    } catch {
      // The clock is at fault, not the caller. It's tried again.
      this.#timerAt = Infinity;
    }
  }

  #disarm(): void {
    this.#callOff();
    this.#callOff = () => {};
    this.#timerAt = Infinity;
  }

  #up(item: Item, from: number): void {
    const heap = this.#heap;
    let index = from;
    while (index > 0) {
      const above = heap[(index - 1) >> 1]!;
      if (above.alarmAt <= item.alarmAt) break;
      this.#place(above, index);
      index = (index - 1) >> 1;
    }
    this.#place(item, index);
  }

  #down(item: Item, from: number): void {
    const heap = this.#heap;
    let index = from;
    for (let below = 2 * index + 1; below < heap.length; below = 2 * index + 1) {
      if (below + 1 < heap.length && heap[below + 1]!.alarmAt < heap[below]!.alarmAt) below += 1;
      if (heap[below]!.alarmAt >= item.alarmAt) break;
      this.#place(heap[below]!, index);
      index = below;
    }
    this.#place(item, index);
  }

  #place(item: Item, index: number): void {
    this.#heap[index] = item;
    item.alarmIndex = index;
  }
}
