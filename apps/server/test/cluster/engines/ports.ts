import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';

/** Free ports of 127.0.0.1, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen(0)));
  const ports = servers.map(portOf);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Settles when nobody holds a port. */
export async function untilFree(port: number): Promise<void> {
  for (;;) {
    const server = await listen(port).catch(() => undefined);
    if (server !== undefined) {
      await new Promise((resolve) => server.close(resolve));
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** From the one who connected, or to it. */
export type Way = 'up' | 'down';

/** What is done to the bytes of one connection on their way up. */
export type Meddle = () => Transform;

/** Passes connections on to a port. It can cut them, hold back what they carry, and delay it. */
export class Relay {
  /** Each piece is held back for this long, in its order. In milliseconds. */
  delayMs = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #held = new Map<Way, (() => void)[]>();

  static async to(port: number, meddle?: Meddle): Promise<Relay> {
    const relay = new Relay(port, meddle);
    relay.#server.listen(0, '127.0.0.1');
    await once(relay.#server, 'listening');
    return relay;
  }

  private constructor(port: number, meddle: Meddle | undefined) {
    this.#server = createServer((near) => {
      const far = connect(port, '127.0.0.1').setNoDelay();
      near.setNoDelay();
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => other.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
      const up = near.pipe(this.#gate('up'));
      (meddle === undefined ? up : up.pipe(meddle())).pipe(far);
      far.pipe(this.#gate('down')).pipe(near);
    });
  }

  get port(): number {
    return portOf(this.#server);
  }

  /** Resets all connections. */
  cut(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Passes nothing on in these directions until `release`. Connections stay, and new ones are accepted. */
  hold(...ways: readonly Way[]): void {
    for (const way of ways) if (!this.#held.has(way)) this.#held.set(way, []);
  }

  release(): void {
    const waiting = [...this.#held.values()].flat();
    this.#held.clear();
    for (const pass of waiting) pass();
  }

  close(): void {
    this.release();
    this.cut();
    this.#server.close();
  }

  #gate(way: Way): Transform {
    return new Transform({
      transform: (chunk: Buffer, _, done: TransformCallback) => {
        const pass = (): void => done(null, chunk);
        const held = this.#held.get(way);
        if (held !== undefined) held.push(pass);
        else if (this.delayMs > 0) setTimeout(pass, this.delayMs);
        else pass();
      },
    });
  }
}

async function listen(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
