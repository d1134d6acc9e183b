import { createConnection, type Socket } from 'node:net';
import { chunk, type Framing, lines } from '@proto/codec';
import { EVENT_OVERHEAD_BYTES } from '@proto/protocol';
import { Client } from './client.ts';
import { ClientError } from './client-error.ts';
import type { Manner } from './conversation.ts';

/** Where to connect, and how to speak there. */
export interface ConnectOptions {
  /** A name or an address. @default '127.0.0.1' */
  readonly host?: string;
  /** From 1 to 65,535. @default 6677 */
  readonly port?: number;
  /**
   * Bytes of content in the longest line sent; the server's lines may be 128 longer. As the server's own option;
   * from 1 to 16,777,216. @default 1_024
   */
  readonly maxLineBytes?: number;
  /** Items the iterator holds while nobody takes them. From 1 to 1,000,000. @default 1_024 */
  readonly maxEvents?: number;
  /** `off`: the server was told `--events off`. With `on` such a server is found out by its first answer. @default 'on' */
  readonly events?: 'on' | 'off';
  /** The seed's own server: a sentence in one write, one read as its answer, in lockstep. @default false */
  readonly classic?: boolean;
  /** Gives up connecting, and closes the connection later. */
  readonly signal?: AbortSignal;
}

/** Where a client connects unless told otherwise. */
export const DEFAULTS: { readonly host: string; readonly port: number; readonly maxLineBytes: number } = {
  host: '127.0.0.1',
  port: 6677,
  maxLineBytes: 1024,
};

/** The most that `maxLineBytes` may be. */
export const MOST_LINE_BYTES = 16_777_216;

/**
 * Connects to a line server.
 *
 * Errors: `RangeError`, at once, for an option out of bounds; rejects with `ClientError` `UNREACHABLE` or
 *         `ABORTED`.
 */
export function connect(options: ConnectOptions = {}): Promise<Client> {
  const { host = DEFAULTS.host, port = DEFAULTS.port, events = 'on', classic = false, signal } = options;
  const { maxLineBytes = DEFAULTS.maxLineBytes, maxEvents = 1024 } = options;
  check('port', port, 1, 65_535);
  check('maxLineBytes', maxLineBytes, 1, MOST_LINE_BYTES);
  check('maxEvents', maxEvents, 1, 1_000_000);
  const manner = classic ? 'classic' : events;
  const framings = framingsOf(manner, maxLineBytes);
  return open({ host, port, signal }, (socket) => new Client({ socket, ...framings, manner, maxEvents }));
}

function check(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`Cannot connect with ${name} ${value}: expected an integer from ${least} to ${most}`);
}

/** One limit for what is sent, another for what is read: the server's lines may be longer than ours. */
function framingsOf(manner: Manner, maxLineBytes: number): { sent: Framing; read: Framing } {
  const sent = { maxFrameBytes: maxLineBytes, charset: 'text' } as const;
  const read = { maxFrameBytes: maxLineBytes + EVENT_OVERHEAD_BYTES, charset: 'text' } as const;
  if (manner === 'classic') return { sent: chunk(sent), read: chunk(read) };
  return { sent: lines(sent), read: lines(read) };
}

interface Place {
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal | undefined;
}

function open({ host, port, signal }: Place, clientOn: (socket: Socket) => Client): Promise<Client> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(aborted(signal));
    const socket = createConnection({ host, port, noDelay: true });
    const abort = (): void => {
      socket.destroy();
      reject(aborted(signal));
    };
    const fail = (cause: NodeJS.ErrnoException): void => {
      signal?.removeEventListener('abort', abort);
      reject(new ClientError('UNREACHABLE', unreachable(host, port, cause), { cause }));
    };
    signal?.addEventListener('abort', abort);
    socket.once('error', fail);
    // The client is made here and not after an await: from now on each event of the socket is its own.
    socket.once('connect', () => {
      signal?.removeEventListener('abort', abort);
      socket.off('error', fail);
      const client = clientOn(socket);
      if (signal !== undefined) abortOn(signal, client);
      resolve(client);
    });
  });
}

function abortOn(signal: AbortSignal, client: Client): void {
  const abort = (): void => client.abort(signal.reason);
  signal.addEventListener('abort', abort);
  void client.ended.then(() => signal.removeEventListener('abort', abort));
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

function unreachable(host: string, port: number, cause: NodeJS.ErrnoException): string {
  const at = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  return `Cannot connect to ${at}: ${STATES[cause.code ?? ''] ?? cause.message}`;
}
