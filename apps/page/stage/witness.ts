import type { Server, ServerEvents } from '../../server/src/index.ts';

/** A longer wait means that the play is wrong. In milliseconds. */
const MOST_MS = 15_000;

/** What the server has read from a client, and written to it. */
interface Seen {
  readBytes: number;
  written: string;
  readonly ended: Set<'read' | 'write'>;
}

/** Sees what a server does, so that a play can wait for it. */
export class Witness {
  readonly #server: Server;
  readonly #seen = new Map<number, Seen>();
  readonly #waits = new Set<() => void>();

  constructor(server: Server) {
    this.#server = server;
    server.on('chunk', ({ client, direction, bytes }) => {
      const seen = this.of(client);
      if (direction === 'read') seen.readBytes += bytes.length;
      else seen.written += Buffer.from(bytes).toString('latin1');
      this.#look();
    });
    server.on('chunkEnd', ({ client, direction }) => {
      this.of(client).ended.add(direction);
      this.#look();
    });
  }

  of(client: number): Seen {
    const seen = this.#seen.get(client) ?? { readBytes: 0, written: '', ended: new Set() };
    this.#seen.set(client, seen);
    return seen;
  }

  /** Waits until something is so. `what`: in words, for the error. */
  until(what: string, isSo: () => boolean): Promise<void> {
    return this.#within(what, (resolve) => {
      const look = (): void => {
        if (!isSo()) return;
        this.#waits.delete(look);
        resolve();
      };
      this.#waits.add(look);
      look();
    });
  }

  /** Waits for the next event of this name. */
  next<Name extends keyof ServerEvents>(name: Name): Promise<ServerEvents[Name][0]> {
    return this.#within(name, (resolve) => {
      // The types of an emitter do not show that the name and its event belong together.
      this.#server.once(name, resolve as never);
    });
  }

  #within<T>(what: string, wait: (resolve: (value: T) => void) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Not in ${MOST_MS} ms: ${what}`)), MOST_MS);
      wait((value) => {
        clearTimeout(timer);
        resolve(value);
      });
    });
  }

  #look(): void {
    for (const look of this.#waits) look();
  }
}
