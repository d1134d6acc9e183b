import type { Duplex } from 'node:stream';

/** From the last sign of life to the first probe of the kernel, which sends ten, one a second. */
const UNREAD_MS = 15_000;

/** Has the kernel look sooner whether the peer of a socket is there: nobody reads from it. */
export function keepAlive(duplex: Duplex): void {
  const socket = duplex as { setKeepAlive?: (enable: boolean, initialDelay: number) => void };
  socket.setKeepAlive?.(true, UNREAD_MS);
}
