import type { Handler } from '../options/handler.ts';

/**
 * How a server runs. What is left out has its default; some defaults depend on the address it is bound to: on a
 * loopback address it is trusting and patient, on any other ("exposed") it is on its guard.
 */
export interface ServerOptions {
  /** Address to listen on. @default '127.0.0.1' */
  readonly host?: string;
  /** 0 to 65,535; 0: any free port. @default 6677 */
  readonly port?: number;
  /** Path of a Unix domain socket to listen on, in place of host and port. @default 'none' */
  readonly socket?: string;
  /** PEM file: the certificate, and those it is signed by. With it the server speaks TLS. @default 'none' */
  readonly tlsCert?: string;
  /** PEM file: the private key of the certificate. @default 'none' */
  readonly tlsKey?: string;
  /** PEM file: only clients with a certificate that one of these has signed are let in. @default 'none' */
  readonly tlsCa?: string;
  /** Only clients that send `/auth` and what is in this file are let in. @default 'none' */
  readonly tokenFile?: string;
  /** Who is served next. @default 'strict' */
  readonly order?: 'strict' | 'fair' | 'free';
  /** Who gets what a line has become. @default 'sender' */
  readonly deliver?: 'sender' | 'others' | 'all';
  /** What is done with a line: capitals, nothing, or a function of your own. @default 'upper' */
  readonly transform?: 'upper' | 'none' | Handler;
  /** Who must be present before the first turn, 1 to 10,000. @default 3 in strict order, else 1 */
  readonly clients?: number;
  /** Whom a client's quit closes. @default 'all' on loopback, 'self' exposed */
  readonly quit?: 'all' | 'room' | 'self';
  /** `chunk`: one read is one message, for clients that send no terminator. @default 'lines' */
  readonly framing?: 'lines' | 'chunk';
  /** `off`: replies, relayed text and errors only, bare. @default 'on' */
  readonly events?: 'on' | 'off';
  /** Close a connection that greets in another protocol: HTTP, PROXY, SMTP, SSH, RESP. @default 'on' */
  readonly greetingGuard?: 'on' | 'off';
  /** @deprecated The former name of `greetingGuard`. */
  readonly httpGuard?: 'on' | 'off';
  /** What a TLS handshake may take, 1 ms to 24 h. @default 5,000 */
  readonly handshakeTimeoutMs?: number | 'never';
  /** How long the token of a client is waited for, 1 ms to 24 h. @default never on loopback, 5,000 exposed */
  readonly authTimeoutMs?: number | 'never';
  /** Strict order: how long a client is waited for, 1 ms to 24 h. @default never on loopback, 60,000 exposed */
  readonly turnTimeoutMs?: number | 'never';
  /** From the first byte of a line to its end, 1 ms to 24 h. @default never on loopback, 10,000 exposed */
  readonly partialLineTimeoutMs?: number | 'never';
  /** Nothing received and nothing waiting, 1 ms to 24 h. @default never on loopback, 600,000 exposed */
  readonly idleTimeoutMs?: number | 'never';
  /** Something waits and nothing is taken, 1 ms to 24 h. @default never on loopback, 60,000 exposed */
  readonly outboxTimeoutMs?: number | 'never';
  /** A client that sends nothing more waits, and is not served, 1 ms to 24 h. @default never on loopback, 30,000 exposed */
  readonly endedTimeoutMs?: number | 'never';
  /** What a handler may take for one line, 1 ms to 24 h. @default 10,000 */
  readonly handlerTimeoutMs?: number | 'never';
  /** A quit: what serving and flushing may take, 0 ms to 24 h. @default 5,000 */
  readonly graceMs?: number;
  /** After FIN: how long what still comes is read and discarded, 0 to 60,000 ms. @default 300 */
  readonly lingerMs?: number;
  /** Content of a line, in bytes, 1 to 16,777,216. @default 1,024 */
  readonly maxLineBytes?: number;
  /** Lines of one client that may wait; then it is not read. 1 to 1,000,000. @default 64 */
  readonly maxQueuedLines?: number;
  /** Bytes that may wait for one client, 256 charged for each line besides its content. @default 1,048,576 */
  readonly maxOutboxBytes?: number;
  /** Faults of one connection; then it is closed. 1 to 1,000,000. @default 100 on loopback, 16 exposed */
  readonly maxErrors?: number;
  /** Clients in all, 1 to 1,000,000; never more than the file descriptors allow. @default 10,000 */
  readonly maxClients?: number;
  /** Clients from one address, 1 to 1,000,000. @default none on loopback, 64 exposed */
  readonly maxClientsPerAddress?: number | 'none';
  /** Rooms that are there at a time, 1 to 1,000,000. @default 1,000 */
  readonly maxRooms?: number;
}

/** What a line that waits in an outbox is charged besides its content: what holding it costs. In bytes. */
export const BYTES_PER_LINE = 256;

/** Every option with its value. */
export type Settings = Required<Omit<ServerOptions, 'httpGuard'>>;

/** An option is not what it must be. */
export class OptionError extends RangeError {
  override readonly name = 'OptionError';
  /** The option it is about, where it is about one. */
  readonly key: keyof ServerOptions | undefined;
  /** What of it is not as it must be. */
  readonly state: string;

  /** `state`: the text, or where there is a `key` what follows "Cannot start with KEY". */
  constructor(state: string, options: ErrorOptions & { readonly key?: keyof ServerOptions } = {}) {
    super(options.key === undefined ? state : `Cannot start with ${options.key} ${state}`, options);
    this.key = options.key;
    this.state = state;
  }

  /** The text with the option called as where it was written. */
  textWith(nameOf: (key: string) => string): string {
    return this.key === undefined ? this.message : `Cannot start with ${nameOf(this.key)} ${this.state}`;
  }
}

/** Says whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
