import type { Duplex } from 'node:stream';

/** Says a last word to a connection that is not let in, and ends it without a reset. */
export function turnAway(duplex: Duplex, wire: string, lingerMs: number): void {
  duplex.on('error', () => {});
  const timer = setTimeout(() => duplex.destroy(), lingerMs);
  duplex.once('close', () => clearTimeout(timer));
  duplex.once('end', () => duplex.destroy());
  duplex.resume();
  duplex.end(wire, 'latin1');
}
