import { once } from 'node:events';
import { connect, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { READ_BYTES } from './matcher.ts';

// One for all: what is read is compared before the next socket is read.
const shared = Buffer.allocUnsafe(READ_BYTES);

interface ClientOptions {
  /** @default any */
  readonly localAddress?: string;
  /** @default false */
  readonly tls?: boolean;
}

/** One connection, read without a stream or a new buffer for each read, so that the load costs little. */
export class Client {
  readonly socket: Socket;
  onBytes: (bytes: Buffer, length: number) => void = () => {};

  constructor(port: number, { localAddress, tls = false }: ClientOptions = {}) {
    const onread: OnReadOpts = {
      buffer: shared,
      callback: (length, bytes) => {
        this.onBytes(bytes as Buffer, length);
        return true;
      },
    };
    const to = { host: '127.0.0.1', port, onread };
    // Nobody else is here: which certificate it is doesn't matter.
    this.socket = tls
      ? connectTls({ ...to, rejectUnauthorized: false }).setNoDelay()
      : connect({ ...to, noDelay: true, ...(localAddress !== undefined && { localAddress }) });
    this.socket.once('end', () => {
      throw new Error('Cannot go on: the server has ended a connection');
    });
  }

  async connected(): Promise<this> {
    if (this.socket instanceof TLSSocket) await once(this.socket, 'secureConnect');
    else if (this.socket.connecting) await once(this.socket, 'connect');
    return this;
  }

  close(): void {
    this.socket.removeAllListeners('end');
    this.socket.on('error', () => {});
    this.socket.destroy();
  }
}

/** Connects so many, some at a time, in order. Several ports take turns. */
export async function connectAll(
  count: number,
  port: number | readonly number[],
  optionsOf: (index: number) => ClientOptions = () => ({}),
): Promise<Client[]> {
  const clients: Client[] = [];
  const ports = typeof port === 'number' ? [port] : port;
  const connected = (index: number): Promise<Client> =>
    new Client(ports[index % ports.length]!, optionsOf(index)).connected();
  while (clients.length < count) {
    const some = Array.from({ length: Math.min(200, count - clients.length) }, (_, index) =>
      connected(clients.length + index),
    );
    clients.push(...(await Promise.all(some)));
  }
  return clients;
}
