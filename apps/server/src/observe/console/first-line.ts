import { escape } from '@proto/xray';
import type { Server } from '../../server.ts';

export interface FirstLineOptions {
  readonly write: (line: string) => void;
  /** Gets what works and should not be so. */
  readonly warn: (line: string) => void;
}

/** Says where a server listens, and nothing else of what it does; warnings go elsewhere. */
export function showFirstLine(server: Server, { write, warn }: FirstLineOptions): void {
  server.once('listening', ({ address }) => write(`listening on ${address}`));
  server.on('warning', ({ text }) => warn(`warning: ${escape(text)}`));
}
