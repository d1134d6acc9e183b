import type { Duplex } from 'node:stream';

/**
 * Bytes on their way out that the network has not taken.
 *
 * Of a write under way that is what is left of it, which only the handle of the socket tells: Node's own
 * `socket.setTimeout` looks there too.
 */
export function unsentBytes(duplex: Duplex): number {
  const { _handle: handle } = duplex as { readonly _handle?: { readonly writeQueueSize?: number } | null };
  return duplex.writableLength === 0 ? 0 : (handle?.writeQueueSize ?? duplex.writableLength);
}
