// What messages hold: the settings and counts of a server, and its rooms and clients as they are.

/** How a direction ended. `FIN`: in good order. `RST`: cut off; data in flight is lost. */
export type End = 'FIN' | 'RST';

/** The settings of a server that a watcher needs to explain what happens. */
export interface WatchSettings {
  /** `strict`, `fair`, `free`, or one of a later server. */
  readonly order: string;
  readonly deliver: 'sender' | 'others' | 'all';
  /** `upper`, `none`, or `handler` for a function. */
  readonly transform: string;
  readonly clients: number;
  readonly quit: 'all' | 'room' | 'self';
  /** `lines`, `chunk`, or one of a later server. */
  readonly framing: string;
  readonly events: 'on' | 'off';
  readonly transport: 'tcp' | 'tls' | 'unix';
  /** Whether a client must show a token before it has a seat. */
  readonly token: boolean;
  readonly maxLineBytes: number;
  readonly maxOutboxBytes: number;
  readonly maxQueuedLines: number;
  readonly maxClients: number;
  readonly turnTimeoutMs: number | 'never';
  readonly graceMs: number;
  /** The number of the lesson that the server is set up for. */
  readonly lesson?: number;
}

/** What a server has done since it started. These numbers only grow. */
export interface Counts {
  readonly clients: number;
  readonly linesIn: number;
  readonly linesOut: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly skips: number;
}

/** What was left out of one batch, to keep it small. */
export interface LeftOut {
  readonly chunks: number;
  /** Bytes of those chunks, and bytes left out of chunks that were sent. */
  readonly bytes: number;
  readonly turns: number;
  /** Messages of any other kind. */
  readonly others: number;
}

/** What a watcher missed because it did not read, and for how long it got nothing. */
export interface Missed extends LeftOut {
  readonly ms: number;
}

/** A room as it is now. */
export interface RoomRow {
  readonly room: string;
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
  readonly name: string;
  /** The numbers that its clients can have. */
  readonly first: number;
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
  readonly room: string;
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
  /** The server is not reading from it: its queue or its outbox is full. */
  readonly paused?: true;
  /** Bytes of its unfinished line. */
  readonly open?: number;
  /** Why it sends nothing more. */
  readonly ended?: string;
  /** How long the handler has had a line of it. */
  readonly handlingMs?: number;
  /** How its own stream ended, and how the stream to it ended. */
  readonly inEnd?: End;
  readonly outEnd?: End;
  /** The server is ending the connection: by a quit, or for the reason in `ended`. */
  readonly closing?: true;
}
