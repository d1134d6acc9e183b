import type { Incarnation } from './entry.ts';
import { SignsOfLife } from './signs-of-life.ts';
import { Suspects } from './suspects.ts';

/** How many nodes with another format of entries are remembered. */
const MOST_STRANGERS = 100;

/** What a node has heard of the others: who is alive, who is gone, who did the same. No clock of another node is compared. */
export class Others {
  readonly #suspects = new Suspects();
  readonly #signs = new SignsOfLife();
  /** Whether each did the same as this one, by what it said last. */
  readonly #agrees = new Map<Incarnation, boolean>();
  readonly #strangers = new Set<Incarnation>();

  /** Something of a node was read, whether it counts or not. */
  heard(node: Incarnation): void {
    this.#suspects.heard(node);
  }

  /** An entry of a node counts. */
  counted(node: Incarnation): void {
    this.#signs.heard(node);
  }

  /** An entry of this node was read. Returns those that are gone of the nodes that are up. */
  heardSelf(now: number, up: Iterable<Incarnation>): Incarnation[] {
    this.#signs.heardSelf(now);
    return this.#suspects.heardSelf(now, up);
  }

  /** Those of the nodes that are up of which nothing was heard for too long. */
  silent(up: Iterable<Incarnation>): Incarnation[] {
    return this.#suspects.silent(up);
  }

  isAlive(node: Incarnation): boolean {
    return this.#signs.isAlive(node);
  }

  /** An entry in another format was read. `isFirst`: before this node was up. */
  strange(node: Incarnation, isFirst: boolean): void {
    if (isFirst && this.#strangers.size < MOST_STRANGERS) this.#strangers.add(node);
    if (this.#strangers.has(node)) this.#signs.heard(node);
  }

  /** Whether a node with another format was here before this one, and is alive. */
  get hasElder(): boolean {
    for (const node of this.#strangers) if (this.#signs.isAlive(node)) return true;
    return false;
  }

  /** A node says what it did. Returns how many of the nodes that are up did something else than this one. */
  said(node: Incarnation, agrees: boolean, up: readonly Incarnation[]): number {
    this.#agrees.set(node, agrees);
    return up.filter((other) => this.#agrees.get(other) === false).length;
  }

  /** A node is gone. */
  forget(node: Incarnation): void {
    this.#suspects.forget(node);
    this.#signs.forget(node);
    this.#agrees.delete(node);
  }
}
