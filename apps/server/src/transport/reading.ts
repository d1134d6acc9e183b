import type { Duplex } from 'node:stream';

/** The most bytes that one read of a socket returns. No stream buffers more before it stops reading. */
export const READ_BYTES = 65_536;

/** Lies before what the socket reads, so that its stream is full. One for all: it takes no memory. */
const PLUG = Buffer.alloc(READ_BYTES);

/** What only a socket's handle can do. */
interface Handle {
  reading?: boolean;
  readStart?(): void;
  readStop?(): void;
}

const handleOf = (duplex: Duplex): Handle | undefined =>
  (duplex as { readonly _handle?: Handle | null })._handle ?? undefined;

/** Stops a socket now. `pause()` alone reads on, up to 64 KiB, before it stops. Call it before the stream has ended. */
export function stopReading(duplex: Duplex): void {
  duplex.pause();
  if (duplex.destroyed || duplex.readableEnded || duplex.readableLength > 0) return;
  duplex.unshift(PLUG);
  const handle = handleOf(duplex);
  if (handle?.reading !== true) return;
  handle.reading = false;
  handle.readStop?.();
}

/** Reads on after `stopReading`, or after `pause()`. */
export function startReading(duplex: Duplex): void {
  duplex.resume();
  const handle = handleOf(duplex);
  if (handle?.reading !== false) return;
  handle.reading = true;
  handle.readStart?.();
}

/** Whether this was not sent by anybody: `stopReading` has put it there. */
export function isPlug(chunk: Uint8Array): boolean {
  return chunk.length === READ_BYTES && chunk.buffer === PLUG.buffer;
}
