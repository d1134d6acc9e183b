import type { ErrorCode } from '@proto/protocol';
import type { Duplex } from 'node:stream';

/** One client's connection, as a transport hands it over. */
export interface Connection {
  /** Half-open: its writable side stays open when its readable side has ended. */
  readonly duplex: Duplex;
  /** The socket of the network that carries it, where that is another one: under TLS. */
  readonly carrier?: Duplex;
  /** The client's address without its port; what clients are counted by. */
  readonly host: string;
  /** The address with its port, for people. Holds no space. */
  readonly address: string;
  /** It can be spoken with, and is not to be let in. */
  readonly refusal?: { readonly code: ErrorCode; readonly text: string };
}

/**
 * Why a connection was ended before anybody could speak on it, or for its first bytes.
 *
 * `CONNECTIONS`: as many are open as file descriptors allow. `HANDSHAKES`: too many handshakes with one address.
 * `HANDSHAKE`: TLS could not be agreed on. `HANDSHAKE_TIMEOUT`: nor in time. `HTTP`, `TLS` where none is spoken, `PROXY`,
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

/** A connection that was ended before anybody could speak on it, or for its first bytes. */
export interface Cut {
  /** Of the client, as in `Connection`. */
  readonly address: string;
  readonly code: CutCode;
  readonly text: string;
}

/** What a listener tells besides connections. */
export interface ListenerOwner {
  cut(cut: Cut): void;
  /** Something works and should not be so. */
  warn(text: string): void;
}

/** Where connections come from. */
export interface Listener {
  /**
   * Begins to accept. Gives the address, for people and for `connect`.
   *
   * Errors: rejects with a `ListenError` if the address cannot be had, with an `OptionError` if a file cannot be used.
   */
  listen(onConnection: (connection: Connection) => void, owner?: ListenerOwner): Promise<string>;
  /** Accepts no more and gives the address free. Connections live on. */
  close(): Promise<void>;
  /**
   * Reads again what it has read from files, for connections to come. Gives what that is called, if there is any.
   *
   * Errors: rejects with an `OptionError`; what was read before stays.
   */
  reload?(): Promise<'certificate' | undefined>;
}

/** The address cannot be listened on. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
