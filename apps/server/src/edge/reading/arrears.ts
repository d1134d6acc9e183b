import type { Clock } from '@proto/scheduler';
import type { Settings } from '../../options/options.ts';
import { isLocal } from '../../transport/admission.ts';
import { Networks } from '../../transport/networks.ts';
import { Allowance } from './allowance.ts';

/**
 * What clients had used up when they left. Those that come from the same network take it over, or a client could have
 * eight seconds' worth again and again: it would only have to connect again.
 */
export class Arrears {
  readonly #options: Pick<Settings, 'maxLinesPerSecond' | 'maxCausedBytesPerSecond'>;
  readonly #clock: Clock;
  readonly #networks = new Networks<Allowance>();

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
    const owed = this.#networks.of(host);
    if (owed !== undefined) allowance?.takeOver(owed);
    return allowance;
  }

  /** A client from that host has left. Clients on this machine may be anybody's: they come through a proxy. */
  leave(host: string, allowance: Allowance | undefined): void {
    if (allowance === undefined || allowance.isFull || isLocal(host)) return;
    const owed = this.#networks.of(host);
    owed?.add(allowance);
    this.#networks.keep(host, owed ?? allowance);
  }
}
