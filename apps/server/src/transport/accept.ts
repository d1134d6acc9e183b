import { createServer, type ListenOptions, type Server, type Socket } from 'node:net';
import { inet } from './inet.ts';
import { type Connection, ListenError, type ListenerOwner } from './listener.ts';

const BACKLOG = 4_096;
const KEEP_ALIVE_MS = 30_000;
/** A socket that waits with so many bytes reads no more. What is written is bounded by the outbox. */
const WAITING_BYTES = 1;

/** What a connection is called, or `undefined` for one that is gone already. */
export type Describe = (socket: Socket) => Pick<Connection, 'host' | 'address'> | undefined;

export interface AcceptOptions {
  /** Connections that may be open at a time, however they came. @default none */
  readonly maxConnections?: number;
}

/** A server that accepts as this project wants it. It has no address yet. */
export function acceptor({ maxConnections = Infinity }: AcceptOptions): Server {
  const server = createServer({
    allowHalfOpen: true,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE_MS,
    highWaterMark: WAITING_BYTES,
  });
  if (maxConnections !== Infinity) server.maxConnections = maxConnections;
  // Before anything else: a reset in the very pass of the loop it came in must find a listener.
  server.on('connection', (socket) => socket.on('error', ignore));
  return server;
}

// One for all connections.
function ignore(): void {}

/** Hands over what a server accepts. */
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
    const text = `Cannot accept it: ${server.maxConnections} connections are open, as many as file descriptors allow`;
    owner?.cut({ address, code: 'CONNECTIONS', text });
  });
  return take;
}

/**
 * Binds a server.
 *
 * `name`: of the address, for the error text. `reasons`: what to do next, by the code of the system.
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
  // Without a descriptor for the next connection it waits; those that are in are served.
  server.on('error', () => {});
}

const DESCRIPTORS: Readonly<Record<string, string>> = {
  EMFILE: 'this process may open no more files. Raise ulimit -n',
  ENFILE: 'this machine may open no more files. Raise fs.file-max',
};

/** `close` frees the address at once; its callback waits for connections, which are the sessions' business. */
export function release(server: Server | undefined): void {
  if (server?.listening) server.close();
}
