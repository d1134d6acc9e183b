import type { Decoder, FrameFault, Framing, Run } from '@proto/codec';
import { isPlainMessage } from '@proto/protocol';

/** Where a chunk takes no more memory than this, it may be kept for the sake of any part of it. */
const SMALL_BYTES = 4_096;
const LF = 0x0a;

/** What one connection has sent, to be taken line by line, or by runs of lines that are messages and nothing else. */
export class Input {
  readonly #framing: Framing;
  readonly #runLines: number;
  #decoder: Decoder;
  /** Where in the stream the decoder began, and where what was pushed ends. */
  #base = 0;
  #pushed = 0;
  /** What was pushed last, as long as it may be unread. */
  #chunk: Uint8Array | undefined;
  /** What was read last is a fault: its line may not have ended. */
  #isAtFault = false;
  /** A run of the decoder that is not used up: its next line is the one that ends at `ends[#line]`. */
  #run: Run | undefined;
  /** The decoder had fewer lines than were asked for: what follows is for `read`. */
  #isForRead = false;
  #line = 0;
  #from = 0;

  /** `runLines`: what a run has at most. */
  constructor(framing: Framing, runLines: number) {
    this.#framing = framing;
    this.#decoder = framing.decoder();
    this.#runLines = runLines;
  }

  push(chunk: Uint8Array): void {
    this.#decoder.push(chunk);
    this.#chunk = chunk;
    this.#pushed += chunk.length;
  }

  end(): void {
    this.#decoder.end();
    this.#chunk = undefined;
  }

  /** Keeps no chunk that takes more than four times the memory of what is unread of it. For when nobody reads on. */
  compact(): void {
    const rest = this.#rest();
    if (rest !== undefined && 4 * rest.length <= rest.buffer.byteLength) this.#restart(copy(rest));
  }

  /** Gives back the last byte of a large chunk, if it is unread. It is to be pushed again. */
  unpushByte(): Uint8Array | undefined {
    const rest = this.#rest();
    if (rest === undefined || rest.length === 0) return undefined;
    this.#restart(rest.subarray(0, -1));
    return copy(rest.subarray(-1));
  }

  /** Bytes of the line that has not ended yet. Asked when `read` has given nothing. */
  get partialBytes(): number {
    return this.#decoder.partialBytes;
  }

  /** The same at any time: bytes behind the last line end of all that was pushed. */
  get openBytes(): number {
    const unread = this.#pushed - this.#offset;
    if (this.#chunk === undefined) return unread;
    // Not read to its end yet. Where a chunk is a message, nothing is ever open.
    if (this.#decoder.readRun === undefined) return 0;
    const lf = this.#chunk.lastIndexOf(LF);
    return lf === -1 ? unread : this.#chunk.length - 1 - lf;
  }

  /** The next line, or what was wrong with it. `undefined`: more bytes are needed. */
  read(): string | FrameFault | undefined {
    const run = this.#run;
    if (run === undefined) {
      this.#isForRead = false;
      return this.#readFrame();
    }
    const line = run.text.slice(this.#from, run.ends[this.#line]);
    this.#pass(run, this.#line + 1);
    return line;
  }

  /** The next lines, at most `most`, as far as they are plain messages. `undefined`: the next one is for `read`. */
  readRun(most: number): Run | undefined {
    const run = (this.#run ??= this.#decode());
    if (run === undefined) return undefined;
    const { text, ends } = run;
    const first = this.#line;
    const begin = this.#from;
    const last = Math.min(ends.length, first + most);
    let line = first;
    let from = begin;
    for (; line < last && isPlainMessage(text, from, ends[line]!); line++) from = ends[line]! + 1;
    if (line === first) return undefined;
    this.#pass(run, line);
    if (line - first === ends.length) return run;
    return { text: text.slice(begin, from), ends: ends.slice(first, line).map((end) => end - begin) };
  }

  #readFrame(): string | FrameFault | undefined {
    const frame = this.#decoder.read();
    if (frame === undefined) this.#chunk = undefined;
    else this.#isAtFault = typeof frame === 'object';
    if (typeof frame !== 'object' || this.#base === 0) return frame;
    return { ...frame, offset: this.#base + frame.offset };
  }

  #decode(): Run | undefined {
    if (this.#isForRead) return undefined;
    const run = this.#decoder.readRun?.(this.#runLines);
    if (run !== undefined) this.#isAtFault = false;
    this.#isForRead = run === undefined || run.ends.length < this.#runLines;
    return run;
  }

  #pass({ ends }: Run, line: number): void {
    const isUsedUp = line === ends.length;
    if (isUsedUp) this.#run = undefined;
    this.#line = isUsedUp ? 0 : line;
    this.#from = isUsedUp ? 0 : ends[line - 1]! + 1;
  }

  /** What is unread of the last chunk, if it is a large one and all before it is read. */
  #rest(): Uint8Array | undefined {
    const chunk = this.#chunk;
    if (chunk === undefined || chunk.buffer.byteLength <= SMALL_BYTES || this.#isAtFault) return undefined;
    // Where a chunk is a message, it is not to be cut.
    if (this.#decoder.readRun === undefined) return undefined;
    const unread = this.#pushed - this.#offset;
    return unread > chunk.length ? undefined : chunk.subarray(chunk.length - unread);
  }

  /** Where in the stream what is unread begins. */
  get #offset(): number {
    // A run has a code unit for each byte.
    const ahead = this.#run === undefined ? 0 : this.#run.text.length - this.#from;
    return this.#base + this.#decoder.offset - ahead;
  }

  /** Forgets what is unread, and begins anew with `rest`: what was read so far were whole lines. */
  #restart(rest: Uint8Array): void {
    this.#base = this.#offset;
    this.#pushed = this.#base;
    this.#decoder = this.#framing.decoder();
    this.#isForRead = false;
    this.#run = undefined;
    this.#line = 0;
    this.#from = 0;
    this.push(rest);
  }
}

/** Bytes with a buffer of their own. */
function copy(bytes: Uint8Array): Uint8Array {
  return Uint8Array.prototype.slice.call(bytes);
}
