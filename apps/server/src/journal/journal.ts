import type { Client, Entry, Outcome, RoomRecord } from '../room/records.ts';
import type { AwayChange, NodeChange } from '../events/events.ts';
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
  /** Whether a record would come back in the same call, before anything else. Left out: it wouldn't. */
  readonly isIdle?: boolean;
  /** Counts a record that was applied without an entry while it was idle. */
  skip?(): void;
  /** What it knows of other nodes. Left out: there are none. */
  readonly shared?: Shared;
}

/** What several servers have in common that read one order. */
export interface Shared {
  /** The rooms, with everything applied that came before. */
  readonly rooms: Rooms;
  /** The clients of this server have numbers above this one. */
  readonly firstClient: Client;
  /** Whether a client is one of this server, or was. */
  isOwn(client: Client): boolean;
  /** So much of this server is on its way that it should read no more. */
  readonly isFull: boolean;
  /** Nothing comes back of what was appended: the others can't be reached. */
  readonly isAway: boolean;
  status(): SharedStatus;
  /** This server, the others that are up, and those that are gone since it listens, the last one first. */
  nodes(): readonly SharedNode[];
  /** The server of a client. */
  nodeOf(client: Client): string | undefined;
}

/** One of the servers. */
export interface SharedNode {
  readonly name: string;
  /** Its clients have numbers above this one, up to the last. */
  readonly firstClient: Client;
  readonly lastClient: Client;
  /** How long ago it was found to be gone, or left. In milliseconds; `undefined` while it's up. */
  readonly goneMs: number | undefined;
  /** It left by itself. */
  readonly hasLeft: boolean;
}

/** How this server and the others are doing. */
export interface SharedStatus {
  /** This one's name. */
  readonly node: string;
  /** The names of those that are up, this one among them. */
  readonly nodes: readonly string[];
  /** How many were found to be gone. */
  readonly gone: number;
  /** How many entries were applied. */
  readonly position: number;
  /** How many entries of this server have not come back. */
  readonly pending: number;
  /** How long the last entry took from its append until it was applied. In milliseconds. */
  readonly entryMs: number;
  /** How many entries were sent again. */
  readonly resent: number;
  /** For how long nothing has come back of what is on its way. In milliseconds; 0: nothing is. */
  readonly awayMs: number;
}

/** Applies one entry, and carries out what follows. The outcome is good until the next entry. */
export type Read = (entry: Entry) => Outcome;

/** Told what happens to the servers that share one order. */
export interface SharedListener {
  node(change: NodeChange): void;
  away(change: AwayChange): void;
}

/** Creates the journal of a server. */
export type OpenJournal = (read: Read, listener: SharedListener) => Journal;
