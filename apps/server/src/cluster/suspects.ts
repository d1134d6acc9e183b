import type { Incarnation } from './entry.ts';

/** How often this node must hear itself, and how far apart, before one that it doesn't hear counts as gone. In milliseconds. */
export const SUSPECTS = { apartMs: 450, times: 5 } as const;

/**
 * Which nodes are gone: those of which nothing was read while this node read itself five times. No clock of another node is
 * compared, and while the log stands still, this node doesn't hear itself either, so it suspects nobody.
 */
export class Suspects {
  readonly #quiet = new Map<Incarnation, number>();
  #heardSelfAt = -Infinity;

  /** Something of a node was read, whether it counts or not. */
  heard(node: Incarnation): void {
    this.#quiet.delete(node);
  }

  /** Something of this node was read. Returns those of the others that are gone. */
  heardSelf(now: number, others: Iterable<Incarnation>): Incarnation[] {
    if (now - this.#heardSelfAt < SUSPECTS.apartMs) return [];
    this.#heardSelfAt = now;
    const gone: Incarnation[] = [];
    for (const node of others) {
      const times = (this.#quiet.get(node) ?? 0) + 1;
      this.#quiet.set(node, times);
      if (times >= SUSPECTS.times) gone.push(node);
    }
    return gone;
  }

  /** Those of the others of which nothing was heard for too long. */
  silent(others: Iterable<Incarnation>): Incarnation[] {
    return [...others].filter((node) => (this.#quiet.get(node) ?? 0) >= SUSPECTS.times);
  }

  /** A node is gone. */
  forget(node: Incarnation): void {
    this.#quiet.delete(node);
  }
}
