import type { Client, Entry, Outcome, RoomRecord } from '../room/records.ts';
import type { Rooms } from '../room/rooms.ts';

/**
 * Gives the records of all clients one order. An appended record comes back as an entry, sooner or later, to the
 * journal's reader. Only then is it accepted.
 *
 * 1. Entries come in the order of their numbers, without a gap.
 * 2. An entry is processed completely before the next one begins.
 * 3. Nothing relies on when an entry comes back: in the same call, or later.
 */
export interface Journal {
  append(record: RoomRecord): void;
  /** What it knows of other nodes. Left out: there are none. */
  readonly shared?: Shared;
}

/** What several servers have in common that read one order. */
export interface Shared {
  /** The rooms, with everything applied that came before. */
  readonly rooms: Rooms;
  /** The clients of this server have numbers above this one. */
  readonly firstClient: Client;
}

/** Applies one entry, and carries out what follows. The outcome is good until the next entry. */
export type Read = (entry: Entry) => Outcome;
