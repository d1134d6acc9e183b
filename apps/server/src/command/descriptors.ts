import { count } from '@proto/protocol';
import { MOST_PAGE_SOCKETS, SOCKETS } from '../observe/watch/bounds.ts';
import { ListenError } from '../transport/listener.ts';
import type { CommandSettings } from './command-options.ts';

/** How many file descriptors are reserved for everything but clients. */
const SPARE = 64;

/** How many connections beyond the last client may be open at a time, to be told why they aren't let in. */
const TURNED_AWAY = 16;

/** How many more descriptors the page needs: its sockets, and each bridge's connection to the server. */
const SPARE_FOR_PAGE = MOST_PAGE_SOCKETS + SOCKETS.bridges;

/** What else needs descriptors. */
interface Others {
  readonly page: CommandSettings['page'];
}

/** How many clients there may be: a few connections more are told that the server is full. */
export function mostClients(limit: number, others?: Others): number {
  return mostConnections(limit, others) - TURNED_AWAY;
}

/**
 * How many connections may be open at a time if a process may open `limit` files. Without a spare one, connections
 * would be accepted and closed unseen, and not even a file could be read.
 *
 * Errors: `ListenError` if none is left.
 */
export function mostConnections(limit: number, others?: Others): number {
  const spare = spareFor(others);
  const most = limit - spare;
  if (most > TURNED_AWAY) return most;
  throw new ListenError(
    'EMFILE',
    `Cannot start: ${limitText(limit, others)}. Raise it above ${spare + TURNED_AWAY}`,
  );
}

/** Where the number comes from. */
export function limitText(limit: number, others?: Others): string {
  return `this process may open ${count(limit, 'file')} (ulimit -n), and ${spareFor(others) + TURNED_AWAY} are reserved for other uses`;
}

function spareFor({ page }: Others = { page: 'none' }): number {
  return page === 'none' ? SPARE : SPARE + SPARE_FOR_PAGE;
}
