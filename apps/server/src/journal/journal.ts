import type { Entry, RoomRecord } from '../room/records.ts';

/**
 * What gives the records of all clients one order. A record that was appended comes back as an entry, sooner or later,
 * to whoever the journal was made for; only then is it accepted.
 *
 * 1. Entries come in the order of their numbers, which have no gap.
 * 2. An entry is read to its end before the next one begins.
 * 3. Nothing counts on when an entry comes back: in the same call, or after a journey.
 */
export interface Journal {
  append(record: RoomRecord): void;
}

/** Carries out one entry. */
export type Read = (entry: Entry) => void;
