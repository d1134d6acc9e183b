import type { Duplex } from 'node:stream';
import type { Clock } from '@proto/scheduler';

/** Sends a last line to a connection that isn't let in, and ends it without a reset once the line is sent. */
export function turnAway(duplex: Duplex, wire: string, lingerMs: number, clock: Clock): void {
  duplex.on('error', () => {});
  const linger = (): (() => void) => clock.setTimeout(() => duplex.destroy(), lingerMs);
  let callOff = linger();
  duplex.once('close', () => callOff());
  // A client that is done may have ended its side before ours is flushed, which takes TLS a while.
  duplex.once('end', () => destroyIfDone(duplex));
  duplex.once('finish', () => {
    callOff();
    callOff = linger();
    destroyIfDone(duplex);
  });
  duplex.resume();
  duplex.end(wire, 'latin1');
}

function destroyIfDone(duplex: Duplex): void {
  if (duplex.readableEnded && duplex.writableFinished) duplex.destroy();
}
