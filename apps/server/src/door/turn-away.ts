import type { Duplex } from 'node:stream';

/** Sends a last line to a connection that isn't let in, and ends it without a reset once the line is sent. */
export function turnAway(duplex: Duplex, wire: string, lingerMs: number): void {
  duplex.on('error', () => {});
  const timer = setTimeout(() => duplex.destroy(), lingerMs);
  duplex.once('close', () => clearTimeout(timer));
  // A client that is done may have ended its side before ours is flushed, which takes TLS a while.
  duplex.once('end', () => destroyIfDone(duplex));
  duplex.once('finish', () => {
    timer.refresh();
    destroyIfDone(duplex);
  });
  duplex.resume();
  duplex.end(wire, 'latin1');
}

function destroyIfDone(duplex: Duplex): void {
  if (duplex.readableEnded && duplex.writableFinished) duplex.destroy();
}
