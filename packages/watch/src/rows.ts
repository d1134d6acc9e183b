// What messages hold: the settings and counts of a server, and its rooms and clients as they are.

/** How a direction ended. `FIN`: in good order. `RST`: cut off; data in flight is lost. */
export type End = 'FIN' | 'RST';

/** The settings of a server that a watcher needs to explain what happens. */
export interface WatchSettings {
  /** `strict`, `fair`, `free`, or one of a later server. */
  readonly order: string;
  /** Who gets a reply. */
  readonly deliver: 'sender' | 'others' | 'all';
  /** `upper`, `none`, or `handler` for a function. */
  readonly transform: string;
  /** How many a room waits for before its first turn. */
  readonly clients: number;
  /** Whom the quit of a client closes. */
  readonly quit: 'all' | 'room' | 'self';
  /** `lines`, `chunk`, or one of a later server. */
  readonly framing: string;
  /** Whether clients get lines that begin with `*`. */
  readonly events: 'on' | 'off';
  /** How clients reach the server. */
  readonly transport: 'tcp' | 'tls' | 'unix';
  /** Whether a client must show a token before it has a seat. */
  readonly token: boolean;
  /** Content of the longest line of a client. */
  readonly maxLineBytes: number;
  /** Bytes that may wait for one client that reads slowly. */
  readonly maxOutboxBytes: number;
  /** Lines of one client that may wait for their turn. */
  readonly maxQueuedLines: number;
  /** Clients that may be connected at a time. */
  readonly maxClients: number;
  /** How long a room waits for a client before it skips its turn. In milliseconds. */
  readonly turnTimeoutMs: number | 'never';
  /** How long clients have to take their last lines after a quit. In milliseconds. */
  readonly graceMs: number;
  /** The number of the lesson that the server is set up for. */
  readonly lesson?: number;
}

/** What a server has done since it started. These numbers only grow. */
export interface Counts {
  /** Clients that were let in. */
  readonly clients: number;
  /** Lines read, commands and lines at fault included. */
  readonly linesIn: number;
  /** Lines sent, once for each recipient. */
  readonly linesOut: number;
  /** Bytes read, discarded ones included. */
  readonly bytesIn: number;
  /** Bytes of the lines sent. */
  readonly bytesOut: number;
  /** Strict order: turns that passed without a line. */
  readonly skips: number;
}

/** What was left out of one batch, to keep it small. */
export interface LeftOut {
  /** Reads and writes that were not sent at all. */
  readonly chunks: number;
  /** Bytes of those chunks, and bytes left out of chunks that were sent. */
  readonly bytes: number;
  /** Turns that are in no message. */
  readonly turns: number;
  /** Messages of any other kind. */
  readonly others: number;
}

/** What a watcher missed because it did not read, and for how long it got nothing. */
export interface Missed extends LeftOut {
  /** How long it got nothing. In milliseconds. */
  readonly ms: number;
}

/** A room as it is now. */
export interface RoomRow {
  /** Its name. */
  readonly room: string;
  /** How many clients are in it. */
  readonly have: number;
  /** How many clients it waits for before its first turn. */
  readonly want: number;
  /** Strict order: the number of the turn. */
  readonly turn: number;
  /** Strict order: the seat whose turn it is. */
  readonly holder?: number;
  /** Strict order: the seat that the room waits for. */
  readonly waitedFor?: number;
  /** How long it has waited. Only in a `state`. */
  readonly waitedMs?: number;
  /** Lines that wait. */
  readonly waiting: number;
  /** A watcher holds its turns. */
  readonly held?: true;
}

/** A node: one of several servers that share their rooms. */
export interface NodeRow {
  /** As in `--node`. */
  readonly name: string;
  /** The lowest number that its clients can have. */
  readonly first: number;
  /** The highest number that its clients can have. */
  readonly last: number;
  /** The others go on without it: how long ago they found it gone, or it left. */
  readonly goneMs?: number;
  /** It left by itself. */
  readonly left?: true;
}

/** A client as it is now. */
export interface PersonRow {
  /** The client. */
  readonly c: number;
  /** The name of its room. */
  readonly room: string;
  /** Its number in that room, from 1. */
  readonly seat: number;
  /** `-` for a client without a name. */
  readonly name: string;
  /** Its lines that wait or are with the handler. */
  readonly waiting: number;
  /** How many of its lines were answered since it took its seat. */
  readonly served: number;
  /** Bytes charged for lines that its socket has not taken yet. */
  readonly outbox: number;
  /** It reads too slowly to be served. */
  readonly slow?: true;
  /** The server is not reading from it: its queue or its outbox is full, or memory is tight. */
  readonly paused?: true;
  /** Bytes of its unfinished line. */
  readonly open?: number;
  /** Why it sends nothing more. */
  readonly ended?: string;
  /** How long the handler has had a line of it. */
  readonly handlingMs?: number;
  /** How its own stream ended. */
  readonly inEnd?: End;
  /** How the stream to it ended. */
  readonly outEnd?: End;
  /** The server is ending the connection: by a quit, or for the reason in `ended`. */
  readonly closing?: true;
}
