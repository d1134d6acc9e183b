import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { systemClock } from '@proto/scheduler';
import { Admission } from './admission.ts';
import { type Certificates, readCertificates, type TlsFiles } from './certificates.ts';
import { Connects } from './connects.ts';
import type { Connection, CutCode, Listener, ListenerOwner } from './listener.ts';

export interface TlsOptions extends TlsFiles {
  readonly handshakeTimeoutMs: number | 'never';
  /** How many handshakes one address may have at a time. */
  readonly maxClientsPerAddress: number | 'none';
  /** How many handshakes one address may begin in a second; those of this machine don't count. */
  readonly maxConnectsPerSecond: number | 'none';
}

/** A connection whose handshake isn't done. */
interface Shaking extends Connection {
  readonly duplex: Socket;
  readonly timer: NodeJS.Timeout | undefined;
}

const MIN_VERSION = 'TLSv1.2';
const LONGEST_MS = 2_147_483_647;

/** TLS over the connections of a TCP listener. A connection is passed on when its handshake is done. */
export class TlsListener implements Listener {
  readonly #inner: Listener;
  readonly #options: TlsOptions;
  readonly #handshakes: Admission;
  readonly #connects: Connects;
  readonly #shaking = new Map<string, Shaking>();
  #tls: Server | undefined;
  #onConnection: (connection: Connection) => void = () => {};
  #owner: ListenerOwner | undefined;
  #isClosed = false;

  constructor(inner: Listener, options: TlsOptions) {
    this.#inner = inner;
    this.#options = options;
    this.#handshakes = new Admission({ maxClients: Infinity, ...options });
    this.#connects = new Connects({ ...options, countsLoopback: false }, systemClock);
  }

  async listen(onConnection: (connection: Connection) => void, owner?: ListenerOwner): Promise<string> {
    this.#onConnection = onConnection;
    this.#owner = owner;
    this.#tls = this.#server(await this.#read());
    return this.#inner.listen((connection) => this.#shake(connection), owner);
  }

  /** Handshakes that aren't done by now are abandoned. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#inner.close();
    for (const { duplex } of this.#shaking.values()) duplex.destroy();
  }

  async reload(): Promise<'certificate'> {
    this.#tls?.setSecureContext({ ...(await this.#read()), minVersion: MIN_VERSION });
    return 'certificate';
  }

  async #read(): Promise<Certificates> {
    const certificates = await readCertificates(this.#options);
    for (const warning of certificates.warnings) this.#owner?.warn(warning);
    return certificates;
  }

  #server({ cert, key, ca }: Certificates): Server {
    const server = createServer({
      cert,
      key,
      ...(ca !== undefined && { ca, requestCert: true }),
      // A client with a wrong certificate, or none, is told so in a line: see `#secured`.
      rejectUnauthorized: false,
      minVersion: MIN_VERSION,
      // That timeout closes nothing on Node 20, and every byte extends it. Ours is `#shake`.
      handshakeTimeout: LONGEST_MS,
    });
    server.on('secureConnection', (socket) => this.#secured(socket));
    server.on('tlsClientError', (error, socket) => {
      const shaking = this.#take(keyOf(socket));
      // A client that leaves in the middle of it isn't worth reporting.
      const hasLeft = 'code' in error && error.code === 'ECONNRESET';
      if (shaking && !hasLeft)
        this.#cut(shaking, 'HANDSHAKE', `Cannot complete the TLS handshake: ${reason(error)}`);
      socket.destroy();
    });
    return server;
  }

  #shake(connection: Connection): void {
    const duplex = connection.duplex as Socket;
    const key = keyOf(duplex);
    const earlier = this.#shaking.get(key)?.duplex;
    if (earlier !== undefined) {
      // It was reset, and the same port has come again. What is still to be heard of it must not count for this one.
      const next = (): void => {
        if (this.#isClosed || duplex.destroyed) duplex.destroy();
        else this.#shake(connection);
      };
      earlier.once('close', () => setImmediate(next));
      earlier.destroy();
      return;
    }
    // A handshake costs more than it takes to turn somebody away.
    if (this.#connects.enter(connection.host) ?? this.#handshakes.enter(connection.host)) {
      this.#cut(
        { ...connection, duplex },
        'HANDSHAKES',
        'Cannot start a TLS handshake: there are too many with this address',
      );
      return;
    }
    const { handshakeTimeoutMs: ms } = this.#options;
    const late = (): void => {
      const text = `Cannot complete the TLS handshake: it took more than ${ms} ms`;
      if (this.#take(key)) this.#cut({ ...connection, duplex }, 'HANDSHAKE_TIMEOUT', text);
    };
    const timer = ms === 'never' ? undefined : setTimeout(late, ms);
    this.#shaking.set(key, { ...connection, duplex, timer });
    // A client that leaves in the middle of it isn't worth reporting.
    duplex.once('close', () => {
      if (this.#shaking.get(key)?.duplex === duplex) this.#take(key);
    });
    // Who ends its stream before the handshake is done only wants to know whether somebody listens, and is closed. The TLS
    // socket takes this over; once it is secured, it may be half-closed.
    duplex.allowHalfOpen = false;
    this.#tls?.emit('connection', duplex);
  }

  /** The connection's handshake is no longer pending. */
  #take(key: string): Shaking | undefined {
    const shaking = this.#shaking.get(key);
    if (shaking === undefined) return undefined;
    this.#shaking.delete(key);
    this.#handshakes.leave(shaking.host);
    clearTimeout(shaking.timer);
    return shaking;
  }

  #secured(socket: TLSSocket): void {
    socket.on('error', () => {});
    socket.allowHalfOpen = true;
    socket.disableRenegotiation();
    const shaking = this.#take(keyOf(socket));
    if (shaking === undefined) {
      socket.destroy();
      return;
    }
    const { host, address, duplex: carrier } = shaking;
    const isRefused = this.#options.tlsCa !== 'none' && !socket.authorized;
    const refusal = { code: 'CERTIFICATE_REFUSED', text: whyRefused(socket) } as const;
    this.#onConnection({ duplex: socket, carrier, host, address, ...(isRefused && { refusal }) });
  }

  #cut({ duplex, address }: Connection, code: CutCode, text: string): void {
    duplex.destroy();
    this.#owner?.cut({ address, code, text });
  }
}

/** What a TLS socket and the TCP socket under it have in common. */
function keyOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}

function whyRefused(socket: TLSSocket): string {
  if (socket.getPeerX509Certificate() === undefined) {
    return 'Cannot let you in: this server requires a client certificate, and you sent none';
  }
  return `Cannot let you in: this server does not trust your certificate (${String(socket.authorizationError)})`;
}

/** OpenSSL's message, without the position in its source. */
function reason(error: Error & { code?: string; reason?: string }): string {
  return error.reason ?? error.code ?? error.message;
}
