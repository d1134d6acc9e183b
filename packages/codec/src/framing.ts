import { latin1ToBytes } from './encode.ts';
import type { Content, Frame } from './frame.ts';

/** Whole lines one behind the other, as text with one LF behind each; `ends` are the positions of the LFs. */
export interface Run {
  readonly text: string;
  readonly ends: readonly number[];
}

/**
 * Takes chunks as TCP cut them, gives back frames in wire order. Pull: whoever reads may stop in the middle of
 * a chunk, or call `take` before the next byte is looked at.
 *
 * 1. Chunking never changes the result, faults included.
 * 2. Work is linear in the bytes. Memory held is at most the limit plus the last chunk; a kept short frame does
 *    not keep its chunk. Once `read()` has returned `undefined` the chunk is its owner's again.
 * 3. Limits are on by default, in bytes of content.
 * 4. A fault is reported once, in order, with its stream offset; decoding goes on at the next frame.
 * 5. A cut tail is `FRAME_INCOMPLETE`.
 *
 * Errors: a peer's fault is a frame; only a caller's mistake is thrown (`TypeError`, `RangeError`).
 */
export interface Decoder<T extends Content = string> extends Iterable<Frame<T>> {
  /**
   * Hands over bytes. What was pushed before and not read yet comes first; the caller bounds that.
   *
   * Errors: `TypeError` for anything but a `Uint8Array`, and after `end()`.
   */
  push(chunk: Uint8Array): this;
  /** The next frame. `undefined`: more bytes are needed, or after `end()` that there are no more frames. */
  read(): Frame<T> | undefined;
  /**
   * Several frames at once: as many as lie ready in one piece of text, at most `most` (from 1). Undefined: ask
   * `read()`, which has whatever is not so, faults included. Only decoders of `lines` have it.
   */
  readRun?(most: number): Run | undefined;
  /** Says that no more bytes come: a cut tail becomes a fault. */
  end(): this;
  /**
   * Makes the next frame the next `n` bytes, raw, as a copied `Uint8Array`; then frames are cut as before.
   * Call it when the frame that announces the bytes has been read. After a fault it counts from the end of the
   * faulty frame; between `enclosed` frames, once bytes were skipped, from the next start. Over `maxTakeBytes` the
   * frame is `FRAME_TOO_LONG` and `n` bytes are discarded.
   *
   * Shape:  to use it make the decoder as `framing.decoder<Uint8Array>()`, since its frames are then of both kinds.
   * Errors: `RangeError` when `n` is no whole number from 0, or an earlier `take` has not been read.
   */
  take(n: Uint8Array extends T ? number : 'take gives bytes: make it decoder<Uint8Array>()'): void;
  /** Bytes of the stream that the frames returned so far have used. */
  readonly offset: number;
  /** Bytes seen of the frame not finished yet, discarded ones included. */
  readonly partialBytes: number;
}

/** How frames lie in a stream: makes decoders, and encodes. Holds no state; one serves any number of streams. */
export interface Framing<T extends Content = string> {
  /** A decoder for one stream. `decoder<Uint8Array>()` is one whose `take` will be used. */
  decoder<Taken extends Uint8Array = never>(): Decoder<T | NoInfer<Taken>>;
  /**
   * One frame as it goes on the wire.
   *
   * Errors: `RangeError` for what would not come back as the same frame.
   */
  encode(frame: Content): Uint8Array;
  /** The same bytes, one code unit each: join many, write once as `latin1`. */
  encodeToLatin1(frame: string): string;
}

/** A framing of its two halves. What the frames are was decided by the charset that both halves know. */
export function framing<T extends Content>(
  decoder: () => Decoder<Content>,
  encodeToLatin1: (frame: Content) => string,
): Framing<T> {
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a decoder of strings never makes bytes
    decoder: <Taken extends Uint8Array>() => decoder() as unknown as Decoder<T | Taken>,
    encode: (frame) => latin1ToBytes(encodeToLatin1(frame)),
    encodeToLatin1,
  };
}
