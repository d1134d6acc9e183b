import type { Decoder, FrameFault, Framing, Run } from '@proto/codec';
import { isPlainMessage } from '@proto/protocol';
import { lineEnds } from '../../room/line-ends.ts';
import { countPlainLines } from './plain-lines.ts';

/** A chunk that takes no more memory than this may be kept for any part of it. */
const SMALL_BYTES = 4_096;
const LF = 0x0a;

/** Lines in one piece, each followed by an LF. */
export interface Lines {
  readonly text: string;
  /** How many there are. */
  readonly count: number;
}

/** Lines, and where each ends. */
interface Unread extends Lines, Run {}

/** A whole chunk of plain messages. Most are answered in one piece, and nobody asks where each ends. */
class PlainLines implements Unread {
  readonly text: string;
  readonly count: number;
  #ends: number[] | undefined;

  constructor(text: string, count: number) {
    this.text = text;
    this.count = count;
  }

  get ends(): readonly number[] {
    return (this.#ends ??= lineEnds(this.text));
  }
}

/** What one connection has sent, to be taken line by line, or in runs of plain messages. */
export class Input {
  readonly #framing: Framing;
  readonly #runLines: number;
  readonly #maxLineBytes: number;
  #decoder: Decoder;
  /** The decoder has returned everything that was pushed. */
  #isDry = true;
  /** What it had then of an unfinished line. */
  #partialBytes = 0;
  /** Where in the stream the decoder began, and where the pushed bytes end. */
  #base: number;
  #pushed: number;
  /** What was pushed last, as long as it may be unread. */
  #chunk: Uint8Array | undefined;
  /** What was pushed before it of an unfinished line. In bytes. */
  #openBefore = 0;
  #hasEnded = false;
  /** The last thing read is a fault: its line may not have ended. */
  #isAtFault = false;
  /** A run from the decoder that isn't used up. Its next line is the one that ends at `ends[#line]`. */
  #run: Unread | undefined;
  /** The decoder had fewer lines than requested: what follows is for `read`. */
  #isForRead = false;
  #line = 0;
  #from = 0;

  /**
   * `runLines`: the most lines that the decoder is asked for at once. `maxLineBytes`: those of a line. `before`: bytes of
   * the stream before the first that is pushed.
   */
  constructor(framing: Framing, runLines: number, maxLineBytes: number, before: number) {
    this.#base = this.#pushed = before;
    this.#framing = framing;
    this.#decoder = framing.decoder();
    this.#runLines = runLines;
    this.#maxLineBytes = maxLineBytes;
  }

  /** Takes a chunk of whole plain messages, if nothing before it is unread. False: push it. */
  pushLines(chunk: Buffer): boolean {
    if (!this.isDry || this.#partialBytes > 0) return false;
    const lines = countPlainLines(chunk, this.#maxLineBytes);
    if (lines === 0) return false;
    this.#run = new PlainLines(chunk.toString('latin1'), lines);
    this.#base += chunk.length;
    this.#pushed += chunk.length;
    return true;
  }

  push(chunk: Uint8Array): void {
    this.#openBefore = this.openBytes;
    this.#isDry = false;
    this.#decoder.push(chunk);
    this.#chunk = chunk;
    this.#pushed += chunk.length;
  }

  end(): void {
    this.#isDry = false;
    this.#hasEnded = true;
    this.#decoder.end();
  }

  /** Drops a chunk that takes more than four times the memory of its unread part. Call this when nobody reads on. */
  compact(): void {
    const rest = this.#rest();
    if (rest === undefined || 4 * rest.length > rest.buffer.byteLength) return;
    this.#restart(copy(rest));
    if (this.#hasEnded) this.end();
  }

  /** Nothing whole is unread: more bytes are needed. */
  get isDry(): boolean {
    return this.#isDry && this.#run === undefined;
  }

  /** Whether part of a large chunk is unread: more may have arrived behind it. */
  get isLarge(): boolean {
    if (this.#run instanceof PlainLines) return this.#run.text.length > SMALL_BYTES;
    const rest = this.#rest();
    return rest !== undefined && rest.length > 0;
  }

  /** Memory that is kept for what isn't read yet. `mostOpen`: what is kept of an unfinished line, at most. In bytes. */
  heldBytes(mostOpen: number): number {
    // A run is kept whole.
    const ofRun = this.#run?.text.length ?? 0;
    if (this.#chunk === undefined) return ofRun + Math.min(this.#partialBytes, mostOpen);
    const { byteLength } = this.#chunk.buffer;
    const undecoded = this.#pushed - this.#base - this.#decoder.offset;
    return ofRun + Math.max(byteLength, Math.min(undecoded, mostOpen + byteLength));
  }

  /** Bytes of the unfinished line. Valid when `read` has returned nothing. */
  get partialBytes(): number {
    return this.#partialBytes;
  }

  /** Where in the stream it begins. Valid at the same time. */
  get openedAt(): number {
    return this.#pushed - this.#partialBytes;
  }

  /** The same as `partialBytes` at any time: bytes after the last line end pushed. */
  get openBytes(): number {
    if (this.#chunk === undefined) return this.#partialBytes;
    // Not read to its end yet. If a chunk is a message, no line is ever unfinished.
    if (this.#decoder.readRun === undefined) return 0;
    const lf = this.#chunk.lastIndexOf(LF);
    return lf === -1 ? this.#openBefore + this.#chunk.length : this.#chunk.length - 1 - lf;
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

  /** The next plain messages, at most `most`. `undefined`: the next line is for `read`. */
  readRun(most: number): Lines | undefined {
    const run = (this.#run ??= this.#decode());
    if (run === undefined) return undefined;
    if (run instanceof PlainLines && this.#line === 0 && run.count <= most) return this.#passAll(run);
    const { text, ends } = run;
    const first = this.#line;
    const begin = this.#from;
    const last = Math.min(ends.length, first + most);
    const line = run instanceof PlainLines ? last : this.#firstOther(run, last);
    if (line === first) return undefined;
    if (line - first === ends.length) return this.#passAll(run);
    this.#pass(run, line);
    return { text: text.slice(begin, ends[line - 1]! + 1), count: line - first };
  }

  /** The first line of a run that is not a plain message, but at most `last`. */
  #firstOther({ text, ends }: Unread, last: number): number {
    let line = this.#line;
    for (let from = this.#from; line < last && isPlainMessage(text, from, ends[line]!); line++)
      from = ends[line]! + 1;
    return line;
  }

  #readFrame(): string | FrameFault | undefined {
    if (this.#isDry) return undefined;
    const frame = this.#decoder.read();
    if (frame === undefined) this.#dry();
    else this.#isAtFault = typeof frame === 'object';
    if (typeof frame !== 'object' || this.#base === 0) return frame;
    return { ...frame, offset: this.#base + frame.offset };
  }

  #dry(): void {
    this.#isDry = true;
    this.#partialBytes = this.#decoder.partialBytes;
    this.#chunk = undefined;
  }

  #decode(): Unread | undefined {
    if (this.#isForRead || this.#isDry) return undefined;
    const run = this.#decoder.readRun?.(this.#runLines);
    if (run !== undefined) this.#isAtFault = false;
    this.#isForRead = run === undefined || run.ends.length < this.#runLines;
    return run && { ...run, count: run.ends.length };
  }

  #passAll(run: Unread): Lines {
    this.#run = undefined;
    this.#line = 0;
    this.#from = 0;
    return run;
  }

  #pass(run: Unread, line: number): void {
    if (line === run.count) return void this.#passAll(run);
    this.#line = line;
    this.#from = run.ends[line - 1]! + 1;
  }

  /** The unread part of the last chunk, if it is large and everything before it was read. */
  #rest(): Uint8Array | undefined {
    const chunk = this.#chunk;
    if (chunk === undefined || chunk.buffer.byteLength <= SMALL_BYTES || this.#isAtFault) return undefined;
    // If a chunk is a message, it must not be cut.
    if (this.#decoder.readRun === undefined) return undefined;
    const unread = this.#pushed - this.#offset;
    return unread > chunk.length ? undefined : chunk.subarray(chunk.length - unread);
  }

  /** Where in the stream the unread part begins. */
  get #offset(): number {
    // A run has one code unit per byte.
    const ahead = this.#run === undefined ? 0 : this.#run.text.length - this.#from;
    return this.#base + this.#decoder.offset - ahead;
  }

  /** Discards what is unread, and starts again with `rest`. Only whole lines were read so far. */
  #restart(rest: Uint8Array): void {
    this.#base = this.#offset;
    this.#pushed = this.#base;
    this.#decoder = this.#framing.decoder();
    this.#chunk = undefined;
    this.#partialBytes = 0;
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
