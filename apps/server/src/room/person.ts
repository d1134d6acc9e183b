import type { Place } from './records.ts';

/** A client in a room, as it is now. */
export interface Person extends Place {
  /** `-` for a client without a name. */
  readonly name: string;
  /** Host and port, or the path of the socket. Contains no space. */
  readonly address: string;
  /** How many of its lines wait or are being handled. */
  readonly waiting: number;
  /** How many of its messages were answered since it took its seat. */
  readonly served: number;
  /** Whether it reads too slowly to be served. */
  readonly slow: boolean;
  /** Why it has stopped sending; `undefined` while it hasn't. */
  readonly ended: string | undefined;
}
