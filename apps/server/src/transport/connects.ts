import { count, type ErrorCode } from '@proto/protocol';
import type { Clock } from '@proto/scheduler';
import { isLocal, networkOf } from './admission.ts';
import { Bucket } from './bucket.ts';
import { Networks } from './networks.ts';

export interface ConnectsOptions {
  readonly maxConnectsPerSecond: number | 'none';
  /** Connections from this machine count too. */
  readonly countsLoopback: boolean;
}

/** How often each network connects. One that has used up its allowance is forgotten as soon as it has all of it back. */
export class Connects {
  readonly #options: ConnectsOptions;
  readonly #clock: Clock;
  readonly #networks = new Networks<Bucket>();

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
    if (!countsLoopback && isLocal(host)) return undefined;
    const bucket = this.#networks.of(host) ?? new Bucket(maxConnectsPerSecond, this.#clock);
    const isTooMany = bucket.waitMs(1) > 0;
    if (!isTooMany) bucket.take(1);
    this.#networks.keep(host, bucket);
    if (!isTooMany) return undefined;
    const network = networkOf(host);
    const from = network === host ? 'your address' : `your network ${network}`;
    const text = `Cannot let you in: more than ${count(maxConnectsPerSecond, 'connection a second comes', 'connections a second come')} from ${from}. Try again later`;
    return { code: 'ADDRESS_BUSY', text };
  }
}
