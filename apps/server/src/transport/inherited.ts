import { readFileSync, readlinkSync } from 'node:fs';
import type { AddressInfo, Server, Socket } from 'node:net';
import { acceptor, type AcceptOptions, bind, type Describe, handOver, release } from './accept.ts';
import { inet, join, plain } from './inet.ts';
import { type Connection, type Listener, type ListenerOwner, ListenError } from './listener.ts';
import { unixNames } from './unix.ts';

/** The first descriptor that is passed on. */
const FIRST_FD = 3;

const NOT_LISTENING = 'descriptor 3 is not a listening socket. Pass one, as systemd does for a .socket unit';
const REASONS = {
  EINVAL: NOT_LISTENING,
  ENOTSOCK: NOT_LISTENING,
  EBADF: NOT_LISTENING,
  ERR_INVALID_FD_TYPE: NOT_LISTENING,
};

/**
 * Whether a listening socket was passed to this process, as systemd does it.
 *
 * Errors: `ListenError` for anything else than one or none.
 *
 * Source: sd_listen_fds(3).
 */
export function isInherited(env: Readonly<Record<string, string | undefined>>, pid: number): boolean {
  if (env['LISTEN_PID'] !== String(pid)) return false;
  const { LISTEN_FDS: count = '0' } = env;
  if (count === '0' || count === '1') return count === '1';
  throw new ListenError(
    'LISTEN_FDS',
    `Cannot listen on ${count} inherited sockets: expected one. Pass only one`,
  );
}

/** What the inherited Unix domain socket is bound to, if the kernel tells. */
function pathOfUnix(): string {
  try {
    const inode = /\d+/.exec(readlinkSync(`/proc/self/fd/${FIRST_FD}`))?.[0];
    const rows = readFileSync('/proc/net/unix', 'utf8').split('\n');
    const row = rows
      .map((line) => line.split(' '))
      .find((cells) => inode !== undefined && cells.includes(inode));
    return row?.at(-1) ?? 'unix';
  } catch {
    return 'unix';
  }
}

/** Accepts connections on a socket that another process bound before this one started. */
export class InheritedListener implements Listener {
  /** Where it is bound, in the form of server options. */
  readonly options: { readonly socket: string } | { readonly host: string; readonly port: number };
  readonly #server: Server;
  readonly #early: Socket[] = [];
  readonly #keep = (socket: Socket): void => void this.#early.push(socket);

  private constructor(server: Server) {
    this.#server = server;
    // Node doesn't know the address of a Unix domain socket that it hasn't bound itself.
    const bound = server.address() as AddressInfo | null;
    this.options =
      bound === null ? { socket: pathOfUnix() } : { host: plain(bound.address), port: bound.port };
    server.on('connection', this.#keep);
  }

  /**
   * Takes over the socket. Connections that come before `listen()` wait.
   *
   * Errors: rejects with a `ListenError` if the descriptor isn't a listening socket.
   */
  static async open(options: AcceptOptions = {}): Promise<InheritedListener> {
    const server = acceptor(options);
    await bind(server, { fd: FIRST_FD }, 'the inherited socket', REASONS);
    return new InheritedListener(server);
  }

  listen(onConnection: (connection: Connection) => void, owner?: ListenerOwner): Promise<string> {
    const describe: Describe =
      'socket' in this.options ? unixNames() : (socket) => inet(socket.remoteAddress, socket.remotePort);
    this.#server.off('connection', this.#keep);
    const take = handOver(this.#server, describe, onConnection, owner);
    for (const socket of this.#early.splice(0)) take(socket);
    const { options } = this;
    return Promise.resolve('socket' in options ? options.socket : join(options.host, options.port));
  }

  close(): Promise<void> {
    release(this.#server);
    return Promise.resolve();
  }
}
