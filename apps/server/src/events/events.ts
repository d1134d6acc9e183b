import type { ErrorCode } from '@proto/protocol';
import type { Came, Entry, Held, Left, Named, Place, Quit, Rounds, Turn } from '../room/records.ts';
import type { Cut } from '../transport/listener.ts';

/** The start of a quit: whom it reaches. */
export interface QuitNotice extends Pick<Quit, 'scope' | 'seat' | 'room' | 'reason'> {
  /** Everybody with a seat that the quit closes, the one that quit included. */
  readonly told: readonly Place[];
}

/** The end of a quit. */
export interface CloseReport extends QuitNotice {
  /** Those that got every line and then the end of the stream. */
  readonly clean: readonly Place[];
  /** Those that vanished meanwhile, or were destroyed when the grace was over. */
  readonly forced: readonly Place[];
  /** From the quit until the last of them was gone. In milliseconds. */
  readonly tookMs: number;
}

/** Why the server ends a connection on its own initiative. */
export const DROP_REASONS = [
  'did not read',
  'spoke HTTP',
  'spoke TLS',
  'spoke PROXY',
  'spoke SMTP',
  'spoke SSH',
  'spoke RESP',
  'too many errors',
  'idle',
  'line not ended in time',
  'line without end',
  'ended and not served',
  'memory was short',
] as const;

/** One of `DROP_REASONS`. */
export type DropReason = (typeof DROP_REASONS)[number];

/** How a room's wait for a client ended. */
export type WaitEnd = 'served' | 'skipped' | 'left' | 'held';

/** Which bytes of which client: what was read from it, or written to it. */
export interface Tapped extends Place {
  /** `read`: from the client. `write`: to it. */
  readonly direction: 'read' | 'write';
  /** Bytes of that direction before these, from the first byte of the connection on. */
  readonly from: number;
  /** When it happened, which is before it is told: on the clock of `performance.now()`. */
  readonly atMs: number;
  /** The same on the clock of `Date.now()`, in milliseconds since 1970. */
  readonly epochMs: number;
}

/** The bytes of one read or one write. They belong to the socket: copy what you keep. */
export interface Chunk extends Tapped {
  /** How many bytes there are. */
  readonly length: number;
  /** Those of a write are copied when they are asked for. */
  readonly bytes: Uint8Array;
  /**
   * Bytes just before these that belong to a line not ended yet. 0 for a write, which holds whole lines, and once the
   * client's input is ignored.
   */
  readonly open: number;
}

/** A direction has ended, after `from` bytes. */
export interface ChunkEnd extends Tapped {
  /** `FIN`: in order. `RST`: cut off; data in transit is lost. */
  readonly how: 'FIN' | 'RST';
  /** Who ended it. */
  readonly by: 'peer' | 'server';
}

/** A server that shares its rooms with this one. */
export interface NodeChange {
  /** Its name, as in `--node`. */
  readonly node: string;
  /** `left`: by its own will. `gone`: the others heard nothing of it, and its clients have left the rooms. */
  readonly state: 'up' | 'left' | 'gone';
  /** The names of those that are up now. */
  readonly nodes: readonly string[];
}

/** Whether the log that several servers share can be reached. */
export interface AwayChange {
  /** True: new connections are refused, and lines wait, until it can be reached again. */
  readonly isAway: boolean;
  /** For how long nothing has come back, or had not. In milliseconds. */
  readonly ms: number;
}

/** What happens in a server, for those who show, log or count it. */
export interface ServerEvents {
  /** A record has its place in the order of all: the only input of the rooms. Comes before what follows from it. */
  entry: [Entry];
  /** Once, as soon as clients can connect. `address`: for people and for `connect`. */
  listening: [{ readonly address: string }];
  /**
   * A client took a seat. `have` are in the room, which waits for `want`. `name`: its name, if it brought one from
   * another room.
   */
  join: [Came];
  /** A client gave up its seat: it has gone, or moved to another room. */
  leave: [Left];
  /** A client took a name. */
  name: [Named];
  /** The connection from `address` was turned away: it got `* ERR` with this `code` and `text`. */
  refuse: [{ readonly address: string; readonly code: ErrorCode; readonly text: string }];
  /** The connection from `address` sent a wrong token. */
  wrongToken: [{ readonly address: string }];
  /** A connection was ended before it could be used, or for a greeting in another protocol. */
  cut: [Cut];
  /** It works, but the configuration is unsafe: `text` says why, for people. */
  warning: [{ readonly text: string }];
  /** Files were reloaded, for new clients. `what`: which; `nothing` if there are no such files. */
  reload: [{ readonly what: 'certificate' | 'token' | 'nothing' }];
  /** The server ends the connection from `address` for a `reason`. The `leave` comes before or after. */
  drop: [Place & { readonly address: string; readonly reason: DropReason }];
  /**
   * The client at `address` has sent more than it may, and is read more slowly from now on. Told once for each. `of`:
   * whether it was too many lines, or too many bytes that others have to read.
   */
  throttle: [Place & { readonly address: string; readonly of: 'lines' | 'bytes' }];
  /** A line came in: its `text` as the client wrote it, without the line end. */
  line: [Place & { readonly text: string }];
  /** A line was at fault, or a command was refused. The client gets `* ERR` with this `code` and `text`. */
  fault: [Place & { readonly code: ErrorCode; readonly text: string }];
  /** A `line` is on its way out. Here it has no line end. */
  send: [Place & { readonly line: string }];
  /** What TCP did. Costs nothing while nobody listens. */
  chunk: [Chunk];
  /** One direction of a connection has ended. */
  chunkEnd: [ChunkEnd];
  /** Strict order: one turn. Those that were used in rounds come as `rounds` instead. */
  turn: [Turn];
  /** Strict order: consecutive used turns, reported together. `turnsOf` returns them one by one. */
  rounds: [Rounds];
  /** Strict order: a room was waiting for this client, for `ms` milliseconds. `end`: how that ended. */
  waited: [Place & { readonly end: WaitEnd; readonly ms: number }];
  /** Strict order: a client has let `maxSkips` turns in a row pass. Its next ones pass at once, until it says a line. */
  passedOver: [Place];
  /** The turns of a room are held from now on, or go on. A quit ends it as well. */
  hold: [Held];
  /** The `error` that the handler threw, or one that says that it took too long. */
  handlerError: [Place & { readonly error: unknown }];
  /** An operator has asked for something that changes the server: a command (`verb`), and what followed it (`rest`). */
  admin: [{ readonly verb: string; readonly rest: string }];
  /** It isn't ready any more, but lets clients in for `ms` more. Then it closes, with this `reason`. */
  drain: [{ readonly reason: string; readonly ms: number }];
  /** A quit that closes others has begun. */
  quit: [QuitNotice];
  /** Everybody that a quit reached is gone. */
  quitDone: [CloseReport];
  /** Another server that shares the rooms came up, or is up no more. */
  node: [NodeChange];
  /** The log that the servers share can't be reached any more, or can again. */
  away: [AwayChange];
}

/** What a server holds now. */
export interface ServerLoad {
  /** Connections, including those that are being closed. */
  readonly clients: number;
  /** Rooms with at least one client. */
  readonly rooms: number;
  /** Lines that wait for their turn. */
  readonly queuedLines: number;
  /** Bytes charged for lines that no socket has taken yet. */
  readonly outboxBytes: number;
  /** Clients whose outbox is more than half full: neither read nor served. */
  readonly slowClients: number;
  /** Clients that have sent more than they may, and aren't read for a while. */
  readonly throttledClients: number;
  /** Bytes that queues and outboxes hold, of `maxMemoryBytes`. */
  readonly memoryBytes: number;
}

/** What one connection holds now. */
export interface ConnectionLoad {
  /** Bytes charged for lines that the socket has not taken yet. */
  readonly outboxBytes: number;
  /** What it has of the bytes that queues and outboxes of all clients may hold. */
  readonly memoryBytes: number;
  /** Bytes of an unfinished line. */
  readonly openBytes: number;
  /** The server is not reading from it at the moment: its queue or its outbox is full, or memory is tight. */
  readonly isPaused: boolean;
  /** Its messages that were read and aren't answered yet. */
  readonly unanswered: number;
  /** The client has ended its stream, and not all of it is read yet. */
  readonly hasUnread: boolean;
  /** The client has ended its stream. */
  readonly hasEnded: boolean;
  /** The server has ended its own: everything and a FIN are on their way. */
  readonly hasFlushed: boolean;
  /** The server is ending the connection: by a quit, or on its own initiative. */
  readonly isClosing: boolean;
  /** How long a line of this client has been with the handler, or waited for it; `undefined` if there is none. */
  readonly handlingMs: number | undefined;
}
