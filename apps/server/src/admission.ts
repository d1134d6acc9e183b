import type { ErrorCode } from '@proto/protocol';

export interface AdmissionOptions {
  readonly maxClients: number;
  readonly maxClientsPerAddress: number | 'none';
}

/** Who may come in: counts the clients, in all and by address. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #byHost = new Map<string, number>();
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
        text: `Cannot let you in: ${maxClients} clients are here. Try again later`,
      };
    }
    const here = this.#byHost.get(host) ?? 0;
    if (maxClientsPerAddress !== 'none' && here >= maxClientsPerAddress) {
      return { code: 'ADDRESS_FULL', text: `Cannot let you in: ${here} clients are here from your address` };
    }
    this.#clients++;
    this.#byHost.set(host, here + 1);
    return undefined;
  }

  leave(host: string): void {
    const here = (this.#byHost.get(host) ?? 1) - 1;
    this.#clients--;
    if (here > 0) this.#byHost.set(host, here);
    else this.#byHost.delete(host);
  }
}
