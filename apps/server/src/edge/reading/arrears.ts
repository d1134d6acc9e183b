import type { Clock } from '@proto/scheduler';
import { isLoopback, type Settings } from '../../options/options.ts';
import { networkOf } from '../../transport/admission.ts';
import { Allowance } from './allowance.ts';

/** No more networks than these are remembered. */
const MOST_NETWORKS = 10_000;

/**
 * What clients had used up when they left. Those that come from the same network take it over, or a client could have
 * eight seconds' worth again and again: it would only have to connect again.
 */
export class Arrears {
  readonly #options: Pick<Settings, 'maxLinesPerSecond' | 'maxCausedBytesPerSecond'>;
  readonly #clock: Clock;
  /** Those that somebody left last are at the end. */
  readonly #networks = new Map<string, Allowance>();

  constructor(options: Pick<Settings, 'maxLinesPerSecond' | 'maxCausedBytesPerSecond'>, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  /** How many networks are remembered. */
  get size(): number {
    return this.#networks.size;
  }

  /** What a client from that host may say and cause; `undefined`: nothing is limited. */
  enter(host: string): Allowance | undefined {
    const allowance = Allowance.of(this.#options, this.#clock);
    const owed = this.#networks.get(networkOf(host));
    if (owed !== undefined) allowance?.takeOver(owed);
    return allowance;
  }

  /** A client from that host has left. Clients on this machine may be anybody's: they come through a proxy. */
  leave(host: string, allowance: Allowance | undefined): void {
    if (allowance === undefined || allowance.isFull || host === 'unix' || isLoopback(host)) return;
    const network = networkOf(host);
    const owed = this.#networks.get(network);
    owed?.add(allowance);
    this.#networks.delete(network);
    this.#networks.set(network, owed ?? allowance);
    for (const [oldest, { isFull }] of this.#networks) {
      if (!isFull && this.#networks.size <= MOST_NETWORKS) break;
      this.#networks.delete(oldest);
    }
  }
}
