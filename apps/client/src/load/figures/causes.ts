/** How many different causes are kept. */
const MOST_CAUSES = 8;

/** What failures came from, in words, and how often. The first eight; what else there was is counted together. */
export class Causes {
  readonly #counts = new Map<string, number>();
  #others = 0;

  add(text: string, count = 1): void {
    if (text === OTHERS) this.#others += count;
    else if (this.#counts.has(text) || this.#counts.size < MOST_CAUSES)
      this.#counts.set(text, (this.#counts.get(text) ?? 0) + count);
    else this.#others += count;
  }

  /** In the order of their first time; what else there was at the end. */
  counts(): Record<string, number> {
    return { ...Object.fromEntries(this.#counts), ...(this.#others > 0 && { [OTHERS]: this.#others }) };
  }
}

const OTHERS = 'others';
