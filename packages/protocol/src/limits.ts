/** Where a server listens, and where a client connects, unless told otherwise. */
export const DEFAULT_PORT = 6677;

/** Bytes of content in the longest line of a client, unless told otherwise. */
export const DEFAULT_LINE_BYTES = 1024;

/** The most that `maxLineBytes` may be. In bytes. */
export const MOST_LINE_BYTES = 16_777_216;

/** What an event line of the server may be longer than the longest line a client may send. In bytes. */
export const EVENT_OVERHEAD_BYTES = 128;

/** Coming and going is told in rooms up to this size; `/who` lists as many clients. */
export const TOLD_CLIENTS = 256;

/** How lines of one direction are cut: options for any framing of `@proto/codec`. */
export interface LineLimits {
  readonly charset: 'text';
  readonly maxFrameBytes: number;
}

/** The limits of both directions. The server's lines may be longer than a client's. */
export function lineLimits(maxLineBytes: number): {
  readonly toServer: LineLimits;
  readonly toClient: LineLimits;
} {
  return {
    toServer: { charset: 'text', maxFrameBytes: maxLineBytes },
    toClient: { charset: 'text', maxFrameBytes: maxLineBytes + EVENT_OVERHEAD_BYTES },
  };
}
