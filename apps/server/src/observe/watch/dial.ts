import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { hostOf, type Settings } from '../../options/options.ts';

/** A connection to our own server. */
export interface Dialled {
  readonly socket: Socket;
  /** The event after which it can be written to. */
  readonly ready: 'connect' | 'secureConnect';
  /** Why it is not our own server; `undefined` if it is. Call it once the socket is ready. */
  readonly whyNotOurs: () => string | undefined;
}

/**
 * Connects to the server of this process as any client does. Over TLS the certificate must be the one in our own file:
 * its name and its issuer are not checked.
 *
 * `address`: where it listens, `HOST:PORT`.
 */
export function dialOwn({ tlsCert }: Settings, address: string): Dialled {
  const bound = hostOf(address);
  const host = bound === '0.0.0.0' ? '127.0.0.1' : bound === '::' ? '::1' : bound;
  const to = {
    host,
    port: Number(address.slice(address.lastIndexOf(':') + 1)),
    allowHalfOpen: true,
    noDelay: true,
  };
  if (tlsCert === 'none') return { socket: connect(to), ready: 'connect', whyNotOurs: () => undefined };
  const socket: TLSSocket = connectTls({ ...to, rejectUnauthorized: false });
  const whyNotOurs = (): string | undefined => {
    const own = new X509Certificate(readFileSync(tlsCert)).fingerprint256;
    const theirs = socket.getPeerX509Certificate()?.fingerprint256;
    return theirs === own ? undefined : 'the certificate is not the one in --tls-cert';
  };
  return { socket, ready: 'secureConnect', whyNotOurs };
}
