/** What a page asks on `/watch`. */
export type WatchOp =
  /** Sends the `token`. If the server asks for one, this is the first operation. */
  | { readonly op: 'token'; readonly token: string }
  /** Sends every byte of these `clients`, at most 8; of the others, as much as fits. */
  | { readonly op: 'follow'; readonly clients: readonly number[] }
  /** Holds the turns of a `room` (`on`), or lets them go on. Takes the right `hold`. */
  | { readonly op: 'hold'; readonly room: string; readonly on: boolean }
  /** Serves at most `turns` turns of a held `room`, from 1 to 64. Takes the right `hold`. */
  | { readonly op: 'step'; readonly room: string; readonly turns: number };

/** What a page asks of its bridge, a connection to the server that the page controls. `op`: what to do. */
export type BridgeOp =
  /** Sends the `token` of the page, if the server asks for one. */
  | { readonly op: 'token'; readonly token: string }
  /** Each of `parts` is one write, `apartMs` after the previous one. One code unit per byte. */
  | { readonly op: 'write'; readonly parts: readonly string[]; readonly apartMs: number }
  /** `end`: FIN. `reset`: RST. `pause`: stops reading until `resume`. */
  | { readonly op: 'end' | 'reset' | 'pause' | 'resume' };

/** What a bridge says to its page. */
export type BridgeSaid =
  /** The server asks for a token. `tries`: how many are left. */
  | { readonly op: 'locked'; readonly tries: number }
  /** The server requires a token of each client: write `/auth TOKEN` to get a seat. */
  | { readonly op: 'asked' }
  /** The client `c` that the bridge has become, and its `seat`. */
  | { readonly op: 'seat'; readonly c: number; readonly seat: number }
  /** A write of that many `bytes` was handed to the connection. */
  | { readonly op: 'wrote'; readonly bytes: number }
  /** The connection is gone, and `why`, for people. */
  | { readonly op: 'gone'; readonly why: string };

/** The most clients that one watcher follows. */
export const MOST_FOLLOWED = 8;

/** The most turns that one `step` serves. */
export const MOST_STEP_TURNS = 64;

/** The most writes that one operation of a bridge may ask for. */
export const MOST_PARTS = 4_096;

/** The longest time between two writes of one operation. In milliseconds. */
export const MOST_APART_MS = 60_000;

/** The longest operation, in bytes. */
export const MOST_OPERATION_BYTES = 65_536;
