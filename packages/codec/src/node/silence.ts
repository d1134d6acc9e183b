import { isFault } from '../frame.ts';
import type { Decoder, Frame } from '../index.ts';

/** What a reader needs of a decoder. */
export interface ReadDecoder<T> {
  push(chunk: Uint8Array): unknown;
  read(): Frame<T> | undefined;
  end(): unknown;
}

/** How long a silence is, and what makes the decoder after it. */
export interface Silence<T> {
  readonly silenceMs: number;
  readonly make: () => Decoder<T>;
}

/** What was thrown or rejected: it may be undefined. */
export interface Failure {
  readonly error: unknown;
}

/**
 * Decodes with a new decoder after each silence. The old one is told that its stream has ended, so its framing decides
 * what the unfinished frame becomes.
 */
export class SilenceDecoder<T> implements ReadDecoder<T> {
  readonly #ms: number;
  readonly #make: () => Decoder<T>;
  readonly #onSilence: (failure?: Failure) => void;
  #decoder: Decoder<T>;
  /** What decoders before this one gave at their end. */
  #tails: Frame<T>[] = [];
  /** Bytes that decoders before this one got, and this one. */
  #before = 0;
  #pushed = 0;
  #timer: NodeJS.Timeout | undefined;
  #afterPoll: NodeJS.Immediate | undefined;

  /** `make` makes the decoders after the first. `onSilence` is called when frames are at hand, or making them failed. */
  constructor(first: Decoder<T>, { silenceMs, make }: Silence<T>, onSilence: (failure?: Failure) => void) {
    this.#ms = silenceMs;
    this.#make = make;
    this.#onSilence = onSilence;
    this.#decoder = first;
  }

  push(chunk: Uint8Array): void {
    this.stop();
    this.#pushed += chunk.length;
    this.#decoder.push(chunk);
  }

  read(): Frame<T> | undefined {
    return this.#tails.shift() ?? this.#readOn();
  }

  end(): void {
    this.stop();
    this.#decoder.end();
  }

  /** Nothing is at hand. Silence is measured from now on, if a frame is unfinished. */
  wait(): void {
    if (this.#timer !== undefined || this.#decoder.partialBytes === 0) return;
    this.#timer = setTimeout(() => {
      // After a long pause of this process, bytes may have arrived that nobody has looked for yet.
      this.#afterPoll = setImmediate(() => this.#silence());
    }, this.#ms);
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#afterPoll);
    this.#timer = undefined;
  }

  #silence(): void {
    this.#timer = undefined;
    try {
      this.#decoder.end();
      for (let tail = this.#readOn(); tail !== undefined; tail = this.#readOn()) this.#tails.push(tail);
      this.#before += this.#pushed;
      this.#pushed = 0;
      this.#decoder = this.#make();
      this.#onSilence();
    } catch (error) {
      this.#onSilence({ error });
    }
  }

  #readOn(): Frame<T> | undefined {
    const frame = this.#decoder.read();
    if (frame === undefined || this.#before === 0 || !isFault(frame)) return frame;
    return { ...frame, offset: frame.offset + this.#before };
  }
}
