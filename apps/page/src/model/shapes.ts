import type { Piece } from '@proto/xray';
import type { End, Message, RoomRow } from '@proto/watch';

// Facts with times. There is no current state, so any moment can be queried. Times are milliseconds on the clock of the
// session.

/** The message of one kind. */
export type Told<K extends Message['k'], M = Message> = M extends { readonly k: infer Ks }
  ? K extends Ks
    ? M
    : never
  : never;

export type Direction = 'read' | 'write';

/** What a client sent as one frame. */
export interface LineFact {
  readonly id: number;
  readonly c: number;
  /** The number of the frame, from 1, since the client's bytes are known. */
  readonly frame: number;
  readonly text: string;
  /** `fault`: not a line, or refused in its place. `command`: takes effect at once and takes no turn. */
  readonly kind: 'message' | 'command' | 'fault';
  readonly fault: string | undefined;
  /** When its first byte came, and when its end came or it was refused before. */
  readonly born: number;
  readonly t: number;
  /** The read that ended it or got it refused, and the read in which it began; 0: before its bytes were known. */
  readonly chunk: number;
  readonly begunIn: number;
  turn?: number;
  servedAt?: number;
  answer?: string;
  answeredAt?: number;
  lostAt?: number;
  /** When bytes went missing, so the page cannot know what happened to it. */
  blurredAt?: number;
}

/** The part of a frame that lies in one chunk, and its role. */
export interface PieceFact extends Piece {
  readonly role: 'line' | 'answer' | 'event' | 'command' | 'fault';
  readonly line: LineFact | undefined;
}

interface Happened {
  readonly id: number;
  readonly c: number;
  readonly d: Direction;
  /** The number of the chunk in this direction, from 1; for an end, how many chunks there were. */
  readonly n: number;
  readonly t: number;
  /** The stream offset of its first byte. */
  readonly from: number;
  readonly pieces: readonly PieceFact[];
  /** Whether a frame is unfinished where this begins, and where it ends. */
  readonly openBefore: boolean;
  readonly openAfter: boolean;
}

/** One read of the server, or one write. */
export interface ChunkFact extends Happened {
  readonly kind: 'chunk';
  readonly bytes: number;
  /** Its first bytes, one code unit per byte. */
  readonly text: string;
}

/** The end of one direction. */
export interface EndFact extends Happened {
  readonly kind: 'end';
  readonly how: End;
  readonly by: 'peer' | 'server';
}

export type WireFact = ChunkFact | EndFact;

/** What the server said about a client. */
export interface Level {
  readonly t: number;
  readonly waiting: number;
  readonly served: number;
  readonly outbox: number;
  readonly slow: boolean;
  readonly paused: boolean;
  /** Bytes of its unfinished line. */
  readonly open: number;
  /** Since when the handler has had a line of it. */
  readonly handlingSince: number | undefined;
}

/** A client's time in one room. */
export interface Stay {
  readonly room: string;
  readonly seat: number;
  readonly from: number;
  to: number;
  reason: string;
}

/** One of several servers that share their rooms. */
export interface NodeFact {
  readonly name: string;
  /** The numbers that its clients can have. */
  readonly first: number;
  readonly last: number;
  /** The server that sends all this. */
  readonly isOwn: boolean;
  /** Since when it is known, and when the others went on without it. */
  readonly from: number;
  goneAt: number;
  /** It left by itself. */
  hasLeft: boolean;
}

/** How the server gets on with the log that it shares with other nodes. */
export interface LogFact {
  readonly t: number;
  /** Entries that it has applied, and entries of its own that have not come back. */
  readonly position: number;
  readonly pending: number;
  /** How long its last entry took. */
  readonly entryMs: number;
  /** Since when nothing has come back. */
  readonly awaySince: number | undefined;
  /** How many more nodes there are than the server tells. */
  readonly more: number;
}

/** One connection. */
export interface ClientFact {
  readonly c: number;
  /** Its node, if there are several. Of a client of another node no bytes are known. */
  node: NodeFact | undefined;
  readonly address: string;
  readonly stays: Stay[];
  readonly names: { readonly t: number; readonly name: string }[];
  readonly wire: WireFact[];
  readonly lines: LineFact[];
  readonly levels: Level[];
  /** Its ends, the client's own stream first. */
  readEnd?: EndFact;
  writeEnd?: EndFact;
  byeAt?: number;
  drop?: { readonly t: number; readonly reason: string };
  /** When some of its bytes were missing. Only the last span can be open. */
  readonly blurs: { readonly from: number; to: number }[];
  /** When the server last said how many of its lines came before its bytes were seen, and when those got an answer. */
  metAt?: number;
  readonly early: { readonly t: number }[];
}

/** Strict order: one turn. It took time if the room waited for the client. */
export interface Hold {
  readonly n: number;
  readonly c: number;
  readonly seat: number;
  readonly from: number;
  /** It began before anybody watched, at an unknown time. */
  readonly isOld: boolean;
  to: number;
  state: 'waiting' | 'served' | 'skipped' | 'left' | 'held' | 'quit' | 'ended';
}

/** How long a room waited for a client. */
export interface Rest {
  readonly t: number;
  readonly c: number;
  readonly end: 'served' | 'skipped' | 'left' | 'held';
  readonly ms: number;
}

/** What happened in one room. */
export interface RoomFact {
  readonly room: string;
  readonly rows: (RoomRow & { readonly t: number })[];
  readonly holds: Hold[];
  readonly rests: Rest[];
  /** Lines in the order in which they were served. */
  readonly served: { readonly t: number; readonly line: LineFact }[];
}

/** An entry in the log. */
export interface Mark {
  readonly t: number;
  readonly kind:
    | 'listening'
    | 'join'
    | 'leave'
    | 'refused'
    | 'drop'
    | 'fault'
    | 'end'
    | 'quit'
    | 'handler'
    | 'turn'
    | 'node'
    | 'admin'
    | 'warning';
  readonly c: number | undefined;
  readonly text: string;
  readonly isBad: boolean;
}

/** A client quits, all clients that it reaches are notified, and the server waits for them. */
export interface QuitFact {
  readonly t: number;
  readonly scope: 'all' | 'room';
  readonly room: string | undefined;
  readonly seat: number | undefined;
  readonly reason: string;
  readonly told: readonly number[];
  done?: { readonly t: number; readonly clean: number; readonly forced: number; readonly ms: number };
}

/** What a recording teaches. */
export type LessonFact = Pick<Told<'lesson'>, 'number' | 'title' | 'try' | 'flags'>;

/** What to look at in a moment of a lesson. `c`: the client it is about. */
export type CaptionFact = Pick<Told<'caption'>, 't' | 'text' | 'c'>;

/** The longest delay of the event loop between two looks. */
export interface LoopFact {
  readonly t: number;
  readonly ms: number;
}
