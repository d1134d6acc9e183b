import type { ErrorCode } from '@proto/protocol';
import type { Duplex } from 'node:stream';

/** One client's connection, as a transport passes it on. */
export interface Connection {
  /** It allows half-open: its writable side stays open when its readable side has ended. */
  readonly duplex: Duplex;
  /** The network socket that carries it, if that is a different one, as with TLS. */
  readonly carrier?: Duplex;
  /** The client's address without its port. Clients are counted by it. */
  readonly host: string;
  /** The address with its port, for people. Contains no space. */
  readonly address: string;
  /** Bytes that went by before it was let in, with the token. @default none */
  readonly before?: EarlierBytes;
  /** It can be talked to, but must not be let in: it gets `* ERR` with this `code` and `text`, and is closed. */
  readonly refusal?: { readonly code: ErrorCode; readonly text: string };
}

/** How many bytes went by before a connection was let in. */
export interface EarlierBytes {
  /** From the client. */
  readonly read: number;
  /** To the client. */
  readonly written: number;
}

/**
 * Why a connection was ended before it could be used, or because of its first bytes.
 *
 * `CONNECTIONS`: as many are open as file descriptors allow. `HANDSHAKES`: too many handshakes with one address.
 * `HANDSHAKE`: the TLS handshake failed. `HANDSHAKE_TIMEOUT`: it took too long. `HTTP`, `TLS` on a plain port, `PROXY`,
 * `SMTP`, `SSH`, `RESP`: it greeted in that protocol.
 */
export const CUT_CODES = [
  'CONNECTIONS',
  'HANDSHAKES',
  'HANDSHAKE',
  'HANDSHAKE_TIMEOUT',
  'TLS',
  'HTTP',
  'PROXY',
  'SMTP',
  'SSH',
  'RESP',
] as const;

export type CutCode = (typeof CUT_CODES)[number];

/** A connection that was ended before it could be used, or because of its first bytes. */
export interface Cut {
  /** The client's, as in `Connection`. */
  readonly address: string;
  readonly code: CutCode;
  readonly text: string;
}

/** What else a listener reports. */
export interface ListenerOwner {
  cut(cut: Cut): void;
  /** It works, but the configuration is unsafe. */
  warn(text: string): void;
}

/** Where connections come from. */
export interface Listener {
  /**
   * Starts accepting. Returns the address, for people and for `connect`.
   *
   * Errors: rejects with a `ListenError` if the address isn't available, with an `OptionError` if a file can't be used.
   */
  listen(onConnection: (connection: Connection) => void, owner?: ListenerOwner): Promise<string>;
  /** Stops accepting and frees the address. Connections stay open. */
  close(): Promise<void>;
  /**
   * Reloads its files for new connections. Returns what they are called, if there are any.
   *
   * Errors: rejects with an `OptionError`; the old contents stay in use.
   */
  reload?(): Promise<'certificate' | undefined>;
}

/** The server can't listen on the address. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  /** The code of the system, for example `EADDRINUSE`. */
  readonly code: string;

  /** For listeners of your own. `options.cause`: the error of the system. */
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
