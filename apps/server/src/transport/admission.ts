import { count, type ErrorCode } from '@proto/protocol';
import { isLoopback } from '../options/options.ts';

export interface AdmissionOptions {
  readonly maxClients: number;
  readonly maxClientsPerAddress: number | 'none';
  /** Clients on this machine aren't counted by address. @default false */
  readonly exemptsLoopback?: boolean;
}

/** Decides who may come in. Counts the clients, in total and by network. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #byNetwork = new Map<string, number>();
  #clients = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
  }

  /** Counts a client from `host` in, or says why it is turned away. */
  enter(host: string): { readonly code: ErrorCode; readonly text: string } | undefined {
    const { maxClients, maxClientsPerAddress } = this.#options;
    if (this.#clients >= maxClients) {
      return {
        code: 'SERVER_FULL',
        text: `Cannot let you in: ${count(maxClients, 'client is', 'clients are')} connected. Try again later`,
      };
    }
    const network = networkOf(host);
    const here = this.#byNetwork.get(network) ?? 0;
    if (maxClientsPerAddress !== 'none' && here >= maxClientsPerAddress && !this.#isExempt(host)) {
      const from = network === host ? 'your address' : `your network ${network}`;
      return {
        code: 'ADDRESS_FULL',
        text: `Cannot let you in: ${count(here, 'client is', 'clients are')} connected from ${from}`,
      };
    }
    this.#clients++;
    this.#byNetwork.set(network, here + 1);
    return undefined;
  }

  leave(host: string): void {
    const network = networkOf(host);
    const here = (this.#byNetwork.get(network) ?? 1) - 1;
    this.#clients--;
    if (here > 0) this.#byNetwork.set(network, here);
    else this.#byNetwork.delete(network);
  }

  #isExempt(host: string): boolean {
    return this.#options.exemptsLoopback === true && isLocal(host);
  }
}

/** Whether a client is on this machine. */
export function isLocal(host: string): boolean {
  return host === 'unix' || isLoopback(host);
}

/** What clients are counted by: an IPv4 address, or the /64 of an IPv6 address, the least that one customer gets. */
export function networkOf(host: string): string {
  if (!host.includes(':')) return host;
  const [front = '', back] = host.replace(/%.*$/, '').split('::');
  const head = groups(front);
  const tail = back === undefined ? [] : groups(back);
  const zeros = Array.from({ length: Math.max(0, 8 - head.length - tail.length) }, () => '0');
  return `${[...head, ...zeros, ...tail].slice(0, 4).join(':')}::/64`;
}

/** An IPv4 address at the end is two groups. */
function groups(text: string): string[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => (group.includes('.') ? [group, group] : [group.toLowerCase()]));
}
