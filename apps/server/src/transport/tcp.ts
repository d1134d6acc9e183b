import type { AddressInfo, Server } from 'node:net';
import { OptionError } from '../options/options.ts';
import { acceptor, type AcceptOptions, BACKLOG, bind, handOver, release } from './accept.ts';
import { inet, join, plain } from './inet.ts';
import type { Connection, Listener, ListenerOwner } from './listener.ts';

export interface TcpOptions extends AcceptOptions {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Others may listen there too. @default 'off' */
  readonly reusePort?: 'on' | 'off';
}

const REASONS = {
  EADDRINUSE: 'the port is in use. Stop the other server, or pick another port (0: any free one)',
  EACCES: 'permission denied. Pass a port from 1024 on, or --port 0',
  EADDRNOTAVAIL: 'no interface of this machine has that address. Pass --host 127.0.0.1 or --host 0.0.0.0',
  ENOTFOUND: 'the name has no address. Pass an address',
  ENOTSUP: 'this system cannot share a port. Leave out --reuse-port',
  EAI_AGAIN: 'the name cannot be resolved right now. Pass an address',
};

/** How many passes of the event loop it may take until no connection waits. */
const MOST_PASSES = 2 * BACKLOG;
/** A pass with hardly anything in it. */
const SHORT_MS = 0.1;

/** Accepts TCP connections. */
export class TcpListener implements Listener {
  readonly #options: TcpOptions;
  #server: Server | undefined;

  /** Errors: throws an `OptionError` if this Node can't share a port. */
  constructor(options: TcpOptions) {
    this.#options = options;
    if (options.reusePort === 'on' && !canSharePorts(process.versions.node)) {
      throw new OptionError(
        `on: Node ${process.versions.node} cannot share a port. Use Node 22.12, or 23.1 or newer, or a socket that systemd passes`,
        { key: 'reusePort' },
      );
    }
  }

  async listen(onConnection: (connection: Connection) => void, owner?: ListenerOwner): Promise<string> {
    const { host, port, reusePort } = this.#options;
    const server = acceptor(this.#options);
    this.#server = server;
    handOver(server, ({ remoteAddress, remotePort }) => inet(remoteAddress, remotePort), onConnection, owner);
    await bind(
      server,
      { host, port, ...(reusePort === 'on' && { reusePort: true }) },
      join(host, port),
      REASONS,
    );
    const bound = server.address() as AddressInfo;
    return join(plain(bound.address), bound.port);
  }

  /** A port that is shared is closed once the connections that wait there were accepted: the system would reset them. */
  async close(): Promise<void> {
    if (this.#options.reusePort === 'on') await emptied(this.#server);
    release(this.#server);
  }
}

/** Whether that version of Node has `reusePort`, and doesn't just ignore it. */
export function canSharePorts(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 1) || (major === 22 && minor >= 12);
}

/**
 * Settles in a pass of the event loop in which no connection was waiting, and which was short: what comes between its look
 * and the end of the socket is lost. A pass accepts one connection.
 */
async function emptied(server: Server | undefined): Promise<void> {
  if (server?.listening !== true) return;
  let accepted = 0;
  const count = (): void => void accepted++;
  server.on('connection', count).on('drop', count);
  for (let passes = 0; passes < MOST_PASSES; passes++) {
    const [before, since] = [accepted, performance.now()];
    await pass();
    // The first may have looked for connections before this was called.
    if (passes > 0 && accepted === before && performance.now() - since < SHORT_MS) break;
  }
  server.off('connection', count).off('drop', count);
}

function pass(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
