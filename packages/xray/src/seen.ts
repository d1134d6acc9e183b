/** Which way the bytes went. */
export type Direction = 'read' | 'write';

/** How a stream ended: in order, or by a reset. */
export type How = 'FIN' | 'RST';

/** A side of a connection: the one that the x-ray is on, or the other. */
export type Side = 'self' | 'peer';

/**
 * The part of a frame that is in one chunk.
 *
 * `whole`: all of it. `began`: it continues in a later chunk. `went on`: it began earlier and continues later.
 * `finished`: it began earlier. `cut off`: the stream ended in the middle of it.
 */
export interface Piece {
  /** The frame, counted from 1. */
  readonly frame: number;
  /** How much of the frame is here, in the words above. */
  readonly state: 'whole' | 'began' | 'went on' | 'finished' | 'cut off';
  /** The chunk in which the frame began, counted from 1. */
  readonly begunIn: number;
  /** Stream offset of its first byte. */
  readonly from: number;
  /** Stream offset of the byte after its last. */
  readonly to: number;
  /** Bytes of the frame so far, including its terminator. */
  readonly bytes: number;
  /** The content of a good frame that ends here; otherwise the part of it in this chunk, one code unit per byte. */
  readonly text: string;
  /** The code of what is wrong with the frame, if that is certain by now. */
  readonly fault: string | undefined;
}

/** One chunk: the bytes of one read or one write, and the frames in it. */
export interface SeenChunk {
  readonly kind: 'chunk';
  /** `read`: it came in. `write`: it went out. */
  readonly direction: Direction;
  /** Chunks of this direction, counted from 1. */
  readonly number: number;
  /** The time on the caller's clock. */
  readonly atMs: number;
  /** Stream offset of the first byte. */
  readonly from: number;
  /** Stream offset of the byte after the last. */
  readonly to: number;
  /** The array that was passed in, not a copy. */
  readonly bytes: Uint8Array;
  /** In stream order. Each byte of the chunk is in exactly one. */
  readonly pieces: readonly Piece[];
}

/** The end of one direction. */
export interface SeenEnd {
  readonly kind: 'end';
  /** `read`: the peer ended its stream. `write`: this end did. */
  readonly direction: Direction;
  /** `RST`: data in transit was lost. */
  readonly how: How;
  /** Which side ended it. A reset by either side ends both directions. */
  readonly by: Side;
  /** The time on the caller's clock. */
  readonly atMs: number;
  /** Bytes in the stream. */
  readonly to: number;
  /** The frame that was cut off, if one was. */
  readonly pieces: readonly Piece[];
}

/** What an x-ray has seen, as plain data. */
export type Seen = SeenChunk | SeenEnd;
