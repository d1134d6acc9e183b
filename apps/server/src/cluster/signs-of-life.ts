import type { Incarnation } from './entry.ts';
import { SUSPECTS } from './suspects.ts';

/** In how many rounds a node must be heard. */
const ROUNDS = 2;

/**
 * Which nodes are alive: those of which entries count that came after one of this node, and again after a later one. What a node had
 * on its way when it was killed comes at once, so in one round only. No clock of another node is compared.
 */
export class SignsOfLife {
  readonly #heard = new Set<Incarnation>();
  readonly #rounds = new Map<Incarnation, number>();
  #heardSelfAt: number | undefined;

  /** An entry of a node counts. */
  heard(node: Incarnation): void {
    if (this.#heardSelfAt !== undefined) this.#heard.add(node);
  }

  /** An entry of this node was read. */
  heardSelf(now: number): void {
    if (this.#heardSelfAt !== undefined && now - this.#heardSelfAt < SUSPECTS.apartMs) return;
    this.#heardSelfAt = now;
    for (const node of this.#heard) this.#rounds.set(node, (this.#rounds.get(node) ?? 0) + 1);
    this.#heard.clear();
  }

  /** A node is gone. */
  forget(node: Incarnation): void {
    this.#heard.delete(node);
    this.#rounds.delete(node);
  }

  isAlive(node: Incarnation): boolean {
    return (this.#rounds.get(node) ?? 0) >= ROUNDS;
  }
}
