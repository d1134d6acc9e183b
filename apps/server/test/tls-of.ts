import type { ServerOptions } from '../src/index.ts';
import type { Pair } from './certificates.ts';

/** The options of a server with this certificate. */
export function tlsOf({ cert, key }: Pair): Pick<ServerOptions, 'tlsCert' | 'tlsKey'> {
  return { tlsCert: cert, tlsKey: key };
}
