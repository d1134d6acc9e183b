import { createConnection, type Socket } from 'node:net';
import { ClientError } from './client-error.ts';

/** Where a server is, and how long to look for it. */
export interface Place {
  readonly host: string;
  readonly port: number;
  /** How long it may take. */
  readonly timeoutMs: number;
  /** Gives up connecting. */
  readonly signal?: AbortSignal | undefined;
}

/** As a place is written: `host:port`, with brackets around an address that has colons. */
export function formatPlace({ host, port }: Pick<Place, 'host' | 'port'>): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/**
 * Opens a connection and gives what is made of it. `use` is called in the same turn of the event loop, so that
 * from then on each event of the socket is its own.
 *
 * Errors: rejects with `ClientError` `UNREACHABLE` or `ABORTED`.
 */
export function dial<T>(place: Place, use: (socket: Socket) => T): Promise<T> {
  const { host, port, timeoutMs, signal } = place;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(signal));
    const socket = createConnection({ host, port, noDelay: true });
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      socket.off('error', fail).off('connect', done);
    };
    const giveUp = (error: ClientError): void => {
      settle();
      socket.on('error', () => {}).destroy();
      reject(error);
    };
    const abort = (): void => giveUp(aborted(signal));
    const fail = (cause: NodeJS.ErrnoException): void => giveUp(unreachable(place, cause));
    const done = (): void => {
      settle();
      resolve(use(socket));
    };
    const timer = setTimeout(() => giveUp(tooLate(place)), timeoutMs);
    signal?.addEventListener('abort', abort);
    socket.once('error', fail).once('connect', done);
  });
}

function aborted(signal: AbortSignal | undefined): ClientError {
  return new ClientError('ABORTED', 'Cannot connect: the caller aborted', { cause: signal?.reason });
}

const STATES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there. Start the server, or say another host:port',
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the name does not resolve now',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'nobody answers there',
  ECONNRESET: 'the connection was reset',
};

function unreachable(place: Place, cause: NodeJS.ErrnoException): ClientError {
  const text = `Cannot connect to ${formatPlace(place)}: ${STATES[cause.code ?? ''] ?? cause.message}`;
  return new ClientError('UNREACHABLE', text, { cause });
}

function tooLate(place: Place): ClientError {
  const text = `Cannot connect to ${formatPlace(place)}: nobody answered within ${place.timeoutMs} ms`;
  return new ClientError('UNREACHABLE', text);
}
