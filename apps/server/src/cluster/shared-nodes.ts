import type { SharedNode } from '../journal/journal.ts';
import { CLIENTS_PER_NODE, type NodeState } from './ledger.ts';

/** How many nodes are remembered that are gone. */
const MOST_GONE = 16;

/** A node that is up, as a server sees it. */
export function sharedNode({ name, ordinal }: NodeState): SharedNode {
  const firstClient = ordinal * CLIENTS_PER_NODE;
  const lastClient = firstClient + CLIENTS_PER_NODE - 1;
  return { name, firstClient, lastClient, goneMs: undefined, hasLeft: false };
}

/** The last nodes that are gone, and since when. Times are in milliseconds. */
export class GoneNodes {
  readonly #gone: { readonly state: NodeState; readonly hasLeft: boolean; readonly at: number }[] = [];

  /** `hasLeft`: it left by itself. */
  add(state: NodeState, hasLeft: boolean, at: number): void {
    this.#gone.unshift({ state, hasLeft, at });
    this.#gone.splice(MOST_GONE);
  }

  /** The last one first. */
  list(now: number): SharedNode[] {
    return this.#gone.map(({ state, hasLeft, at }) => ({ ...sharedNode(state), goneMs: now - at, hasLeft }));
  }
}
