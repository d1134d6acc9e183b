import { createConnection, isIP, type OnReadOpts, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ClientError } from './client-error.ts';
import { deadline } from './deadline.ts';
import { type DialFailure, stateOf, whyInsecure } from './dial-failure.ts';
import { authLine } from './token.ts';

/**
 * What a connection by TLS goes by. Texts in PEM. A certificate of the server's that does not verify ends the
 * connection: there is no option to look away.
 */
export interface TlsOptions {
  /** Who signs for servers, in place of those this machine trusts. */
  readonly ca?: string;
  /** Our own certificate, where the server wants one. */
  readonly cert?: string;
  /** Its key. */
  readonly key?: string;
  /** The name the server's certificate is to be for. @default the host */
  readonly servername?: string;
}

/** Where a server is, and how long to look for it. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** A Unix domain socket, in place of host and port. */
  readonly path?: string | undefined;
  readonly tls?: TlsOptions | undefined;
  /** Shown to the server before anything else is said. */
  readonly token?: string | undefined;
  /** Reads into one buffer again and again, in place of `data` events. Not with TLS. */
  readonly onread?: OnReadOpts | undefined;
  /** How long it may take. */
  readonly timeoutMs: number;
  /** Gives up connecting. */
  readonly signal?: AbortSignal | undefined;
}

/** As an endpoint is written: a path, or `host:port`, with brackets around an address that has colons. */
export function formatEndpoint({ host, port, path }: Pick<Endpoint, 'host' | 'port' | 'path'>): string {
  return path ?? (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`);
}

/**
 * Opens a connection and gives what is made of it. `use` is called in the same pass of the event loop, so that
 * from then on each event of the socket is its own; what it writes later comes behind the token.
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
    const text = `Cannot connect securely: a certificate or key that was given is of no use: ${(cause as Error).message}`;
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
  const text = `Cannot connect to ${formatEndpoint(endpoint)}: nobody answered within ${endpoint.timeoutMs} ms`;
  return new ClientError('UNREACHABLE', text);
}
