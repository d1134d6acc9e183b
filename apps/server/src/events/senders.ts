import type { Client } from '../room/records.ts';

/** A tally holds at most this many clients. */
export const MOST_SENDERS = 10_000;

/** The clients that have sent a line since `take()` was last called, each of them once. */
export interface SenderTally {
  /** Adds a client, for a line that came before the tally was opened. */
  add(client: Client): void;
  /** Returns how many there were, up to `MOST_SENDERS`, and starts over. */
  take(): number;
  /** Counts no more. The others that are open go on. */
  close(): void;
}

/** Counts who sends lines, for those who want to know. While nobody does, nothing is kept. */
export class Senders {
  readonly #tallies = new Set<Set<Client>>();

  /** Opens a tally, which counts until it is closed. */
  open(): SenderTally {
    const clients = new Set<Client>();
    this.#tallies.add(clients);
    return {
      add: (client) => add(clients, client),
      take: () => {
        const { size } = clients;
        clients.clear();
        return size;
      },
      close: () => void this.#tallies.delete(clients),
    };
  }

  /** A client has sent something: the server's word. */
  heard(client: Client): void {
    if (this.#tallies.size === 0) return;
    for (const clients of this.#tallies) add(clients, client);
  }
}

function add(clients: Set<Client>, client: Client): void {
  if (clients.size < MOST_SENDERS) clients.add(client);
}
