import type { Bytes } from './bytes.ts';
import { latin1ToBytes } from './encode.ts';
import type { Content, Frame } from './frame.ts';

/** Consecutive whole lines as one `text`, each followed by one LF. `ends` are the positions of the LFs, ascending. */
export interface Run {
  readonly text: string;
  readonly ends: readonly number[];
}

/**
 * Takes chunks as TCP cut them, and returns frames in wire order. It is pulled: the reader may stop in the middle of a
 * chunk, or call `take` before the next byte is examined.
 *
 * 1. Chunking never changes the result, faults included.
 * 2. Work is linear in the number of bytes. It holds at most the limit plus the last chunk. Keeping a short frame
 *    doesn't keep its chunk alive. Once `read()` has returned `undefined`, or `decode` has returned, the caller may
 *    reuse the chunk.
 * 3. Limits are on by default, in bytes of content.
 * 4. A fault is reported once, in order, with its stream offset. Decoding continues at the next frame.
 * 5. A truncated last frame is `FRAME_INCOMPLETE`, unless `onTail` says that it is a frame.
 *
 * Errors: a peer's fault is a frame. Only a caller's mistake is thrown (`TypeError`, `RangeError`).
 */
export interface Decoder<T = string> extends Iterable<Frame<T>> {
  /**
   * Adds bytes. They come after what was pushed before and not read yet. The caller has to bound that.
   *
   * Errors: `TypeError` for anything but a `Uint8Array`, and after `end()`.
   */
  push(chunk: Uint8Array): this;
  /**
   * All frames that a chunk completes, as an array: pushes it and reads until nothing is left. Frames that were not
   * read before come first. For readers that never stop in the middle of a chunk. When it returns, the caller may reuse
   * the chunk. In a decoder of your own it is `return [...this.push(chunk)]`.
   *
   * Errors: as `push`.
   */
  decode(chunk: Uint8Array): Frame<T>[];
  /** The next frame. `undefined`: more bytes are needed, or, after `end()`, there are no more frames. */
  read(): Frame<T> | undefined;
  /**
   * Several frames at once: those that are ready in one piece of text, at most `most` (from 1). Undefined: call
   * `read()`, which returns everything else, faults included. Only decoders of `lines` have it.
   */
  readRun?(most: number): Run | undefined;
  /** No more bytes will follow. An unfinished frame becomes a fault. */
  end(): this;
  /**
   * Makes the next frame the next `n` raw bytes, as a copied `Uint8Array`. After that, frames are cut as before. Call
   * it when you have read the frame that announces the bytes. After a fault, it counts from the end of the faulty
   * frame; between `enclosed` frames, once bytes were skipped, from the next start. If `n` is over `maxTakeBytes`, the
   * frame is `FRAME_TOO_LONG` and `n` bytes are discarded.
   *
   * Shape:  to use it, create the decoder as `framing.decoder<Uint8Array>()`, since it then returns both kinds of
   *         frames.
   * Errors: `RangeError` if `n` isn't an integer from 0, or an earlier `take` hasn't been read.
   */
  take(
    n: [Extract<T, Uint8Array>] extends [never]
      ? 'take returns bytes: create the decoder with decoder<Uint8Array>()'
      : number,
  ): void;
  /** Bytes of the stream used by the frames returned so far. */
  readonly offset: number;
  /** Bytes seen of the unfinished frame, including discarded ones. */
  readonly partialBytes: number;
}

/**
 * How a stream is divided into frames. Makes decoders, and encodes. It holds no state: one serves any number of
 * streams.
 *
 * Shape:  `T` is what a frame is: text, bytes, or a value of its own, as in `jsonLines`. A framing of text or bytes encodes
 *         both.
 */
export interface Framing<T = string> {
  /** A decoder for one stream. Use `decoder<Uint8Array>()` if you will call `take`. */
  decoder<Taken extends Uint8Array = never>(): Decoder<T | (NoInfer<Taken> & Bytes)>;
  /**
   * One frame as bytes for the wire.
   *
   * Errors: `RangeError` for a frame that wouldn't be decoded as the same frame.
   */
  encode(frame: T extends Content ? Content : T): Bytes;
  /** The same bytes as text, one code unit each: join many, then write once as `latin1`. */
  encodeToLatin1(frame: T extends Content ? string : T): string;
}

/**
 * Makes a framing of its two halves. Both know the charset, which decides the type of the frames. A binary framing encodes
 * to bytes in its own way.
 */
export function framing<T extends Content>(
  decoder: () => Decoder<Content>,
  encodeToLatin1: (frame: Content) => string,
  encode: (frame: Content) => Bytes = (frame) => latin1ToBytes(encodeToLatin1(frame)),
): Framing<T> {
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a decoder of strings never makes bytes
    decoder: <Taken extends Uint8Array>() => decoder() as unknown as Decoder<T | (Taken & Bytes)>,
    encode,
    encodeToLatin1,
  };
}

/** A decoder of a framing. `act`, and what else may be `given`, are for the error that refuses anything else. */
export function decoderOf<T>(act: string, given: Framing<T>, or = ''): Decoder<T> {
  // A caller without types may give anything.
  const value: unknown = given;
  if (typeof value === 'object' && value !== null && 'decoder' in value) return given.decoder();
  throw new TypeError(`Cannot ${act}: expected a framing, such as lines()${or}`);
}
