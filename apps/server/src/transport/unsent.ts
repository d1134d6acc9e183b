import type { Duplex } from 'node:stream';

/**
 * Outgoing bytes that the network hasn't taken.
 *
 * For a write in progress, this is its remainder, which only the socket's handle knows. Node's own `socket.setTimeout`
 * uses it too.
 */
export function unsentBytes(duplex: Duplex): number {
  const { _handle: handle } = duplex as { readonly _handle?: { readonly writeQueueSize?: number } | null };
  return duplex.writableLength === 0 ? 0 : (handle?.writeQueueSize ?? duplex.writableLength);
}
