import { ListenError } from '../transport/listener.ts';

/** How many file descriptors are reserved for everything but clients. */
const SPARE = 64;

/**
 * How many connections may be open at a time if a process may open `limit` files. Without a spare one, connections
 * would be accepted and closed unseen, and not even a file could be read.
 *
 * Errors: `ListenError` if none is left.
 */
export function mostConnections(limit: number): number {
  const most = limit - SPARE;
  if (most >= 1) return most;
  throw new ListenError('EMFILE', `Cannot start: ${limitText(limit)}. Raise it above ${SPARE}`);
}

/** Where the number comes from. */
export function limitText(limit: number): string {
  return `this process may open ${limit} files (ulimit -n), and ${SPARE} are reserved for other uses`;
}
