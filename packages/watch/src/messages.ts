import type { End, WatchSettings, Counts, LeftOut, Missed, NodeRow, RoomRow, PersonRow } from './rows.ts';

/** The version of the format. A watcher that reads another version says so and shows nothing. */
export const WATCH_VERSION = 1;

/** The most rooms whose rows are sent. Of the others only their number is known. */
export const MOST_ROOMS = 64;

/** The most clients whose rows are sent. Of the others only their number is known. */
export const MOST_PEOPLE = 1_000;

/** The most nodes whose rows are sent. Of the others only their number is known. */
export const MOST_NODES = 16;

/** What a watcher may do: look, open clients of its own, or hold the turns of a room. */
export type Right = 'watch' | 'join' | 'hold';

/**
 * One message to a watcher: a JSON object on one line. `k`: its kind.
 *
 * Units: `t`: milliseconds since the moment `at` of the last `hello`, with one decimal. `ms`: milliseconds. `c`: a client,
 *        by the number that is never given twice. `n`: the number of a turn in its room, from 1. Bytes are text with one
 *        code unit per byte.
 *
 * - `address`: host and port, or the path of a socket. `room`: a name. `seat`: a number in that room, from 1.
 * - `name`: the name that a client took, or brought from another room.
 * - `have`: how many clients are in the room, which waits for `want` before its first turn.
 * - `code`: of `ERROR_CODES` in `@proto/protocol`, or why a connection was cut. `reason`, `text`, `why`: for people.
 * - `d`: the direction, seen from the server. `by`: who ended it, and `how`. `from`: bytes of that direction before.
 * - `state`: what became of a turn. `end`: how a wait ended. `scope`: whom a quit reaches, and `told`: the clients.
 * - `clean`: clients that got every line and then the end of the stream; `forced`: those that did not.
 * - `rooms`, `people`, `rows`: the rows as they are now, in place of earlier ones. `gone`: names of rooms.
 */
export type Message =
  /**
   * Comes first, and again as `resync` when a watcher has fallen behind: `missed` says what it did not get. `file`: a
   * recording, with nothing left out. `v`: the version of the format. `rights`: what this watcher may do. `settings`: those
   * in force.
   */
  | {
      readonly k: 'hello';
      readonly v: typeof WATCH_VERSION;
      /** The time at `t` 0, in ISO 8601. */
      readonly at: string;
      /** Where clients connect; empty while the server does not listen. */
      readonly address: string;
      readonly why: 'first' | 'resync' | 'file';
      readonly missed?: Missed;
      readonly rights: readonly Right[];
      readonly settings: WatchSettings;
    }
  /** The server asks for a token: send it with the operation `token`. `tries`: how many are left. */
  | { readonly k: 'locked'; readonly t: number; readonly tries: number }
  /**
   * Follows every `hello`: all rooms and clients, and those that a quit has reached. `all`: how many clients there are, if
   * `people` holds only some of them. A `quit` follows for each that is not over.
   */
  | {
      readonly k: 'state';
      readonly t: number;
      readonly rooms: readonly RoomRow[];
      readonly people: readonly PersonRow[];
      readonly all: number;
      /** How many rooms there are, if these are more than are sent. */
      readonly allRooms?: number;
      /** The server accepts no more clients. */
      readonly closing?: true;
    }
  /**
   * Only from a server that shares its rooms with others through a log: which nodes there are, and how this one gets on with
   * the log. Follows every `state`, and comes again when that has changed. Clients of the other nodes have no `chunk` and
   * no `end`: each server sees the bytes of its own clients only.
   */
  | {
      readonly k: 'nodes';
      readonly t: number;
      /** This server's node, the others that are up, and those that are gone since a short time, the last one first. */
      readonly nodes: readonly NodeRow[];
      /** How many are up, if these are more than are sent. */
      readonly allNodes?: number;
      /** How many entries of the log this server has applied. */
      readonly position: number;
      /** How many entries of this server have not come back from the log. */
      readonly pending: number;
      /** How long the last entry of this server took from its append until it was applied. */
      readonly entryMs: number;
      /** Nothing comes back from the log, and for how long. */
      readonly awayMs?: number;
    }
  | { readonly k: 'listening'; readonly t: number; readonly address: string }
  | {
      readonly k: 'join';
      readonly t: number;
      readonly c: number;
      readonly room: string;
      readonly seat: number;
      readonly address: string;
      readonly name?: string;
      readonly have: number;
      readonly want: number;
    }
  /**
   * `drop`: the server ends the connection. The `leave` comes before or after. Clients that a quit reaches have no `leave`:
   * its `quitDone` covers them.
   */
  | {
      readonly k: 'leave' | 'drop';
      readonly t: number;
      readonly c: number;
      readonly room: string;
      readonly seat: number;
      readonly reason: string;
    }
  | { readonly k: 'name'; readonly t: number; readonly c: number; readonly name: string }
  /** A connection was refused (`refuse`), or cut off before the server could answer (`cut`). */
  | { readonly k: 'refuse' | 'cut'; readonly t: number; readonly address: string; readonly code: string }
  | { readonly k: 'fault'; readonly t: number; readonly c: number; readonly code: string }
  | {
      readonly k: 'turn';
      readonly t: number;
      readonly room: string;
      readonly n: number;
      readonly c: number;
      readonly seat: number;
      readonly state: 'served' | 'skipped' | 'waiting' | 'held';
    }
  /** `count` turns that were served in a row, from number `n`: the clients of `ring`, round after round. */
  | {
      readonly k: 'rounds';
      readonly t: number;
      readonly room: string;
      readonly n: number;
      readonly count: number;
      readonly ring: readonly number[];
    }
  /** A room waited for this client, for `ms`. */
  | {
      readonly k: 'waited';
      readonly t: number;
      readonly room: string;
      readonly c: number;
      readonly end: 'served' | 'skipped' | 'left' | 'held';
      readonly ms: number;
    }
  /** One read or write of `len` bytes, after `from` others; `b` holds the first. `open`: bytes of an unfinished line before it. */
  | {
      readonly k: 'chunk';
      readonly t: number;
      readonly c: number;
      readonly d: 'read' | 'write';
      readonly from: number;
      readonly len: number;
      readonly b: string;
      readonly open?: number;
    }
  | {
      readonly k: 'end';
      readonly t: number;
      readonly c: number;
      readonly d: 'read' | 'write';
      readonly how: End;
      readonly by: 'peer' | 'server';
      readonly from: number;
    }
  | {
      readonly k: 'quit';
      readonly t: number;
      readonly scope: 'all' | 'room';
      readonly room?: string;
      readonly seat?: number;
      readonly reason: string;
      readonly told: readonly number[];
    }
  | {
      readonly k: 'quitDone';
      readonly t: number;
      readonly clean: readonly number[];
      readonly forced: readonly number[];
      readonly ms: number;
    }
  /** The server isn't ready any more, lets clients in for `ms` more, and then closes. */
  | { readonly k: 'drain'; readonly t: number; readonly reason: string; readonly ms: number }
  /** An operator has given a command that changes something. */
  | { readonly k: 'admin'; readonly t: number; readonly text: string }
  | { readonly k: 'handlerError'; readonly t: number; readonly c: number; readonly text: string }
  | { readonly k: 'warning'; readonly t: number; readonly text: string }
  /** Rooms that have changed, and the names of rooms that are gone. */
  | {
      readonly k: 'rooms';
      readonly t: number;
      readonly rooms: readonly RoomRow[];
      readonly gone?: readonly string[];
    }
  /** Clients that have changed. */
  | { readonly k: 'people'; readonly t: number; readonly rows: readonly PersonRow[] }
  /**
   * Ends every batch, and counts them in `seq`. `counts`: since the server started. `left`: what was left out of the batch.
   * `loopMs`: the longest delay of the event loop since the last one.
   */
  | {
      readonly k: 'tick';
      readonly t: number;
      readonly seq: number;
      /** How many clients there are. */
      readonly all: number;
      /** How many rooms there are, if these are more than are sent. */
      readonly allRooms?: number;
      readonly counts: Counts;
      readonly loopMs: number;
      readonly left: LeftOut;
    }
  /** This recording is the lesson with this `number` and `title`. `try`: what to do on a live server, started with `flags`. */
  | {
      readonly k: 'lesson';
      readonly t: number;
      readonly number: number;
      readonly title: string;
      readonly try: string;
      readonly flags: readonly string[];
    }
  /** What to look at in this moment of a recording. `c`: the client it is about. */
  | { readonly k: 'caption'; readonly t: number; readonly text: string; readonly c?: number }
  /** The last line of a recording that ended before its server did, and `why`. */
  | { readonly k: 'stopped'; readonly t: number; readonly why: string };
