import type { Place } from './records.ts';

/** A client in a room, as it is now. */
export interface Person extends Place {
  /** `-` for a client that has taken none. */
  readonly name: string;
  readonly address: string;
  /** Its lines that wait or are being handled. */
  readonly waiting: number;
  /** How many of its lines were answered since it took its seat. */
  readonly served: number;
  /** Whether it reads too slowly to be served. */
  readonly slow: boolean;
  /** Why it sends nothing more; `undefined` while it may. */
  readonly ended: string | undefined;
}
