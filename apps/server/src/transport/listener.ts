import type { Duplex } from 'node:stream';

/** One client's connection, as a transport hands it over. */
export interface Connection {
  /** Half-open: its writable side stays open when its readable side has ended. */
  readonly duplex: Duplex;
  /** The client's address without its port; what clients are counted by. */
  readonly host: string;
  /** The address with its port, for people. Holds no space. */
  readonly address: string;
}

/** Where connections come from. */
export interface Listener {
  /**
   * Begins to accept. Gives the address, for people and for `connect`.
   *
   * Errors: rejects with a `ListenError` if the address cannot be had.
   */
  listen(onConnection: (connection: Connection) => void): Promise<string>;
  /** Accepts no more and gives the address free. Connections live on. */
  close(): Promise<void>;
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
