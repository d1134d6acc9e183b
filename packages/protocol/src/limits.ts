/** Where a server listens and a client connects by default. */
export const DEFAULT_PORT = 6677;

/** Content of a client's longest line by default, in bytes. */
export const DEFAULT_LINE_BYTES = 1024;

/** The largest `maxLineBytes`. */
export const MOST_LINE_BYTES = 16_777_216;

/** How much longer a line of the server may be than the longest line of a client. In bytes. */
export const EVENT_OVERHEAD_BYTES = 128;

/** Arrivals and departures are reported in rooms up to this size. `/who` lists at most this many clients, and a newcomer is told of as many. */
export const TOLD_CLIENTS = 256;

/** `TURNS` names the seats of at most this many turns. */
export const TOLD_TURNS = 8;

/** How to cut the lines of one direction: options for any framing of `@proto/codec`. */
export interface LineLimits {
  readonly charset: 'text';
  /** Content of the longest line, without its line end. In bytes. */
  readonly maxFrameBytes: number;
}

/**
 * The limits of both directions, for lines of clients up to `maxLineBytes`. Lines `toServer` have that limit; lines
 * `toClient` may be `EVENT_OVERHEAD_BYTES` longer, for the words before a relayed line.
 *
 * @example
 * ```ts
 * import { lineLimits } from '@proto/protocol';
 *
 * const { toServer, toClient } = lineLimits(1024);
 * console.log(toServer.maxFrameBytes, toClient.maxFrameBytes); // 1024 1152
 * ```
 */
export function lineLimits(maxLineBytes: number): {
  readonly toServer: LineLimits;
  readonly toClient: LineLimits;
} {
  return {
    toServer: { charset: 'text', maxFrameBytes: maxLineBytes },
    toClient: { charset: 'text', maxFrameBytes: maxLineBytes + EVENT_OVERHEAD_BYTES },
  };
}
