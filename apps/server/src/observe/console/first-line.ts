import { escape } from '@proto/xray';
import type { Server } from '../../server.ts';

export interface FirstLineOptions {
  readonly write: (line: string) => void;
  /** Gets what works although the configuration is unsafe. */
  readonly warn: (line: string) => void;
}

/** Says where a server listens, and nothing else. Warnings go elsewhere. */
export function showFirstLine(server: Server, { write, warn }: FirstLineOptions): void {
  server.once('listening', ({ address }) => write(`listening on ${address}`));
  server.on('warning', ({ text }) => warn(`warning: ${escape(text)}`));
}
