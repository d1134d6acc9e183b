import { createConnection, isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ClientError } from './client-error.ts';
import { deadline } from './deadline.ts';
import { type DialFailure, stateOf, whyInsecure } from './dial-failure.ts';
import { authLine } from './token.ts';

/**
 * The settings of a TLS connection. Texts in PEM. If the server's certificate doesn't verify, the connection ends. No
 * option changes that.
 */
export interface TlsOptions {
  /** Trusted signers, instead of those this machine trusts. */
  readonly ca?: string;
  /** Our own certificate, if the server asks for one. */
  readonly cert?: string;
  /** Its private key. */
  readonly key?: string;
  /** The name the server's certificate must be for. @default the host */
  readonly servername?: string;
}

/** Where a server is, and how long to try. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** A Unix domain socket, instead of host and port. */
  readonly path?: string | undefined;
  readonly tls?: TlsOptions | undefined;
  /** Sent to the server before anything else. */
  readonly token?: string | undefined;
  /** Reads into the same buffer again and again, instead of `data` events. Not with TLS. */
  readonly onread?: OnReadOpts | undefined;
  /** How long connecting may take. */
  readonly timeoutMs: number;
  /** Gives up connecting. */
  readonly signal?: AbortSignal | undefined;
}

/** An endpoint as text: a path, or `host:port`, with brackets around an address that contains colons. */
export function formatEndpoint({ host, port, path }: Pick<Endpoint, 'host' | 'port' | 'path'>): string {
  return path ?? (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
}

/**
 * Opens a connection and returns what `use` makes of it. `use` is called in the same pass of the event loop, so that it
 * misses no event of the socket. What it writes comes after the token.
 *
 * Errors: rejects with `ClientError` `UNREACHABLE`, `INSECURE` or `ABORTED`.
 */
export function dial<T>(endpoint: Endpoint, use: (socket: Socket) => T): Promise<T> {
  const { timeoutMs, signal, tls, token } = endpoint;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(signal));
    const opened = open(endpoint);
    if (opened instanceof ClientError) return reject(opened);
    const socket: Socket = opened;
    const event = tls === undefined ? 'connect' : 'secureConnect';
    const settle = (): void => {
      callOff();
      signal?.removeEventListener('abort', abort);
      socket.off('error', fail).off(event, done);
    };
    const giveUp = (error: ClientError): void => {
      settle();
      socket.on('error', () => {}).destroy();
      reject(error);
    };
    const abort = (): void => giveUp(aborted(signal));
    const fail = (cause: DialFailure): void => giveUp(dialError(endpoint, cause));
    const done = (): void => {
      settle();
      const made = use(socket);
      if (token !== undefined) socket.write(authLine(token), 'latin1');
      resolve(made);
    };
    const callOff = deadline(timeoutMs, () => giveUp(tooLate(endpoint)));
    signal?.addEventListener('abort', abort);
    socket.once('error', fail).once(event, done);
  });
}

function open({ host, port, path, tls, onread }: Endpoint): Socket | ClientError {
  const to = path === undefined ? { host, port } : { path };
  if (tls === undefined) return createConnection({ ...to, ...(onread && { onread }), noDelay: true });
  const name = tls.servername ?? (path !== undefined || isIP(host) !== 0 ? '' : host);
  try {
    return connectTls({ ...to, ...tls, servername: name }).setNoDelay(true);
  } catch (cause) {
    const text = `Cannot connect securely: a certificate or key cannot be used: ${(cause as Error).message}`;
    return new ClientError('INSECURE', text, { cause });
  }
}

function aborted(signal: AbortSignal | undefined): ClientError {
  return new ClientError('ABORTED', 'Cannot connect: the caller aborted', { cause: signal?.reason });
}

function dialError(endpoint: Endpoint, cause: DialFailure): ClientError {
  const state =
    endpoint.tls === undefined ? undefined : whyInsecure(cause, endpoint.tls.servername ?? endpoint.host);
  if (state !== undefined) {
    return new ClientError('INSECURE', `Cannot connect securely to ${formatEndpoint(endpoint)}: ${state}`, {
      cause,
    });
  }
  return new ClientError('UNREACHABLE', `Cannot connect to ${formatEndpoint(endpoint)}: ${stateOf(cause)}`, {
    cause,
  });
}

function tooLate(endpoint: Endpoint): ClientError {
  const text = `Cannot connect to ${formatEndpoint(endpoint)}: no answer within ${endpoint.timeoutMs} ms`;
  return new ClientError('UNREACHABLE', text);
}
