import { isBytes } from '../bytes.ts';
import { decoderOf } from '../framing.ts';
import type { Decoder, Frame, Framing } from '../index.ts';
import { checkOptions } from '../limits.ts';
import { shown } from '../one-line.ts';
import { type Failure, type ReadDecoder, type Silence, SilenceDecoder } from './silence.ts';
import { type ByteSource, type Listener, type Source, sourceOf } from './sources.ts';

/** How to stop reading frames before the stream ends. */
export interface FramesOptions {
  /**
   * Ends the reading: `next()` rejects with the signal's reason once the frames at hand were taken. The stream stays as
   * it is. Use one signal per stream: on a shared one, Node warns of a leak from the eleventh listener on.
   */
  readonly signal?: AbortSignal | undefined;
  /**
   * For serial lines: an unfinished frame ends when no byte has come for this time, in milliseconds. What it becomes is what
   * the framing makes of it at the end of a stream. A new decoder continues, also after a fault that has no end. Time counts
   * while the reader waits for bytes, so a slow consumer cuts nothing. It needs a framing, not a decoder. From 1 to
   * 2,147,483,647. @default never
   */
  readonly silenceMs?: number | undefined;
}

/**
 * Reads frames from a stream with backpressure: a Node stream, a Web `ReadableStream` (a `fetch` body), or any async
 * iterable of bytes. Nothing is read before the frames at hand were taken, so a consumer that stops also stops the
 * socket. The stream is untouched until the first `next()`: until then, listen to its errors yourself.
 *
 * It destroys nothing. After `break` the stream is open: a Node stream is paused, a Web stream unlocked, and an async
 * iterable isn't told (its `return` isn't called). A decoder that you passed keeps the bytes not decoded yet, for the
 * next `frames(stream, decoder)`. An iterable that makes a new iterator each time starts over. If you pass a decoder, it
 * never decodes past the frame that it returned, so `decoder.take(n)` in the loop applies to the bytes that follow. If
 * you call `next` yourself, release the stream with `return`, or declare it with `await using`.
 *
 * Errors: `TypeError`, at once, if it isn't a stream or a framing, if another `frames` reads the stream, or for an
 *         unknown option. Rejects with the stream's own error, after everything received before it, with the signal's
 *         reason, with what a framing of your own throws, or with a `TypeError` for a chunk that isn't a `Uint8Array`.
 *         A peer's fault is a frame. A stream that was destroyed before its end gives `FRAME_INCOMPLETE` for an
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
export function frames<T>(
  stream: ByteSource,
  framing: Framing<T> | Decoder<T>,
  options: FramesOptions = {},
): AsyncIterableIterator<Frame<T>> & AsyncDisposable {
  checkOptions<FramesOptions>(READ, options, { signal: true, silenceMs: true });
  const { signal, silenceMs } = options;
  // A caller without types may do this.
  if (signal !== undefined && typeof (signal as Partial<AbortSignal> | null)?.addEventListener !== 'function')
    throw new TypeError(`Cannot ${READ}: signal is ${shown(signal)}, expected an AbortSignal`);
  if (silenceMs !== undefined && !(Number.isInteger(silenceMs) && silenceMs >= 1 && silenceMs <= MOST_MS))
    throw new RangeError(
      `Cannot ${READ}: silenceMs is ${shown(silenceMs)}, expected an integer from 1 to ${MOST_MS}`,
    );
  const open = sourceOf(stream);
  if (open === undefined) {
    const expected = 'a Node stream, a Web ReadableStream or an async iterable of bytes';
    throw new TypeError(`Cannot ${READ}: expected ${expected}`);
  }
  if (reading.has(stream)) throw inUse();
  if (isDecoder(framing)) {
    if (silenceMs === undefined) return new FrameReader({ stream, open, decoder: framing, signal });
    throw new TypeError(`Cannot ${READ}: silenceMs needs a framing, not a decoder`);
  }
  const decoder = decoderOf(READ, framing, ', or a decoder');
  const silence = silenceMs === undefined ? undefined : { silenceMs, make: () => framing.decoder() };
  return new FrameReader({ stream, open, decoder, signal, silence });
}

const READ = 'read frames';

/** The longest time that a timer can wait. */
const MOST_MS = 2 ** 31 - 1;

/** Sources that frames are read from: two readers would steal each other's frames. */
const reading = new WeakSet<ByteSource>();

function inUse(): TypeError {
  return new TypeError(
    `Cannot ${READ}: another frames() is reading this stream. Leave its loop, or call its return()`,
  );
}

function isDecoder<T>(framing: Framing<T> | Decoder<T>): framing is Decoder<T> {
  const given: unknown = framing;
  return typeof given === 'object' && given !== null && 'read' in given;
}

type Result<T> = IteratorResult<Frame<T>, undefined>;

interface Waiting<T> {
  resolve(result: Result<T>): void;
  reject(error: unknown): void;
}

interface Reading<T> {
  readonly stream: ByteSource;
  readonly open: (listener: Listener) => Source;
  readonly decoder: Decoder<T>;
  readonly signal: AbortSignal | undefined;
  readonly silence?: Silence<T> | undefined;
}

class FrameReader<T> implements AsyncIterableIterator<Frame<T>, undefined>, AsyncDisposable {
  readonly #from: ByteSource;
  readonly #make: (listener: Listener) => Source;
  readonly #decoder: ReadDecoder<T>;
  /** The decoder, if silence ends a frame. */
  readonly #silence: SilenceDecoder<T> | undefined;
  readonly #signal: AbortSignal | undefined;
  /** Once opened, until the reader leaves it. */
  #source: Source | undefined;
  // Several calls of next() may wait at once; a loop makes only one.
  readonly #waiting: Waiting<T>[] = [];
  #failure: Failure | undefined;
  /** The source has no more bytes; and whether the decoder was told. */
  #atEnd = false;
  #told = false;
  #begun = false;
  #left = false;

  constructor({ stream, open, decoder, signal, silence }: Reading<T>) {
    this.#from = stream;
    this.#make = open;
    this.#silence = silence && new SilenceDecoder(decoder, silence, this.#onSilence);
    this.#decoder = this.#silence ?? decoder;
    this.#signal = signal;
  }

  next(): Promise<Result<T>> {
    if (this.#waiting.length === 0) {
      if (this.#source !== undefined) {
        // Nearly all calls end here: a frame is at hand.
        const frame = this.#readFrame();
        if (frame !== undefined) return Promise.resolve({ done: false, value: frame });
        if (this.#failure !== undefined) return this.#reject(this.#failure.error);
      } else if (!this.#begun) this.#begin();
      const result = this.#tryRead();
      if (result !== undefined) return Promise.resolve(result);
      if (this.#failure !== undefined) return this.#reject(this.#failure.error);
      this.#silence?.wait();
    }
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #push(chunk: unknown): void {
    try {
      if (!isBytes(chunk))
        throw new TypeError(`Cannot ${READ}: the stream returned a ${typeof chunk}, expected Uint8Array`);
      this.#decoder.push(chunk);
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  readonly #ready = (): void => {
    for (let waiting = this.#waiting[0]; waiting !== undefined; waiting = this.#waiting[0]) {
      const result = this.#tryRead();
      if (result === undefined && this.#failure === undefined) return this.#silence?.wait();
      this.#waiting.shift();
      if (result !== undefined) waiting.resolve(result);
      else {
        waiting.reject(this.#failure?.error);
        this.#leave();
      }
    }
  };

  readonly #onSilence = (failure?: Failure): void => {
    this.#failure ??= failure;
    this.#ready();
  };

  readonly #fail = (error: unknown): void => {
    this.#failure ??= { error };
    this.#ready();
  };

  #begin(): void {
    this.#begun = true;
    if (this.#left) return;
    const signal = this.#signal;
    if (signal?.aborted === true) return this.#onAbort();
    try {
      if (reading.has(this.#from)) throw inUse();
      this.#source = this.#make({
        chunk: (chunk) => this.#push(chunk),
        ready: this.#ready,
        end: () => {
          this.#atEnd = true;
          this.#ready();
        },
        fail: this.#fail,
      });
      reading.add(this.#from);
      signal?.addEventListener('abort', this.#onAbort);
    } catch (error) {
      this.#failure = { error };
    }
  }

  /** A frame at hand, if there is one. */
  #readFrame(): Frame<T> | undefined {
    try {
      return this.#decoder.read();
    } catch (error) {
      // A framing that isn't ours may throw.
      this.#failure ??= { error };
      return undefined;
    }
  }

  // Frames at hand come before a failure: they were received.
  #tryRead(): Result<T> | undefined {
    if (this.#left) return { done: true, value: undefined };
    try {
      for (;;) {
        const frame = this.#decoder.read();
        if (frame !== undefined) return { done: false, value: frame };
        if (this.#failure !== undefined) return undefined;
        if (this.#source?.pull() === true) continue;
        if (!this.#atEnd) return undefined;
        if (this.#told) break;
        this.#told = true;
        this.#decoder.end();
      }
    } catch (error) {
      // A framing or a stream that isn't ours may throw.
      this.#failure ??= { error };
      return undefined;
    }
    this.#leave();
    return { done: true, value: undefined };
  }

  #reject(error: unknown): Promise<never> {
    this.#leave();
    return Promise.reject(error);
  }

  readonly #onAbort = (): void => this.#fail(this.#signal?.reason);

  #leave(): void {
    this.#left = true;
    this.#silence?.stop();
    if (this.#source === undefined) return;
    reading.delete(this.#from);
    this.#source.close();
    this.#source = undefined;
    this.#signal?.removeEventListener('abort', this.#onAbort);
  }
}
