import type { AddressInfo, Server } from 'node:net';
import { acceptor, type AcceptOptions, bind, handOver, release } from './accept.ts';
import { inet, join, plain } from './inet.ts';
import type { Connection, Listener, ListenerOwner } from './listener.ts';

export interface TcpOptions extends AcceptOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

const REASONS = {
  EADDRINUSE: 'the port is in use. Stop the other server, or pick another port (0: any free one)',
  EACCES: 'permission denied. Pass a port from 1024 on, or --port 0',
  EADDRNOTAVAIL: 'no interface of this machine has that address. Pass --host 127.0.0.1 or --host 0.0.0.0',
  ENOTFOUND: 'the name has no address. Pass an address',
  EAI_AGAIN: 'the name cannot be resolved right now. Pass an address',
};

/** Accepts TCP connections. */
export class TcpListener implements Listener {
  readonly #options: TcpOptions;
  #server: Server | undefined;

  constructor(options: TcpOptions) {
    this.#options = options;
  }

  async listen(onConnection: (connection: Connection) => void, owner?: ListenerOwner): Promise<string> {
    const { host, port } = this.#options;
    const server = acceptor(this.#options);
    this.#server = server;
    handOver(server, ({ remoteAddress, remotePort }) => inet(remoteAddress, remotePort), onConnection, owner);
    await bind(server, { host, port }, join(host, port), REASONS);
    const bound = server.address() as AddressInfo;
    return join(plain(bound.address), bound.port);
  }

  close(): Promise<void> {
    release(this.#server);
    return Promise.resolve();
  }
}
