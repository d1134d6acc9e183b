import { connect, createServer, type Server, type Socket } from 'node:net';
import { once } from 'node:events';

/** What a proxy does to the bytes between a client and a server. What is left out it does not do. */
export interface Faults {
  /** The same seed cuts and delays in the same way. */
  readonly seed: number;
  /** Cuts what the client sends into pieces of 1 to 3 bytes, each written in a pass of the loop of its own. */
  readonly drip?: boolean;
  /** Holds each piece back for up to so long. */
  readonly delayMs?: number;
  /** Resets both connections when the client has sent so many bytes. */
  readonly resetAfterBytes?: number;
  /** Passes nothing on after so many bytes of the client, and leaves both connections open. */
  readonly stallAfterBytes?: number;
  /** Never reads what the server sends. */
  readonly deaf?: boolean;
}

/** A TCP proxy in front of a server that does to its clients what a bad network does. */
export class FaultProxy implements AsyncDisposable {
  /** Connections reset so far. */
  resets = 0;
  readonly #target: number;
  readonly #faults: Faults;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #random: () => number;

  constructor(target: number, faults: Faults) {
    this.#target = target;
    this.#faults = faults;
    this.#random = mulberry32(faults.seed);
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#carry(client));
  }

  /** Begins to accept. Gives the port. */
  async listen(): Promise<number> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('Cannot find the port of the proxy');
    return address.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #carry(client: Socket): void {
    const server = connect({ port: this.#target, host: '127.0.0.1', allowHalfOpen: true, noDelay: true });
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => other.resetAndDestroy());
      one.once('close', () => {
        this.#sockets.delete(one);
        other.destroySoon();
      });
    }
    if (!this.#faults.deaf) server.pipe(client);
    void this.#forward(client, server);
  }

  async #forward(client: Socket, server: Socket): Promise<void> {
    const { resetAfterBytes = Infinity, stallAfterBytes = Infinity } = this.#faults;
    let left = Math.min(resetAfterBytes, stallAfterBytes);
    try {
      // Leaving the loop must not destroy the socket: a stalled connection stays open.
      const chunks = client.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
      for await (const chunk of chunks) {
        for (const piece of this.#cut(chunk.subarray(0, left))) {
          await this.#hold();
          if (!server.write(piece)) await once(server, 'drain');
        }
        left -= Math.min(left, chunk.length);
        if (left === 0) break;
      }
    } catch {
      return;
    }
    if (left > 0) return void server.end();
    if (stallAfterBytes < resetAfterBytes) return;
    this.resets++;
    // What was written has left for the server before the reset does.
    server.resetAndDestroy();
    client.resetAndDestroy();
  }

  *#cut(chunk: Buffer): Generator<Buffer> {
    let at = 0;
    while (at < chunk.length) {
      const bytes = this.#faults.drip ? 1 + Math.floor(this.#random() * 3) : chunk.length;
      yield chunk.subarray(at, at + bytes);
      at += bytes;
    }
  }

  #hold(): Promise<void> {
    const { delayMs, drip } = this.#faults;
    return new Promise((resolve) => {
      if (delayMs !== undefined) setTimeout(resolve, this.#random() * delayMs);
      else if (drip) setImmediate(resolve);
      else resolve();
    });
  }
}

/** Numbers from 0 to 1 that follow from the seed. Source: Tommy Ettinger's mulberry32. */
export function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
