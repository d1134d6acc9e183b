import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { count } from '@proto/protocol';
import { inet } from './inet.ts';
import { type Connection, ListenError, type ListenerOwner } from './listener.ts';

/** How many connections may wait to be accepted. */
export const BACKLOG = 4_096;
const KEEP_ALIVE_MS = 30_000;
/** A socket with this many unread bytes stops reading. The outbox bounds what is written. */
const WAITING_BYTES = 1;

/** The name of a connection, or `undefined` if it is already gone. */
export type Describe = (socket: Socket) => Pick<Connection, 'host' | 'address'> | undefined;

export interface AcceptOptions {
  /** How many connections may be open at a time, of any kind. @default none */
  readonly maxConnections?: number;
}

/** A server with the accept settings of this project. It has no address yet. */
export function acceptor({ maxConnections = Infinity }: AcceptOptions): Server {
  const server = createServer({
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    highWaterMark: WAITING_BYTES,
  });
  if (maxConnections !== Infinity) server.maxConnections = maxConnections;
  // Before anything else: a reset in the same pass in which the connection came must find a listener.
  server.on('connection', (socket) => socket.on('error', ignore));
  return server;
}

// One for all connections.
function ignore(): void {}

/** Passes on the connections that a server accepts. */
export function handOver(
  server: Server,
  describe: Describe,
  onConnection: (connection: Connection) => void,
  owner: ListenerOwner | undefined,
): (socket: Socket) => void {
  const take = (socket: Socket): void => {
    const name = describe(socket);
    if (name === undefined) socket.destroy();
    else onConnection({ duplex: socket, ...name });
  };
  server.on('connection', take);
  server.on('drop', (drop) => {
    const address = inet(drop?.remoteAddress, drop?.remotePort)?.address ?? 'unix';
    const text = `Cannot accept it: ${count(server.maxConnections, 'connection is', 'connections are')} open, as many as file descriptors allow`;
    owner?.cut({ address, code: 'CONNECTIONS', text });
  });
  return take;
}

/**
 * Binds a server.
 *
 * `name`: the address, for the error text. `reasons`: what to do next, by system error code.
 *
 * Errors: rejects with a `ListenError`: "Cannot listen on NAME: ..."
 */
export async function bind(
  server: Server,
  where: ListenOptions | { readonly fd: number },
  name: string,
  reasons: Readonly<Record<string, string>>,
): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ ...where, backlog: BACKLOG }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    const { code = 'UNKNOWN', message } = error as NodeJS.ErrnoException;
    const state = reasons[code] ?? DESCRIPTORS[code] ?? message;
    throw new ListenError(code, `Cannot listen on ${name}: ${state}`, { cause: error });
  }
  // Without a descriptor, the next connection waits. Those already connected are served.
  server.on('error', () => {});
}

const DESCRIPTORS: Readonly<Record<string, string>> = {
  EMFILE: 'this process has too many open files. Raise ulimit -n',
  ENFILE: 'this machine has too many open files. Raise fs.file-max',
};

/** `close` frees the address at once. Its callback would wait for connections, which the sessions handle. */
export function release(server: Server | undefined): void {
  if (server?.listening) server.close();
}
