import { networkOf } from './admission.ts';

/** No more networks than these are remembered. */
const MOST_NETWORKS = 10_000;

/** What networks have used up. One that has all of it back is forgotten, and so is the oldest if there are too many. */
export class Networks<Used extends { readonly isFull: boolean }> {
  /** The one that was kept last is at the end. */
  readonly #all = new Map<string, Used>();

  /** How many are remembered. */
  get size(): number {
    return this.#all.size;
  }

  /** What the network of a host has used up; `undefined`: nothing that is remembered. */
  of(host: string): Used | undefined {
    return this.#all.get(networkOf(host));
  }

  /** Remembers what the network of a host has used up. */
  keep(host: string, used: Used): void {
    const network = networkOf(host);
    this.#all.delete(network);
    this.#all.set(network, used);
    for (const [oldest, { isFull }] of this.#all) {
      if (!isFull && this.#all.size <= MOST_NETWORKS) break;
      this.#all.delete(oldest);
    }
  }
}
