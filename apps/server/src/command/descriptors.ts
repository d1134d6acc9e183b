import { ListenError } from '../transport/listener.ts';

/** File descriptors that are kept for everything but clients. */
const SPARE = 64;

/**
 * How many connections may be open at a time, where a process may open `limit` files: without a spare one, connections
 * are accepted and closed unseen, and not even a file can be read.
 *
 * Errors: `ListenError` where none is left.
 */
export function mostConnections(limit: number): number {
  const most = limit - SPARE;
  if (most >= 1) return most;
  throw new ListenError('EMFILE', `Cannot start: ${limitText(limit)}. Raise it above ${SPARE}`);
}

/** Where the number comes from. */
export function limitText(limit: number): string {
  return `this process may open ${limit} files (ulimit -n), ${SPARE} are kept for other things`;
}
