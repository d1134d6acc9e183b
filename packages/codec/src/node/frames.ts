import type { Readable } from 'node:stream';
import { isBytes } from '../bytes.ts';
import type { Content, Decoder, Frame, Framing } from '../index.ts';
import { checkOptions } from '../limits.ts';

/** How to stop reading frames before the stream ends. */
export interface FramesOptions {
  /**
   * Ends the reading: `next()` rejects with the signal's reason once the frames at hand were taken. The stream stays as
   * it is. Use one signal per stream: on a shared one, Node warns of a leak from the eleventh listener on.
   */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads frames from a stream with backpressure. Nothing is read before the frames at hand were taken, so a consumer
 * that stops also stops the socket.
 *
 * It destroys nothing. After `break` the stream is paused and open, and a decoder that you passed keeps the bytes not
 * decoded yet, for the next `frames(stream, decoder)`. If you pass a decoder, it never decodes past the frame that it
 * returned, so `decoder.take(n)` in the loop applies to the bytes that follow. If you call `next` yourself, release the
 * stream with `return`.
 *
 * Errors: `TypeError`, at once, if it isn't a Node stream or a framing, if another `frames` reads the stream, or for an
 *         unknown option.
 *         Rejects with the stream's own error, after everything received before it, or with the signal's reason. A
 *         peer's fault is a frame. A stream that was destroyed before its end gives `FRAME_INCOMPLETE` for an
 *         unfinished frame, then ends.
 *
 * @example
 * ```ts
 * import { Readable } from 'node:stream';
 * import { lines } from '@proto/codec';
 * import { frames } from '@proto/codec/node';
 *
 * const chunks = Readable.from([Buffer.from('one\ntw'), Buffer.from('o\n')]);
 * const read: string[] = [];
 * for await (const frame of frames(chunks, lines())) if (typeof frame === 'string') read.push(frame);
 * console.log(read); // [ 'one', 'two' ]
 * ```
 */
export function frames<T extends Content>(
  stream: Readable,
  framing: Framing<T> | Decoder<T>,
  options: FramesOptions = {},
): AsyncIterableIterator<Frame<T>> {
  checkOptions<FramesOptions>('read frames', options, { signal: true });
  // A caller without types may do this.
  if (typeof (stream as Partial<Readable> | undefined)?.on !== 'function')
    throw new TypeError('Cannot read frames: expected a Node stream. For Web Streams, use @proto/codec/web');
  if (reading.has(stream))
    throw new TypeError('Cannot read frames: another loop is reading this stream. Leave that loop first');
  return new FrameReader(stream, decoderOf(framing), options.signal);
}

/** Streams that a loop reads frames from: two loops would steal each other's frames. */
const reading = new WeakSet<Readable>();

function decoderOf<T extends Content>(framing: Framing<T> | Decoder<T>): Decoder<T> {
  const given: unknown = framing;
  const isObject = typeof given === 'object' && given !== null;
  if (isObject && 'decoder' in framing) return framing.decoder();
  if (isObject && 'read' in framing) return framing;
  throw new TypeError('Cannot read frames: expected a framing, such as lines(), or a decoder');
}

type Result<T extends Content> = IteratorResult<Frame<T>, undefined>;

interface Waiting<T extends Content> {
  resolve(result: Result<T>): void;
  reject(error: unknown): void;
}

class FrameReader<T extends Content> implements AsyncIterableIterator<Frame<T>, undefined> {
  readonly #stream: Readable;
  readonly #decoder: Decoder<T>;
  readonly #signal: AbortSignal | undefined;
  // Several calls of next() may wait at once; a loop makes only one.
  readonly #waiting: Waiting<T>[] = [];
  #failure: { readonly error: unknown } | undefined;
  /** The stream has no more bytes; and whether the decoder was told. */
  #atEnd = false;
  #told = false;
  #left = false;

  constructor(stream: Readable, decoder: Decoder<T>, signal: AbortSignal | undefined) {
    this.#stream = stream;
    this.#decoder = decoder;
    this.#signal = signal;
    reading.add(stream);
    stream.on('readable', this.#onReadable).on('end', this.#onEnd).on('close', this.#onEnd);
    stream.on('error', this.#onError);
    signal?.addEventListener('abort', this.#onAbort);
    // A stream that isn't Node's own may lack `errored`.
    const errored: unknown = stream.errored ?? undefined;
    if (signal?.aborted === true) this.#onAbort();
    else if (errored !== undefined) this.#onError(errored);
    else if (stream.destroyed || stream.readableEnded) this.#onEnd();
  }

  next(): Promise<Result<T>> {
    if (this.#waiting.length === 0) {
      // Nearly all calls end here: a frame is at hand.
      const frame = this.#left ? undefined : this.#decoder.read();
      if (frame !== undefined) return Promise.resolve({ done: false, value: frame });
      const result = this.#tryRead();
      if (result !== undefined) return Promise.resolve(result);
    }
    if (this.#failure !== undefined) return this.#reject(this.#failure.error);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  return(): Promise<Result<T>> {
    this.#leave();
    for (const waiting of this.#waiting.splice(0)) waiting.resolve({ done: true, value: undefined });
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  // Frames at hand come before a failure: they were received.
  #tryRead(): Result<T> | undefined {
    for (;;) {
      if (this.#left) return { done: true, value: undefined };
      const frame = this.#decoder.read();
      if (frame !== undefined) return { done: false, value: frame };
      if (this.#failure !== undefined) return undefined;
      // What was buffered can still be read after the stream was destroyed: it was received.
      const chunk: unknown = this.#stream.read();
      if (chunk !== null) this.#push(chunk);
      else if (!this.#atEnd) return undefined;
      else if (this.#told) this.#leave();
      else {
        this.#told = true;
        this.#decoder.end();
      }
    }
  }

  #push(chunk: unknown): void {
    try {
      if (!isBytes(chunk))
        throw new TypeError(`Cannot read frames: the stream returned a ${typeof chunk}, expected Uint8Array`);
      this.#decoder.push(chunk);
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  #reject(error: unknown): Promise<never> {
    this.#leave();
    return Promise.reject(error);
  }

  readonly #onReadable = (): void => {
    for (let waiting = this.#waiting[0]; waiting !== undefined; waiting = this.#waiting[0]) {
      const result = this.#tryRead();
      if (result === undefined && this.#failure === undefined) return;
      this.#waiting.shift();
      if (result !== undefined) waiting.resolve(result);
      else {
        waiting.reject(this.#failure?.error);
        this.#leave();
      }
    }
  };

  readonly #onEnd = (): void => {
    this.#atEnd = true;
    this.#onReadable();
  };

  readonly #onError = (error: unknown): void => {
    this.#failure ??= { error };
    // What is buffered was received before. All of it is one chunk, unless chunks are objects. Read no more than that:
    // the stream may go on.
    const { readableObjectMode, readableLength } = this.#stream;
    for (let left = readableObjectMode ? readableLength : 1; left > 0; left--) {
      const chunk: unknown = this.#stream.read();
      if (chunk !== null) this.#push(chunk);
    }
    this.#onReadable();
  };

  readonly #onAbort = (): void => {
    this.#failure ??= { error: this.#signal?.reason };
    this.#onReadable();
  };

  #leave(): void {
    if (this.#left) return;
    this.#left = true;
    const stream = this.#stream;
    reading.delete(stream);
    stream.off('readable', this.#onReadable).off('end', this.#onEnd).off('close', this.#onEnd);
    stream.off('error', this.#onError);
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}
