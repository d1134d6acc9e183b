import { randomUUID } from 'node:crypto';
import { type BigIntStats, existsSync, renameSync, unlinkSync } from 'node:fs';
import { connect, type Server } from 'node:net';
import { platform } from 'node:os';
import { dirname } from 'node:path';
import { acceptor, type AcceptOptions, bind, handOver, release } from './accept.ts';
import { type Connection, type Listener, type ListenerOwner, ListenError } from './listener.ts';
import { statsAt } from '../text/stats.ts';

export interface UnixOptions extends AcceptOptions {
  /** Path of the socket. */
  readonly socket: string;
  /** Only its own user can connect (mode 0600), from the moment in which the file is there. @default false */
  readonly isPrivate?: boolean;
}

/** How long a path may be: `sun_path` of Linux and macOS, without its last byte. In bytes. */
const MAX_PATH_BYTES = platform() === 'linux' ? 107 : 103;

const REASONS = {
  EADDRINUSE: 'another server is listening on it. Stop it, or pass another path',
  EACCES: 'permission denied. Pass a path in a folder where this user can create files',
  EROFS: 'that file system is read-only. Pass a writable path',
};

/** Counts connections to name them, because they have no address. */
export function unixNames(): () => { host: string; address: string } {
  let last = 0;
  return () => ({ host: 'unix', address: `unix:${++last}` });
}

/** Accepts connections on a Unix domain socket: a file whose permissions say who may connect. */
export class UnixListener implements Listener {
  readonly #options: UnixOptions;
  #server: Server | undefined;
  /** The file that it has made. */
  #file: BigIntStats | undefined;

  constructor(options: UnixOptions) {
    this.#options = options;
  }

  async listen(onConnection: (connection: Connection) => void, owner?: ListenerOwner): Promise<string> {
    const { socket } = this.#options;
    await makeWay(socket);
    const server = acceptor(this.#options);
    this.#server = server;
    handOver(server, unixNames(), onConnection, owner);
    const binding = (): Promise<void> => bind(server, { path: pathOf(socket) }, socket, REASONS);
    await (this.#options.isPrivate === true ? privately(binding) : binding());
    this.#file = lstat(socket);
    return socket;
  }

  /** The file goes with it, unless it is another server's by now. */
  close(): Promise<void> {
    const { socket } = this.#options;
    const file = lstat(socket);
    if (file === undefined || isSame(file, this.#file)) release(this.#server);
    else beside(socket, () => release(this.#server));
    return Promise.resolve();
  }
}

/** Node takes digits for a port. */
function pathOf(socket: string): string {
  return /^\d+$/.test(socket) ? `./${socket}` : socket;
}

/** Files that `act` makes before it returns can be opened by their own user only. */
function privately<T>(act: () => T): T {
  const before = process.umask(0o177);
  try {
    return act();
  } finally {
    process.umask(before);
  }
}

function isSame(file: BigIntStats, other: BigIntStats | undefined): boolean {
  return file.dev === other?.dev && file.ino === other.ino;
}

/**
 * Closing removes whatever is at the path of the socket. Puts it elsewhere for the time of `act`, under a name that nobody has. What
 * can't be moved, because it is another user's, can't be removed either.
 */
function beside(path: string, act: () => void): void {
  const aside = `${path}.${randomUUID()}`;
  const isAside = hasMoved(path, aside);
  act();
  if (isAside) hasMoved(aside, path);
}

function hasMoved(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch {
    return false;
  }
}

/**
 * A killed server leaves its file behind. This removes a socket on which nobody answers, and nothing else.
 */
async function makeWay(path: string): Promise<void> {
  const bytes = Buffer.byteLength(path);
  if (bytes > MAX_PATH_BYTES) {
    throw cannot(
      path,
      'ENAMETOOLONG',
      `its path has ${bytes} bytes, and a socket may have at most ${MAX_PATH_BYTES}. Pass a shorter one`,
    );
  }
  if (!existsSync(dirname(path))) throw cannot(path, 'ENOENT', 'there is no such folder. Create it first');
  const stats = lstat(path);
  if (stats === undefined) return;
  if (!stats.isSocket()) throw cannot(path, 'EEXIST', 'something else is at that path. Pass another path');
  if (await isLive(path)) throw cannot(path, 'EADDRINUSE', REASONS.EADDRINUSE);
  unlink(path);
}

function unlink(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Binding reports it.
  }
}

function lstat(path: string): BigIntStats | undefined {
  try {
    return statsAt(path);
  } catch {
    // Binding reports better what is wrong with the path.
    return undefined;
  }
}

/** Whether anybody answers. Only a refused connection means that nobody does. */
function isLive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(pathOf(path));
    socket.once('connect', () => {
      resolve(true);
      socket.destroy();
    });
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT');
    });
  });
}

function cannot(path: string, code: string, state: string): ListenError {
  return new ListenError(code, `Cannot listen on ${path}: ${state}`);
}
