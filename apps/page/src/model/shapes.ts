import type { Piece } from '@proto/xray';
import type { End, Message, RoomRow } from '@proto/watch';

// Facts with times. Nothing is folded into a present, so that any moment can be asked for. Times are milliseconds on
// the clock of the session.

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
  /** The frame, counted from 1 since its bytes are known. */
  readonly frame: number;
  readonly text: string;
  /** `fault`: no line, or one that is refused in its place. `command`: acts at once and takes no turn. */
  readonly kind: 'message' | 'command' | 'fault';
  readonly fault: string | undefined;
  /** When its first byte came, and when its end did. */
  readonly born: number;
  readonly t: number;
  /** The read that ended it, and the read in which it began; 0: before its bytes were known. */
  readonly chunk: number;
  readonly begunIn: number;
  turn?: number;
  servedAt?: number;
  answer?: string;
  answeredAt?: number;
  lostAt?: number;
  /** From when on bytes are missing, so that nobody here can say what became of it. */
  blurredAt?: number;
}

/** The part of a frame that lies in one chunk, and what it is. */
export interface PieceFact extends Piece {
  readonly role: 'line' | 'answer' | 'event' | 'command' | 'fault';
  readonly line: LineFact | undefined;
}

interface Happened {
  readonly id: number;
  readonly c: number;
  readonly d: Direction;
  /** Chunks of this direction, counted from 1; of an end, how many there were. */
  readonly n: number;
  readonly t: number;
  /** Since the one before in this direction. In milliseconds. */
  readonly gap: number;
  /** The stream offset of its first byte. */
  readonly from: number;
  readonly pieces: readonly PieceFact[];
  /** A frame is unfinished where this begins, and where it ends. */
  readonly openBefore: boolean;
  readonly openAfter: boolean;
}

/** One read of the server, or one write. */
export interface ChunkFact extends Happened {
  readonly kind: 'chunk';
  readonly bytes: number;
  /** How it begins, one code unit a byte. */
  readonly text: string;
}

/** The end of one direction. */
export interface EndFact extends Happened {
  readonly kind: 'end';
  readonly how: End;
  readonly by: 'peer' | 'server';
}

export type WireFact = ChunkFact | EndFact;

/** What the server said of a client. */
export interface Level {
  readonly t: number;
  readonly waiting: number;
  readonly served: number;
  readonly outbox: number;
  readonly slow: boolean;
  readonly paused: boolean;
  /** Bytes of its line that has not ended. */
  readonly open: number;
}

/** A client's time in one room. */
export interface Stay {
  readonly room: string;
  readonly seat: number;
  readonly from: number;
  to: number;
  reason: string;
}

/** One connection. */
export interface ClientFact {
  readonly c: number;
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
  /** When bytes of it were missing. Only the last can be open. */
  readonly blurs: { readonly from: number; to: number }[];
}

/** Strict order: one turn. It took time if the room came to rest on the client. */
export interface Hold {
  readonly n: number;
  readonly c: number;
  readonly seat: number;
  readonly from: number;
  /** It began before anybody watched, at a time that is not known. */
  readonly isOld: boolean;
  to: number;
  state: 'waiting' | 'served' | 'skipped' | 'left' | 'ended';
}

/** How long a room had come to rest on a client. */
export interface Rest {
  readonly t: number;
  readonly c: number;
  readonly end: 'served' | 'skipped' | 'left';
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

/** Something that is worth a line in the log. */
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
    | 'warning';
  readonly c: number | undefined;
  readonly text: string;
  readonly isBad: boolean;
}

/** One quits, all that it reaches are told, and the server waits for them. */
export interface QuitFact {
  readonly t: number;
  readonly scope: 'all' | 'room';
  readonly room: string | undefined;
  readonly seat: number | undefined;
  readonly reason: string;
  readonly told: readonly number[];
  done?: { readonly t: number; readonly clean: number; readonly forced: number; readonly ms: number };
}

/** The longest delay of the event loop between two looks. */
export interface LoopFact {
  readonly t: number;
  readonly ms: number;
}
