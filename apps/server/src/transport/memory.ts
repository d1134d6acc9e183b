import { Duplex } from 'node:stream';
import type { Connection, Listener } from './listener.ts';

/** One end of a connection in memory. What is written arrives later, as from a network: never in the middle of the write. */
class End extends Duplex {
  #other: End | undefined;
  /** The other end's write is done once this end has been read. */
  #onRead: (() => void) | undefined;

  static pair(): [End, End] {
    const [one, other] = [new End(), new End()];
    one.#other = other;
    other.#other = one;
    return [one, other];
  }

  override _read(): void {
    const onRead = this.#onRead;
    this.#onRead = undefined;
    onRead?.();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    process.nextTick(() => {
      this.#other!.#onRead = done;
      this.#other!.push(chunk);
    });
  }

  /** Done once the other end has read everything: an end that is done both ways is destroyed, and takes the other along. */
  override _final(done: () => void): void {
    process.nextTick(() => {
      this.#other!.once('end', done);
      this.#other!.push(null);
    });
  }
}

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
    const [near, far] = End.pair();
    near.once('close', () => far.destroy());
    far.once('close', () => near.destroy());
    near.on('error', () => {});
    this.#connected++;
    this.#onConnection({ duplex: far, host, address: `${host}:${this.#connected}` });
    return near;
  }
}
