import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Connection, type Listener, ListenError } from './listener.ts';

const BACKLOG = 4_096;
const KEEP_ALIVE_MS = 30_000;

export interface TcpOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

/** Accepts TCP connections. */
export class TcpListener implements Listener {
  readonly #options: TcpOptions;
  #server: Server | undefined;

  constructor(options: TcpOptions) {
    this.#options = options;
  }

  listen(onConnection: (connection: Connection) => void): Promise<string> {
    const { host, port } = this.#options;
    const server = createServer({
      allowHalfOpen: true,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
    });
    this.#server = server;
    server.on('connection', (socket) => {
      // Before anything else: a reset in this very turn of the loop must find a listener.
      socket.on('error', () => {});
      // Without an address it has been reset already.
      if (socket.remoteAddress === undefined) socket.destroy();
      else onConnection(describe(socket, socket.remoteAddress));
    });
    return new Promise((resolve, reject) => {
      server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(host, port, error)));
      server.listen({ host, port, backlog: BACKLOG }, () => {
        server.removeAllListeners('error');
        server.on('error', () => {});
        resolve(printable(server.address() as AddressInfo));
      });
    });
  }

  close(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    // `close` frees the port at once; its callback waits for connections, which are the sessions' business.
    server?.close();
    return Promise.resolve();
  }
}

function describe(socket: Socket, remoteAddress: string): Connection {
  const host = plain(remoteAddress);
  return { duplex: socket, host, address: join(host, socket.remotePort ?? 0) };
}

function printable({ address, port }: AddressInfo): string {
  return join(plain(address), port);
}

/** An IPv4 client on an IPv6 socket is shown by its IPv4 address. */
function plain(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;
}

function join(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

const REASONS: Record<string, string> = {
  EADDRINUSE: 'the port is in use. Stop the other server or pass --port 0',
  EACCES: 'this user may not have the port. Pass a port from 1024 on, or --port 0',
  EADDRNOTAVAIL: 'no interface here has that address. Pass --host 127.0.0.1 or --host 0.0.0.0',
  ENOTFOUND: 'the name has no address. Pass an address',
};

function cannotListen(host: string, port: number, error: NodeJS.ErrnoException): ListenError {
  const code = error.code ?? 'UNKNOWN';
  return new ListenError(code, `Cannot listen on ${join(host, port)}: ${REASONS[code] ?? error.message}`, {
    cause: error,
  });
}
