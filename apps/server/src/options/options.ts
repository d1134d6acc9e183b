import type { Handler } from '../options/handler.ts';

/**
 * How a server runs. Options that are left out have their defaults. Some defaults depend on the address: on a loopback
 * address the server is trusting and patient, on any other ("exposed") it is strict.
 */
export interface ServerOptions {
  /** Address to listen on. @default '127.0.0.1' */
  readonly host?: string;
  /** 0 to 65,535; 0: any free port. @default 6677 */
  readonly port?: number;
  /**
   * `on`: several servers can listen on the same address and port, and the system shares the connections among them. Needs
   * Node 22.12 or 23.1, and a system that does it: Linux, FreeBSD. @default 'off'
   */
  readonly reusePort?: 'on' | 'off';
  /** Path of a Unix domain socket to listen on, instead of host and port. @default 'none' */
  readonly socket?: string;
  /** PEM file: the certificate, and those that signed it. With it the server uses TLS. @default 'none' */
  readonly tlsCert?: string;
  /** PEM file: the private key of the certificate. @default 'none' */
  readonly tlsKey?: string;
  /** PEM file: only clients with a certificate signed by one of these are let in. @default 'none' */
  readonly tlsCa?: string;
  /** Only clients that send `/auth` with the token in this file are let in. @default 'none' */
  readonly tokenFile?: string;
  /** Who is served next. @default 'strict' */
  readonly order?: 'strict' | 'fair' | 'free';
  /** Who gets the result of a line. @default 'sender' */
  readonly deliver?: 'sender' | 'others' | 'all';
  /** How a line is transformed: capitals, not at all, or by your own function. @default 'upper' */
  readonly transform?: 'upper' | 'none' | Handler;
  /** How many clients must be present before the first turn, 1 to 10,000. @default 3 in strict order, else 1 */
  readonly clients?: number;
  /** Whom a client's quit closes. @default 'all' on loopback, 'self' exposed */
  readonly quit?: 'all' | 'room' | 'self';
  /** `chunk`: one read is one message, for clients that send no terminator. @default 'lines' */
  readonly framing?: 'lines' | 'chunk';
  /** `off`: only replies, relayed text and errors, without a star. @default 'on' */
  readonly events?: 'on' | 'off';
  /** Whether clients are told the addresses of others, by `JOIN` and `WHO`. @default 'shown' on loopback, 'hidden' exposed */
  readonly addresses?: 'shown' | 'hidden';
  /** Close a connection that greets in another protocol: HTTP, PROXY, SMTP, SSH, RESP. @default 'on' */
  readonly greetingGuard?: 'on' | 'off';
  /** @deprecated The former name of `greetingGuard`. */
  readonly httpGuard?: 'on' | 'off';
  /**
   * When a client is present. `line`: once it has said a line, at the latest after 250 ms, so that a probe takes no seat.
   * @default 'connection' on loopback, 'line' exposed
   */
  readonly joinWith?: 'connection' | 'line';
  /** `required`: every connection begins with a header of the PROXY protocol, which says who the client is. @default 'off' */
  readonly proxyProtocol?: 'off' | 'required';
  /** Where such connections may come from: addresses and CIDR blocks, separated by commas. @default '127.0.0.0/8,::1' */
  readonly proxyFrom?: string;
  /** How long a TLS handshake, or a header of the PROXY protocol, may take, 1 ms to 24 h. @default 5,000 */
  readonly handshakeTimeoutMs?: number | 'never';
  /** How long to wait for a client's token, 1 ms to 24 h. @default never on loopback, 5,000 exposed */
  readonly authTimeoutMs?: number | 'never';
  /** Strict order: how long to wait for a client, 1 ms to 24 h. @default never on loopback, 60,000 exposed */
  readonly turnTimeoutMs?: number | 'never';
  /**
   * Strict order: how many turns in a row a client may let pass by its deadline, 1 to 1,000,000. Beyond that, its turns pass
   * at once until it says a line. @default none on loopback, 3 exposed
   */
  readonly maxSkips?: number | 'none';
  /**
   * How long a line may take from its first byte to its end, 1 ms to 24 h. @default never on loopback, 10,000 exposed
   */
  readonly partialLineTimeoutMs?: number | 'never';
  /**
   * How long a client may be silent while nothing waits for it, 1 ms to 24 h. @default never on loopback, 600,000
   * exposed
   */
  readonly idleTimeoutMs?: number | 'never';
  /**
   * How long a client may read nothing of its waiting output, 1 ms to 24 h. @default never on loopback, 60,000 exposed
   */
  readonly outboxTimeoutMs?: number | 'never';
  /**
   * How long a client that has stopped sending may wait to be served, 1 ms to 24 h. @default never on loopback, 30,000
   * exposed
   */
  readonly endedTimeoutMs?: number | 'never';
  /** How long a handler may take for one line, 1 ms to 24 h. @default 10,000 */
  readonly handlerTimeoutMs?: number | 'never';
  /** A quit: how long serving and flushing may take, 0 ms to 24 h. @default 5,000 */
  readonly graceMs?: number;
  /** Before it closes: how long it is not ready, but still lets clients in, 0 ms to 24 h. @default 0 */
  readonly drainMs?: number;
  /** After FIN: how long to read and discard input, 0 to 60,000 ms. @default 300 */
  readonly lingerMs?: number;
  /** Content of a line, in bytes, 1 to 16,777,216. @default 1,024 */
  readonly maxLineBytes?: number;
  /** How many lines of one client may wait; beyond that it isn't read. 1 to 1,000,000. @default 64 */
  readonly maxQueuedLines?: number;
  /** Bytes that may wait for one client. Each line counts 256 more. @default 1,048,576 */
  readonly maxOutboxBytes?: number;
  /**
   * Bytes that queues and outboxes of all clients may hold, 1 MiB to 1 TiB. The clients that hold most are no longer read,
   * and in the end dropped. @default auto: a quarter of the memory that the process may use
   */
  readonly maxMemoryBytes?: number | 'auto';
  /** Faults after which a connection is closed. 1 to 1,000,000. @default 100 on loopback, 16 exposed */
  readonly maxErrors?: number;
  /** Clients in total, 1 to 1,000,000; never more than the file descriptors allow. @default 10,000 */
  readonly maxClients?: number;
  /** Clients from one address, 1 to 1,000,000. @default none on loopback, 64 exposed */
  readonly maxClientsPerAddress?: number | 'none';
  /**
   * Connections from one address in a second, 1 to 1,000,000; the others are turned away. At once there may be 8 seconds'
   * worth. @default none on loopback, 20 exposed
   */
  readonly maxConnectsPerSecond?: number | 'none';
  /**
   * Lines and commands of one client in a second, 1 to 1,000,000; beyond that it isn't read for a while. At once it may
   * send 8 seconds' worth. @default none on loopback, 1,000 exposed
   */
  readonly maxLinesPerSecond?: number | 'none';
  /**
   * Bytes in a second that one client makes the server send to others, or list for it, 1,000 to 1,000,000,000. Each line counts 256
   * more; beyond that the client isn't read for a while. At once it may cause 8 seconds' worth. @default none on loopback,
   * 50,000 exposed
   */
  readonly maxCausedBytesPerSecond?: number | 'none';
  /** Rooms at a time, 1 to 1,000,000. @default 1,000 */
  readonly maxRooms?: number;
}

/** What a line that waits in an outbox is charged in addition to its content, for holding it. In bytes. */
export const BYTES_PER_LINE = 256;

/** The longest line of a server that shares its rooms, in bytes: with what is around it, it fits into one entry of the log. */
export const MOST_SHARED_LINE_BYTES = 65_000;

/** Every option with its value. */
export type Settings = Required<Omit<ServerOptions, 'httpGuard' | 'maxMemoryBytes'>> & {
  /** Bytes that queues and outboxes of all clients may hold. `auto` has become a number. */
  readonly maxMemoryBytes: number;
};

/** An option is invalid. */
export class OptionError extends RangeError {
  override readonly name = 'OptionError';
  /** The option in question, if there is one. */
  readonly key: string | undefined;
  /** What is wrong with it. */
  readonly state: string;

  /** `state`: the text or, if there is a `key`, what follows "Cannot start with KEY". */
  constructor(state: string, options: ErrorOptions & { readonly key?: string } = {}) {
    super(options.key === undefined ? state : `Cannot start with ${options.key} ${state}`, options);
    this.key = options.key;
    this.state = state;
  }

  /** The text, with the option named as where it was written. */
  textWith(nameOf: (key: string) => string): string {
    return this.key === undefined ? this.message : `Cannot start with ${nameOf(this.key)} ${this.state}`;
  }
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** The host in `HOST:PORT` or `[HOST]:PORT`. */
export function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');
}
