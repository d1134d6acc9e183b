import { type Duplex, duplexPair } from 'node:stream';
import type { Connection, Listener } from './listener.ts';

/**
 * A transport without a network: for tests, and for a client in the same process.
 *
 * @example
 * ```ts
 * import { lines } from '@proto/codec';
 * import { frames } from '@proto/codec/node';
 * import { createServer, MemoryListener } from '@proto/server';
 *
 * const listener = new MemoryListener();
 * await using server = createServer({ order: 'free', events: 'off' }, listener);
 * await server.listen();
 * const client = listener.connect();
 * client.end('hello\n');
 * for await (const line of frames(client, lines())) console.log(line); // HELLO
 * ```
 */
export class MemoryListener implements Listener {
  #onConnection: ((connection: Connection) => void) | undefined;
  #connected = 0;

  listen(onConnection: (connection: Connection) => void): Promise<string> {
    this.#onConnection = onConnection;
    return Promise.resolve('memory');
  }

  close(): Promise<void> {
    this.#onConnection = undefined;
    return Promise.resolve();
  }

  /**
   * Returns the client's end of a new connection. Destroying it destroys the server's end, as a reset would. `host`: the
   * client's address, by which it is counted.
   */
  connect(host: string = 'memory'): Duplex {
    if (this.#onConnection === undefined) throw new Error('Cannot connect: nobody is listening');
    const [near, far] = duplexPair();
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
    near.on('error', () => {});
    this.#connected++;
    this.#onConnection({ duplex: far, host, address: `${host}:${this.#connected}` });
    return near;
  }
}
