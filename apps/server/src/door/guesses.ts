import type { Clock } from '@proto/scheduler';
import { networkOf } from '../transport/admission.ts';

/** How many wrong tokens from one network are answered at once. */
const FREE = 3;
/** After that, the next is looked at this much later; twice that after 8 more, and so on. In milliseconds. */
const LEAST_MS = 100;
const MOST_MS = 1_000;
const FORGET_MS = 600_000;
const MOST_NETWORKS = 10_000;

interface Network {
  failures: number;
  /** When the last wrong token came. */
  failedAt: number;
  /** Who waits for their token to be looked at, in order. */
  readonly waiting: Set<() => void>;
  callOff: (() => void) | undefined;
}

/**
 * Slows down those who guess the token: at most 10 tries a second from one network, and one in the end. Others don't
 * notice. A right token waits like a wrong one, or the time would say which it is.
 *
 * Units: remembers 10,000 networks, for 10 minutes after their last wrong token.
 */
export class Guesses {
  readonly #clock: Clock;
  readonly #networks = new Map<string, Network>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many networks are remembered. */
  get size(): number {
    return this.#networks.size;
  }

  /**
   * Calls `look` once a token from that host may be looked at: now, or later. Returns a function that takes it back if it
   * has to wait.
   */
  ask(host: string, look: () => void): (() => void) | undefined {
    const network = this.#networks.get(networkOf(host));
    if (network === undefined || (network.waiting.size === 0 && this.#leftMs(network) <= 0)) {
      look();
      return undefined;
    }
    network.waiting.add(look);
    this.#arm(network);
    return () => {
      if (network.waiting.delete(look) && network.waiting.size === 0) network.callOff?.();
    };
  }

  /** A token from that host was wrong. */
  failed(host: string): void {
    const now = this.#clock.now();
    const key = networkOf(host);
    const known = this.#networks.get(key);
    const network = known ?? { failures: 0, failedAt: now, waiting: new Set(), callOff: undefined };
    network.failures++;
    network.failedAt = now;
    // Those that failed last are at the end.
    this.#networks.delete(key);
    this.#networks.set(key, network);
    for (const [oldest, { failedAt, waiting }] of this.#networks) {
      if (now - failedAt <= FORGET_MS && this.#networks.size <= MOST_NETWORKS) break;
      // Those that wait are as few as connections are.
      if (waiting.size === 0) this.#networks.delete(oldest);
    }
  }

  #leftMs({ failures, failedAt }: Network): number {
    if (failures < FREE) return 0;
    const gapMs = Math.min(MOST_MS, LEAST_MS * 2 ** Math.floor((failures - FREE) / 8));
    return failedAt + gapMs - this.#clock.now();
  }

  #arm(network: Network): void {
    if (network.callOff !== undefined) return;
    const cancel = this.#clock.setTimeout(() => this.#next(network), Math.max(0, this.#leftMs(network)));
    network.callOff = () => {
      cancel();
      network.callOff = undefined;
    };
  }

  #next(network: Network): void {
    network.callOff = undefined;
    const [look] = network.waiting;
    if (look === undefined) return;
    network.waiting.delete(look);
    look();
    // A right one changes nothing: the next is looked at without a pause.
    if (network.waiting.size > 0) this.#arm(network);
  }
}
