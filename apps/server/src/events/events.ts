import type { ErrorCode } from '@proto/protocol';
import type { Came, Entry, Left, Named, Place, Quit, Rounds, Turn } from '../room/records.ts';
import type { Cut } from '../transport/listener.ts';

/** How a quit begins: whom it reaches. */
export interface QuitNotice extends Pick<Quit, 'scope' | 'seat' | 'room' | 'reason'> {
  readonly told: readonly Place[];
}

/** How a quit went. */
export interface CloseReport extends QuitNotice {
  /** Those that got every line and then the end of the stream. */
  readonly clean: readonly Place[];
  /** Those that vanished meanwhile, or were destroyed when the grace was over. */
  readonly forced: readonly Place[];
  readonly tookMs: number;
}

/** Why the server ends a connection of its own accord. */
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
] as const;

export type DropReason = (typeof DROP_REASONS)[number];

/** How it ended that a room waited for a client. */
export type WaitEnd = 'served' | 'skipped' | 'left';

/** Which bytes of which client: what was read from it, or written to it. */
export interface Tapped extends Place {
  readonly direction: 'read' | 'write';
  /** Bytes of that direction before these. */
  readonly from: number;
}

/** The bytes of one read, or of one write. They are the socket's: copy what you keep. */
export interface Chunk extends Tapped {
  readonly bytes: Uint8Array;
  /** Bytes just before these that belong to a line not ended yet. 0 for a write: it holds whole lines. */
  readonly open: number;
}

/** A direction has ended, after `from` bytes. */
export interface ChunkEnd extends Tapped {
  /** `FIN`: in good order. `RST`: cut off; what was on its way is lost. */
  readonly how: 'FIN' | 'RST';
  /** Who ended it. */
  readonly by: 'peer' | 'server';
}

/** What happens in a server, for whoever shows, logs or counts it. */
export interface ServerEvents {
  /** A record has its place in the order of all: the only input of the rooms. Comes before what follows from it. */
  entry: [Entry];
  listening: [{ readonly address: string }];
  /** A client took a seat. `have` are in the room, which waits for `want`. `name`: one it brought from another room. */
  join: [Came];
  leave: [Left];
  /** A client took a name. */
  name: [Named];
  /** A connection was turned away. */
  refuse: [{ readonly address: string; readonly code: ErrorCode; readonly text: string }];
  /** A connection was ended before anybody could speak on it, or for a greeting in another protocol. */
  cut: [Cut];
  /** Something works and should not be so. */
  warning: [{ readonly text: string }];
  /** What was read from files has been read again, for clients to come. `nothing`: there are no such files. */
  reload: [{ readonly what: 'certificate' | 'token' | 'nothing' }];
  /** The server ends a connection. The `leave` comes before or after. */
  drop: [Place & { readonly address: string; readonly reason: DropReason }];
  /** A line came in, as the client wrote it. */
  line: [Place & { readonly text: string }];
  fault: [Place & { readonly code: ErrorCode; readonly text: string }];
  /** A line is on its way out. */
  send: [Place & { readonly line: string }];
  /** What TCP did. Costs nothing while nobody listens. */
  chunk: [Chunk];
  chunkEnd: [ChunkEnd];
  /** Strict order: one turn. Those that were used in rounds come as `rounds` instead. */
  turn: [Turn];
  /** Strict order: turns that were used one behind the other, told together. `turnsOf` gives them one by one. */
  rounds: [Rounds];
  /** Strict order: a room had come to rest on this client, for so long. */
  waited: [Place & { readonly end: WaitEnd; readonly ms: number }];
  /** What the handler threw, or that it took too long. */
  handlerError: [Place & { readonly error: unknown }];
  quit: [QuitNotice];
  quitDone: [CloseReport];
}

/** What a server holds now. */
export interface ServerLoad {
  /** Connections, those that are being closed included. */
  readonly clients: number;
  readonly rooms: number;
  /** Lines that wait for their turn. */
  readonly queuedLines: number;
  /** Bytes charged for lines that no socket has taken yet. */
  readonly outboxBytes: number;
  /** Clients with more than half of their outbox full: neither read nor served. */
  readonly slowClients: number;
}
