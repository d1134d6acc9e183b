import type { Readable } from 'node:stream';

/** A Web `ReadableStream` of bytes, as far as `frames` uses it. */
export interface WebByteStream {
  /** Locks the stream and returns its reader. */
  getReader(): WebByteReader;
}

/** The reader of a Web `ReadableStream` of bytes, as far as `frames` uses it. */
export interface WebByteReader {
  /** The next chunk. */
  read(): Promise<{
    /** Whether the stream has ended. */
    readonly done: boolean;
    /** The chunk; undefined at the end. */
    readonly value?: Uint8Array | undefined;
  }>;
  /** Unlocks the stream. */
  releaseLock(): void;
}

/** What `frames` reads: a Node stream, a Web `ReadableStream`, or any async iterable of bytes. */
export type ByteSource = Readable | WebByteStream | AsyncIterable<Uint8Array>;

/** What a source tells its reader. */
export interface Listener {
  /** A chunk. It comes after those before it, even if the reader has left the source in between. */
  chunk(chunk: unknown): void;
  /** Something arrived: read. */
  ready(): void;
  /** No chunk will follow. */
  end(): void;
  fail(error: unknown): void;
}

/** Where chunks come from, opened. */
export interface Source {
  /** Asks for more. A chunk that is at hand is told at once, and then the result is true. */
  pull(): boolean;
  /** Leaves the source as it is: open, with the chunks that weren't told. */
  close(): void;
}

/** Opens a source; `undefined` for anything else. */
export function sourceOf(from: unknown): ((listener: Listener) => Source) | undefined {
  if (has<Readable>(from, 'on', 'off', 'read', 'pause')) return (listener) => new NodeSource(from, listener);
  if (has<WebByteStream>(from, 'getReader')) {
    return (listener) => {
      const reader = from.getReader();
      return new PulledSource(
        () => reader.read(),
        () => reader.releaseLock(),
        listener,
      );
    };
  }
  if (!has<AsyncIterable<unknown>>(from, Symbol.asyncIterator)) return undefined;
  return (listener) => {
    const iterator = from[Symbol.asyncIterator]();
    return new PulledSource(
      () => iterator.next(),
      () => {},
      listener,
    );
  };
}

/** Whether a value has these methods. */
function has<T>(value: unknown, ...methods: readonly (keyof T)[]): value is T {
  if (typeof value !== 'object' || value === null) return false;
  return methods.every((method) => typeof (value as T)[method] === 'function');
}

class NodeSource implements Source {
  readonly #stream: Readable;
  readonly #listener: Listener;

  constructor(stream: Readable, listener: Listener) {
    this.#stream = stream;
    this.#listener = listener;
    stream.on('readable', this.#onReadable).on('end', this.#onEnd).on('close', this.#onEnd);
    stream.on('error', this.#onError);
    // A stream that isn't Node's own may lack `errored`.
    const errored: unknown = stream.errored ?? undefined;
    if (errored !== undefined) this.#onError(errored);
    else if (stream.destroyed || stream.readableEnded) this.#onEnd();
  }

  pull(): boolean {
    // What was buffered can still be read after the stream was destroyed: it was received.
    const chunk: unknown = this.#stream.read();
    if (chunk !== null) this.#listener.chunk(chunk);
    return chunk !== null;
  }

  readonly #onReadable = (): void => this.#listener.ready();
  readonly #onEnd = (): void => this.#listener.end();

  readonly #onError = (error: unknown): void => {
    // What is buffered was received before. All of it is one chunk, unless chunks are objects. Read no more than that:
    // the stream may go on.
    const { readableObjectMode, readableLength } = this.#stream;
    for (let left = readableObjectMode ? readableLength : 1; left > 0; left--) this.pull();
    this.#listener.fail(error);
  };

  close(): void {
    const stream = this.#stream;
    stream.off('readable', this.#onReadable).off('end', this.#onEnd).off('close', this.#onEnd);
    stream.off('error', this.#onError);
  }
}

/** One that is asked for each chunk. It is asked only while somebody waits, so nothing is read ahead. */
class PulledSource implements Source {
  readonly #next: () => PromiseLike<{ readonly done?: boolean | undefined; readonly value?: unknown }>;
  readonly #release: () => void;
  readonly #listener: Listener;
  #asked = false;

  constructor(
    next: () => PromiseLike<{ readonly done?: boolean | undefined; readonly value?: unknown }>,
    release: () => void,
    listener: Listener,
  ) {
    this.#next = next;
    this.#release = release;
    this.#listener = listener;
  }

  pull(): boolean {
    if (!this.#asked) void this.#ask();
    return false;
  }

  async #ask(): Promise<void> {
    const listener = this.#listener;
    this.#asked = true;
    try {
      const { done, value } = await this.#next();
      this.#asked = false;
      if (done === true) listener.end();
      else {
        listener.chunk(value);
        listener.ready();
      }
    } catch (error) {
      listener.fail(error);
    }
  }

  close(): void {
    this.#release();
  }
}
