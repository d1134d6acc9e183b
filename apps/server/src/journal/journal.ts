import type { Entry, RoomRecord } from '../room/records.ts';

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
}

/** Carries out one entry. */
export type Read = (entry: Entry) => void;
