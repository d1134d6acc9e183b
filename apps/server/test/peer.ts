import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { type Clock, createServer, MemoryListener, type Server, type ServerOptions } from '../src/index.ts';

/** A client in a test: sends lines, and waits for what it gets. */
export class Peer {
  readonly duplex: Duplex;
  /** Every line so far. */
  readonly lines: string[] = [];
  /** Everything so far, as it came. */
  raw = '';
  ended = false;
  #partial = '';
  readonly #watchers = new Set<() => void>();

  constructor(duplex: Duplex) {
    this.duplex = duplex;
    duplex.on('error', () => {});
    duplex.on('data', (chunk: Buffer) => {
      const text = chunk.toString('latin1');
      this.raw += text;
      const lines = (this.#partial + text).split('\n');
      this.#partial = lines.pop() ?? '';
      this.lines.push(...lines);
      this.#changed();
    });
    duplex.on('end', () => {
      this.ended = true;
      this.#changed();
    });
    duplex.on('close', () => this.#changed());
  }

  say(...lines: string[]): this {
    this.duplex.write(lines.map((line) => `${line}\n`).join(''), 'latin1');
    return this;
  }

  /** Lines that are no events. */
  get replies(): string[] {
    return this.lines.filter((line) => !line.startsWith('* '));
  }

  /** Waits until `condition` holds; it is asked again whenever something has come. */
  until(condition: (peer: this) => boolean): Promise<this> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (condition(this)) resolve(this);
        else if (this.duplex.destroyed) reject(new Error(`closed, with ${JSON.stringify(this.lines)}`));
        else return;
        this.#watchers.delete(look);
      };
      this.#watchers.add(look);
      look();
    });
  }

  /** Waits for a line. */
  async line(want: string | RegExp): Promise<this> {
    return this.until(({ lines }) =>
      lines.some((line) => (typeof want === 'string' ? line === want : want.test(line))),
    );
  }

  /** Waits until the connection is over, by an end or a reset. */
  async gone(): Promise<this> {
    await this.until(({ ended, duplex }) => ended || duplex.destroyed);
    this.duplex.destroy();
    return this;
  }

  /** Waits for the end of the stream, and ends its own side. */
  async end(): Promise<this> {
    await this.until(({ ended }) => ended);
    this.duplex.end();
    return this;
  }

  #changed(): void {
    for (const look of this.#watchers) look();
  }
}

/** A server over memory that is closed after the test, and a way in. */
export async function memoryServer(
  options: ServerOptions = {},
  clock?: Clock,
): Promise<{ server: Server; join: (host?: string) => Peer }> {
  const listener = new MemoryListener();
  const server = createServer({ graceMs: 200, ...options }, listener, clock);
  await server.listen();
  onTestFinished(async () => {
    const closed = server.close();
    void server.close();
    await closed;
  });
  return { server, join: (host) => new Peer(listener.connect(host)) };
}

/** The same over TCP. */
export async function tcpServer(
  options: ServerOptions = {},
  clock?: Clock,
): Promise<{ server: Server; address: string; join: () => Promise<Peer> }> {
  const server = createServer({ port: 0, ...options }, undefined, clock);
  const address = await server.listen();
  onTestFinished(async () => {
    const closed = server.close();
    void server.close();
    await closed;
  });
  return { server, address, join: async () => new Peer(await dial(address)) };
}

export async function dial(address: string): Promise<Socket> {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: Number(address.slice(at + 1)), allowHalfOpen: true, noDelay: true });
  await once(socket, 'connect');
  return socket;
}
