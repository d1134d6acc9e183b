import { X509Certificate } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { hostOf, type Settings } from '../../options/options.ts';
import { readNow } from '../../text/file-text.ts';
import { MAX_PEM_BYTES } from '../../transport/certificates.ts';

/** A connection to our own server. */
export interface Dialled {
  readonly socket: Socket;
  /** The network socket that carries it: under TLS a different one. Only this one has a reset. */
  readonly carrier: Socket;
  /** The event after which it can be written to. */
  readonly ready: 'connect' | 'secureConnect';
  /** Why it is not our own server; `undefined` if it is. Call it once the socket is ready. */
  readonly whyNotOurs: () => string | undefined;
}

/**
 * Connects to the server of this process as any client does. Over TLS the certificate must be the one in our own file:
 * its name and its issuer are not checked. If the server requires client certificates, its own one is shown.
 *
 * `address`: where it listens, `HOST:PORT` or the path of a Unix domain socket.
 *
 * Errors: throws the error of reading the files.
 */
export function dialOwn(settings: Settings, address: string): Dialled {
  const { tlsCert, tlsKey, tlsCa, proxyProtocol } = settings;
  // The files first: a connection that nobody uses would stay open.
  const shown = tlsCa === 'none' ? {} : { cert: read(tlsCert), key: read(tlsKey) };
  const carrier = connect({ ...target(settings, address), allowHalfOpen: true, noDelay: true });
  // Before anything else is written.
  if (proxyProtocol === 'required') carrier.once('connect', () => carrier.write(headerOf(carrier)));
  if (tlsCert === 'none') return { socket: carrier, carrier, ready: 'connect', whyNotOurs: () => undefined };
  const socket: TLSSocket = connectTls({ socket: carrier, rejectUnauthorized: false, ...shown });
  const whyNotOurs = (): string | undefined => {
    const own = new X509Certificate(read(tlsCert)).fingerprint256;
    const theirs = socket.getPeerX509Certificate()?.fingerprint256;
    return theirs === own ? undefined : 'the certificate is not the one in --tls-cert';
  };
  return { socket, carrier, ready: 'secureConnect', whyNotOurs };
}

/** In the middle of everything, it must not wait. */
function read(path: string): Buffer {
  return readNow(path, MAX_PEM_BYTES);
}

/** A header of the PROXY protocol that names this machine. A Unix domain socket has no addresses of its own. */
function headerOf(socket: Socket): string {
  const { localAddress = '127.0.0.1', localPort = 0, remoteAddress = '127.0.0.1', remotePort = 0 } = socket;
  const family = localAddress.includes(':') ? 'TCP6' : 'TCP4';
  return `PROXY ${family} ${localAddress} ${remoteAddress} ${localPort} ${remotePort}\r\n`;
}

function target({ socket }: Settings, address: string): { path: string } | { host: string; port: number } {
  if (socket !== 'none') return { path: address };
  const bound = hostOf(address);
  const host = bound === '0.0.0.0' ? '127.0.0.1' : bound === '::' ? '::1' : bound;
  return { host, port: Number(address.slice(address.lastIndexOf(':') + 1)) };
}
