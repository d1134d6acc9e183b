import type { Clock } from '@proto/scheduler';

interface Timer {
  readonly at: number;
  readonly order: number;
  task: (() => void) | undefined;
}

/** The time of a world. It stands still until the world moves it on; a look at it may cost some. In milliseconds. */
export class WorldClock implements Clock {
  readonly #lookMs: number;
  #now = 0;
  #order = 0;
  #pending = 0;
  /** A heap: the next timer is the first. */
  readonly #timers: Timer[] = [];

  constructor(lookMs: number) {
    this.#lookMs = lookMs;
  }

  /** For the server: a look takes time. */
  now(): number {
    this.#now += this.#lookMs;
    return this.#now;
  }

  /** The time, without a look. */
  get time(): number {
    return this.#now;
  }

  /** Something takes time in which nothing else happens. */
  spend(ms: number): void {
    this.#now += ms;
  }

  /** How many timers there are. */
  get pending(): number {
    return this.#pending;
  }

  setTimeout(task: () => void, ms: number): () => void {
    return this.at(task, this.#now + Math.max(0, ms));
  }

  /** The same, at a time. */
  at(task: () => void, at: number): () => void {
    const timer: Timer = { at, order: this.#order++, task };
    this.#pending++;
    this.#add(timer);
    return () => {
      if (timer.task === undefined) return;
      timer.task = undefined;
      this.#pending--;
    };
  }

  /** Goes on to the next timer, and does everything that is due then. False: there is none. */
  goOn(): boolean {
    while (this.#timers[0] !== undefined && this.#timers[0].task === undefined) this.#take();
    const next = this.#timers[0];
    if (next === undefined) return false;
    this.#now = Math.max(this.#now, next.at);
    this.doDue();
    return true;
  }

  /** Does everything that is due now. */
  doDue(): void {
    const until = this.#now;
    while (this.#timers[0] !== undefined && this.#timers[0].at <= until) {
      const due = this.#take()!;
      const { task } = due;
      if (task === undefined) continue;
      due.task = undefined;
      this.#pending--;
      task();
    }
  }

  #isBefore(one: number, other: number): boolean {
    const [a, b] = [this.#timers[one]!, this.#timers[other]!];
    return a.at < b.at || (a.at === b.at && a.order < b.order);
  }

  #swap(one: number, other: number): void {
    const timer = this.#timers[one]!;
    this.#timers[one] = this.#timers[other]!;
    this.#timers[other] = timer;
  }

  #add(timer: Timer): void {
    this.#timers.push(timer);
    for (let at = this.#timers.length - 1; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!this.#isBefore(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #take(): Timer | undefined {
    const first = this.#timers[0];
    const last = this.#timers.pop();
    if (first === undefined || first === last) return first;
    this.#timers[0] = last!;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      let least = at;
      for (const child of [left, left + 1])
        if (child < this.#timers.length && this.#isBefore(child, least)) least = child;
      if (least === at) return first;
      this.#swap(at, least);
      at = least;
    }
  }
}
