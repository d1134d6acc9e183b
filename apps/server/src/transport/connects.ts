import type { ErrorCode } from '@proto/protocol';
import type { Clock } from '@proto/scheduler';
import { isLoopback } from '../options/options.ts';
import { networkOf } from './admission.ts';
import { Bucket } from './bucket.ts';

/** No more networks than these are remembered. */
const MOST_NETWORKS = 10_000;

export interface ConnectsOptions {
  readonly maxConnectsPerSecond: number | 'none';
  /** Connections from this machine count too. */
  readonly countsLoopback: boolean;
}

/** How often each network connects. One that has used up its allowance is forgotten as soon as it has all of it back. */
export class Connects {
  readonly #options: ConnectsOptions;
  readonly #clock: Clock;
  /** Those that connected last are at the end. */
  readonly #networks = new Map<string, Bucket>();

  constructor(options: ConnectsOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** How many networks are remembered. */
  get size(): number {
    return this.#networks.size;
  }

  /** Counts a connection from `host`, or says why it is turned away. Those that are turned away don't count. */
  enter(host: string): { readonly code: ErrorCode; readonly text: string } | undefined {
    const { maxConnectsPerSecond, countsLoopback } = this.#options;
    if (maxConnectsPerSecond === 'none') return undefined;
    if (!countsLoopback && (host === 'unix' || isLoopback(host))) return undefined;
    const network = networkOf(host);
    const bucket = this.#networks.get(network) ?? new Bucket(maxConnectsPerSecond, this.#clock);
    this.#networks.delete(network);
    this.#networks.set(network, bucket);
    if (bucket.waitMs(1) > 0) {
      const from = network === host ? 'your address' : `your network ${network}`;
      const text = `Cannot let you in: more than ${maxConnectsPerSecond} connections a second come from ${from}. Try again later`;
      return { code: 'ADDRESS_BUSY', text };
    }
    bucket.take(1);
    this.#forget();
    return undefined;
  }

  #forget(): void {
    for (const [oldest, bucket] of this.#networks) {
      if (!bucket.isFull && this.#networks.size <= MOST_NETWORKS) break;
      this.#networks.delete(oldest);
    }
  }
}
