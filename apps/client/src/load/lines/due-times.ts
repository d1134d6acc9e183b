/** How many finished stretches may pile up before their memory is reused. */
const EMPTIED_AT = 32;

/** Lines, and when they were due. A stretch of lines that were due together is one entry. First in, first out. */
export class DueTimes {
  readonly #times: number[] = [];
  readonly #counts: number[] = [];
  #head = 0;
  #written = 0;

  push(dueAt: number, count: number): void {
    this.#times.push(dueAt);
    this.#counts.push(count);
  }

  /** Everything pushed so far was written. */
  written(): void {
    this.#written = this.#times.length;
  }

  /** What hasn't been written yet. Once iterated, it counts as written. */
  *unwritten(): Generator<[number, number]> {
    for (; this.#written < this.#times.length; this.#written++) {
      yield [this.#times[this.#written]!, this.#counts[this.#written]!];
    }
  }

  /**
   * Takes this many lines out, in the stretches in which they were due. A callback, because a generator would be
   * garbage per write.
   */
  take(count: number, each: (dueAt: number, count: number) => void): void {
    for (let rest = count; rest > 0;) {
      const here = this.#counts[this.#head];
      if (here === undefined) return;
      const taken = Math.min(here, rest);
      each(this.#times[this.#head]!, taken);
      rest -= taken;
      this.#counts[this.#head] = here - taken;
      if (taken === here) this.#head++;
    }
    // Not each time: shortening an array releases its memory, and the next push has to allocate some.
    if (this.#head === this.#times.length && this.#head >= EMPTIED_AT) {
      this.#times.length = this.#counts.length = this.#head = this.#written = 0;
    } else if (this.#head > 1024 && this.#head * 2 > this.#times.length) {
      this.#times.splice(0, this.#head);
      this.#counts.splice(0, this.#head);
      this.#written -= this.#head;
      this.#head = 0;
    }
  }
}
