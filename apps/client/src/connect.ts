import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { type Framing, lines } from '@proto/codec';
import { chunk } from '@proto/codec/framings';
import { EVENT_OVERHEAD_BYTES } from '@proto/protocol';
import { Client } from './client.ts';
import type { Manner } from './conversation.ts';
import { dial, type TlsOptions } from './dial.ts';
import { isToken, tokenShape } from './token.ts';

/** Where to connect, and how to speak there. */
export interface ConnectOptions {
  /** A name or an address. @default '127.0.0.1' */
  readonly host?: string;
  /** From 1 to 65,535. @default 6677 */
  readonly port?: number;
  /** Path of a Unix domain socket, in place of host and port. */
  readonly socket?: string | undefined;
  /** Speaks TLS, by what this machine trusts or by options of its own. @default false */
  readonly tls?: boolean | TlsOptions | undefined;
  /** Shown to the server as the first line, where it wants one. Never printed. */
  readonly token?: string | undefined;
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
  /** How long a connection may take to come about. From 1 to 86,400,000. @default 10_000 */
  readonly timeoutMs?: number;
  /** Gives up connecting, and closes the connection later. */
  readonly signal?: AbortSignal;
  /**
   * Called with each socket as soon as it is connected, before anything is read or written: for those who watch
   * bytes. Where it gives a stream, lines are written there, and that stream writes to the socket and ends it.
   */
  readonly onSocket?: (socket: Socket) => Writable | undefined;
}

/** Where a client connects unless told otherwise. */
export const DEFAULTS: {
  readonly host: string;
  readonly port: number;
  readonly maxLineBytes: number;
  readonly timeoutMs: number;
} = { host: '127.0.0.1', port: 6677, maxLineBytes: 1024, timeoutMs: 10_000 };

/** The most that `timeoutMs` may be. */
export const MOST_TIMEOUT_MS = 86_400_000;

/** The most that `maxLineBytes` may be. */
export const MOST_LINE_BYTES = 16_777_216;

/**
 * Connects to a line server.
 *
 * Errors: `RangeError`, at once, for an option out of bounds; rejects with `ClientError` `UNREACHABLE` or
 *         `ABORTED`, with TLS also `INSECURE`.
 */
export function connect(options: ConnectOptions = {}): Promise<Client> {
  const { host = DEFAULTS.host, port = DEFAULTS.port, events = 'on', classic = false, signal } = options;
  const { maxLineBytes = DEFAULTS.maxLineBytes, maxEvents = 1024, timeoutMs = DEFAULTS.timeoutMs } = options;
  check('port', port, 1, 65_535);
  check('maxLineBytes', maxLineBytes, 1, MOST_LINE_BYTES);
  check('maxEvents', maxEvents, 1, 1_000_000);
  check('timeoutMs', timeoutMs, 1, MOST_TIMEOUT_MS);
  const manner = classic ? 'classic' : events;
  const framings = framingsOf(manner, maxLineBytes);
  const { socket: path, tls = false, token, onSocket } = options;
  if (token !== undefined && !isToken(token, maxLineBytes))
    throw new RangeError(`Cannot connect with this token: ${tokenShape(maxLineBytes)}`);
  const secure = tls === true ? {} : tls || undefined;
  return dial({ host, port, path, tls: secure, token, timeoutMs, signal }, (socket) => {
    const client = new Client({ socket, out: onSocket?.(socket), ...framings, manner, maxEvents });
    if (signal !== undefined) abortOn(signal, client);
    return client;
  });
}

function check(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`Cannot connect with ${name} ${value}: expected an integer from ${least} to ${most}`);
}

/** One limit for what is sent, another for what is read: the server's lines may be longer than ours. */
export function framingsOf(
  manner: Manner,
  maxLineBytes: number,
): { readonly sent: Framing; readonly read: Framing } {
  const sent = { maxFrameBytes: maxLineBytes, charset: 'text' } as const;
  const read = { maxFrameBytes: maxLineBytes + EVENT_OVERHEAD_BYTES, charset: 'text' } as const;
  if (manner === 'classic') return { sent: chunk(sent), read: chunk(read) };
  return { sent: lines(sent), read: lines(read) };
}

function abortOn(signal: AbortSignal, client: Client): void {
  const abort = (): void => client.abort(signal.reason);
  signal.addEventListener('abort', abort);
  void client.ended.then(() => signal.removeEventListener('abort', abort));
}
