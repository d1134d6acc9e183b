import type { Direction, How, Piece, SeenChunk, SeenEnd, Side } from './seen.ts';

/** The decoder that tells an x-ray where frames end. Every decoder of `@proto/codec` fits. */
export interface Cutter {
  /** Takes the next bytes. They stay as they are until `read` has returned `undefined`. */
  push(chunk: Uint8Array): unknown;
  /** The next frame, or the fault in its place by its `code`; `undefined`: more bytes are needed. */
  read(): string | Uint8Array | { readonly code: string } | undefined;
  /** The stream has ended. What `read` returns afterwards is the fault of a frame that was cut off. */
  end(): unknown;
  /** Bytes of the stream used by the frames that have ended. */
  readonly offset: number;
}

/** What an x-ray needs. */
export interface XRayOptions {
  /** Copied to everything that this x-ray reports. */
  readonly direction: Direction;
  /** A decoder for this stream only. */
  readonly decoder: Cutter;
  /** Whether one read is one frame, as in framing `chunk`. @default false */
  readonly framedByReads?: boolean;
  /** Bytes of the stream that passed before this x-ray was created. @default 0 */
  readonly before?: number;
}

/**
 * Watches the bytes of one direction of one connection, and tells which frames each chunk finished, continued or began.
 * Pure: chunks in, plain data out. The caller passes the time.
 *
 * 1. Each byte of a chunk is in exactly one piece, in stream order.
 * 2. A frame has the same number, the same bytes and the same fault, no matter how the stream was cut.
 * 3. It keeps nothing of a chunk except what `decoder` keeps of the unfinished frame.
 *
 * @example
 * ```ts
 * import { lines } from '@proto/codec';
 * import { XRay } from '@proto/xray';
 *
 * const xray = new XRay({ direction: 'read', decoder: lines().decoder() });
 * console.log(xray.chunk(Buffer.from('one\ntw'), 0).pieces.map(({ state }) => state)); // [ 'whole', 'began' ]
 * console.log(xray.chunk(Buffer.from('o\n'), 5).pieces[0]?.text); // two
 * ```
 */
export class XRay {
  readonly #direction: Direction;
  readonly #decoder: Cutter;
  readonly #framedByReads: boolean;
  readonly #before: number;
  #chunks = 0;
  #frames = 1;
  #to: number;
  /** Where the unfinished frame begins, in which chunk, and what is known to be wrong with it. */
  #begin: number;
  #begunIn = 0;
  #fault: string | undefined;

  /** Takes the decoder over: pass one that has seen nothing of the stream. */
  constructor({ direction, decoder, framedByReads = false, before = 0 }: XRayOptions) {
    this.#direction = direction;
    this.#decoder = decoder;
    this.#framedByReads = framedByReads;
    this.#before = this.#to = this.#begin = before;
  }

  /** A chunk was read or written. `bytes` isn't kept, but the result refers to it. */
  chunk(bytes: Uint8Array, atMs: number): SeenChunk {
    const number = ++this.#chunks;
    const from = this.#to;
    const pieces: Piece[] = [];
    // Byte by byte: the decoder doesn't say where a faulty frame ends, but its offset moves on.
    const step = this.#framedByReads ? bytes.length : 1;
    for (let at = 0; at < bytes.length; at += step) {
      if (this.#begin === this.#to) this.#begunIn = number;
      this.#to += step;
      const content = this.#feed(step === bytes.length ? bytes : bytes.subarray(at, at + 1));
      if (this.#before + this.#decoder.offset <= this.#begin && content === undefined) continue;
      pieces.push(this.#piece(content ?? latin1(bytes, this.#begin - from, at + step), from, true));
      this.#begin = this.#to;
      this.#frames++;
      this.#fault = undefined;
    }
    if (this.#begin < this.#to)
      pieces.push(this.#piece(latin1(bytes, this.#begin - from, bytes.length), from, false));
    return { kind: 'chunk', direction: this.#direction, number, atMs, from, to: this.#to, bytes, pieces };
  }

  /** The direction has ended. `by`: if it wasn't the side that sends in it, as a reset by the other one. */
  end(how: How, atMs: number, by: Side = this.#direction === 'read' ? 'peer' : 'self'): SeenEnd {
    this.#decoder.end();
    for (let frame = this.#decoder.read(); frame !== undefined; frame = this.#decoder.read()) {
      if (isFault(frame)) this.#fault ??= frame.code;
    }
    const pieces: Piece[] = [];
    if (this.#begin < this.#to) pieces.push({ ...this.#piece('', this.#to, false), state: 'cut off' });
    return { kind: 'end', direction: this.#direction, how, by, atMs, to: this.#to, pieces };
  }

  /** Returns the content of the frame that ends with these bytes, if one does. */
  #feed(bytes: Uint8Array): string | undefined {
    let content: string | undefined;
    this.#decoder.push(bytes);
    for (let frame = this.#decoder.read(); frame !== undefined; frame = this.#decoder.read()) {
      if (isFault(frame)) this.#fault ??= frame.code;
      else content = typeof frame === 'string' ? frame : latin1(frame, 0, frame.length);
    }
    return content;
  }

  #piece(text: string, chunkFrom: number, ends: boolean): Piece {
    const earlier = this.#begin < chunkFrom;
    return {
      frame: this.#frames,
      state: ends ? (earlier ? 'finished' : 'whole') : earlier ? 'went on' : 'began',
      begunIn: this.#begunIn,
      from: Math.max(this.#begin, chunkFrom),
      to: this.#to,
      bytes: this.#to - this.#begin,
      text,
      fault: this.#fault,
    };
  }
}

function isFault(frame: string | Uint8Array | { readonly code: string }): frame is { readonly code: string } {
  return typeof frame === 'object' && 'code' in frame;
}

/** The bytes from `from` (or the first) up to `to`, one code unit each. */
function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = Math.max(0, from); at < to; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}
