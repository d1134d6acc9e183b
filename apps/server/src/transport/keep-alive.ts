import type { Duplex } from 'node:stream';

/** The time from the last sign of life to the kernel's first probe. It sends ten, one a second. */
const UNREAD_MS = 15_000;

/** Makes the kernel check sooner whether the peer of a socket is still there, because nobody reads from it. */
export function keepAlive(duplex: Duplex): void {
  const socket = duplex as { setKeepAlive?: (enable: boolean, initialDelay: number) => void };
  socket.setKeepAlive?.(true, UNREAD_MS);
}
