import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { type Framing, lines } from '@proto/codec';
import { chunk } from '@proto/codec/framings';
import { DEFAULT_LINE_BYTES, DEFAULT_PORT, lineLimits, MOST_LINE_BYTES } from '@proto/protocol';
import { dial, type TlsOptions } from '../dial/dial.ts';
import { isToken, tokenShape } from '../dial/token.ts';
import { Client } from './client.ts';
import type { Manner } from './conversation.ts';
import { excerpt } from './excerpt.ts';

/** Where to connect, and how to talk to the server. */
export interface ConnectOptions {
  /** A name or an address. @default '127.0.0.1' */
  readonly host?: string | undefined;
  /** From 1 to 65,535. @default 6677 */
  readonly port?: number | undefined;
  /** Path of a Unix domain socket, instead of host and port. */
  readonly socket?: string | undefined;
  /** Uses TLS, with what this machine trusts or with these options. @default false */
  readonly tls?: boolean | TlsOptions | undefined;
  /** Sent to the server as the first line, if the server requires a token. Never printed. */
  readonly token?: string | undefined;
  /**
   * Content of the longest line sent, in bytes; the server's lines may be 128 longer. Same as the server's option; from
   * 1 to 16,777,216. @default 1_024
   */
  readonly maxLineBytes?: number | undefined;
  /** How many items the iterator holds while nobody takes them. From 1 to 1,000,000. @default 1_024 */
  readonly maxEvents?: number | undefined;
  /**
   * `off`: the server was started with `--events off`. With `on`, the first answer reveals such a server. @default 'on'
   */
  readonly events?: 'on' | 'off' | undefined;
  /** For a server that takes each read for a message: each sentence in one write, one read as its answer, in lockstep. @default false */
  readonly classic?: boolean | undefined;
  /** How long connecting may take, ms. From 1 to 86,400,000. @default 10_000 */
  readonly timeoutMs?: number | undefined;
  /** Cancels connecting, or closes the connection later. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with each socket as soon as it is connected, before anything is read or written: for watching bytes. If it
   * returns a stream, lines are written there, and that stream must write to the socket and end it.
   */
  readonly onSocket?: ((socket: Socket) => Writable | undefined) | undefined;
}

/** Where a client connects by default. */
export const DEFAULTS: {
  readonly host: string;
  readonly port: number;
  readonly maxLineBytes: number;
  readonly timeoutMs: number;
} = { host: '127.0.0.1', port: DEFAULT_PORT, maxLineBytes: DEFAULT_LINE_BYTES, timeoutMs: 10_000 };

/** The largest `timeoutMs`. */
export const MOST_TIMEOUT_MS = 86_400_000;

/**
 * Connects to a line server.
 *
 * Errors: `RangeError`, at once, for an option that is out of bounds or doesn't exist; rejects with `ClientError`
 *         `UNREACHABLE` or `ABORTED`, with TLS also `INSECURE`.
 *
 * @example
 * ```ts
 * import { connect } from '@proto/client';
 * import { createServer } from '@proto/server';
 *
 * const server = createServer({ port: 0, order: 'free' });
 * const address = await server.listen();
 * const client = await connect({ host: '127.0.0.1', port: Number(address.split(':').at(-1)) });
 * console.log(await client.ask('hello')); // HELLO
 * await client.end();
 * await server.close();
 * ```
 */
export function connect(options: ConnectOptions = {}): Promise<Client> {
  checkNames(options);
  const { host = DEFAULTS.host, port = DEFAULTS.port, events = 'on', classic = false, signal } = options;
  const { maxLineBytes = DEFAULTS.maxLineBytes, maxEvents = 1024, timeoutMs = DEFAULTS.timeoutMs } = options;
  if (events !== 'on' && events !== 'off')
    throw new RangeError(`Cannot connect with events ${String(events)}: expected on or off`);
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

const NAMES: Readonly<Record<keyof ConnectOptions, true>> = {
  host: true,
  port: true,
  socket: true,
  tls: true,
  token: true,
  maxLineBytes: true,
  maxEvents: true,
  events: true,
  classic: true,
  timeoutMs: true,
  signal: true,
  onSocket: true,
};

/** A misspelt name would be a limit that isn't applied. */
function checkNames(options: unknown): void {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(
      `Cannot connect with ${excerpt(String(options))}: expected an object such as { host, port }`,
    );
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(NAMES, name));
  if (unknown !== undefined)
    throw new RangeError(`Cannot connect with ${excerpt(unknown)}: there is no such option`);
}

function check(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`Cannot connect with ${name} ${value}: expected an integer from ${least} to ${most}`);
}

/** One limit for what is sent, and another for what is read: the server's lines may be longer than ours. */
export function framingsOf(
  manner: Manner,
  maxLineBytes: number,
): { readonly sent: Framing; readonly read: Framing } {
  const { toServer, toClient } = lineLimits(maxLineBytes);
  const cut = manner === 'classic' ? chunk : lines;
  return { sent: cut(toServer), read: cut(toClient) };
}

function abortOn(signal: AbortSignal, client: Client): void {
  const abort = (): void => client.abort(signal.reason);
  signal.addEventListener('abort', abort);
  void client.ended.then(() => signal.removeEventListener('abort', abort));
}
