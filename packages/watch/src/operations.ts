/** What a page asks of its watch. */
export type WatchOp =
  /** Shows the token; the first operation where one is asked for. */
  | { readonly op: 'token'; readonly token: string }
  /** These clients are told of byte by byte, at most 8 of them; of the others as much as fits. */
  | { readonly op: 'follow'; readonly clients: readonly number[] };

/** What a page asks of its bridge: a connection to the server that it leads. */
export type BridgeOp =
  | { readonly op: 'token'; readonly token: string }
  /** Each part is a write, `apartMs` behind the one before it. One code unit for each byte. */
  | { readonly op: 'write'; readonly parts: readonly string[]; readonly apartMs: number }
  /** `end`: FIN. `reset`: RST. `pause`: nothing is read any more, until `resume`. */
  | { readonly op: 'end' | 'reset' | 'pause' | 'resume' };

/** What a bridge says to its page. */
export type BridgeSaid =
  /** A token is asked for. */
  | { readonly op: 'locked'; readonly tries: number }
  /** The client it has become. */
  | { readonly op: 'seat'; readonly c: number; readonly seat: number }
  /** A write was handed to the connection. */
  | { readonly op: 'wrote'; readonly bytes: number }
  /** The connection is no more, and why. */
  | { readonly op: 'gone'; readonly why: string };

/** The most clients that one watcher follows. */
export const MOST_FOLLOWED = 8;

/** The most writes that one operation of a bridge may ask for. */
export const MOST_PARTS = 4_096;

/** The longest time between two writes of one operation. In milliseconds. */
export const MOST_APART_MS = 60_000;

/** The most bytes that an operation may be long. */
export const MOST_OPERATION_BYTES = 65_536;
