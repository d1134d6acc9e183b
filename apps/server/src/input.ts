import type { Decoder, FrameFault, Framing, Run } from '@proto/codec';
import { isPlainMessage } from '@proto/protocol';

/** What one connection has sent, to be taken line by line, or by runs of lines that are messages and nothing else. */
export class Input {
  readonly #decoder: Decoder;
  readonly #runLines: number;
  /** A run of the decoder that is not used up: its next line is the one that ends at `ends[#line]`. */
  #run: Run | undefined;
  /** The decoder had fewer lines than were asked for: what follows is for `read`. */
  #isForRead = false;
  #line = 0;
  #from = 0;

  /** `runLines`: what a run has at most. */
  constructor(framing: Framing, runLines: number) {
    this.#decoder = framing.decoder();
    this.#runLines = runLines;
  }

  push(chunk: Uint8Array): void {
    this.#decoder.push(chunk);
  }

  end(): void {
    this.#decoder.end();
  }

  /** Bytes of the line that has not ended yet. Asked when `read` has given nothing. */
  get partialBytes(): number {
    return this.#decoder.partialBytes;
  }

  /** The next line, or what was wrong with it. `undefined`: more bytes are needed. */
  read(): string | FrameFault | undefined {
    const run = this.#run;
    if (run === undefined) {
      this.#isForRead = false;
      return this.#decoder.read();
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

  #decode(): Run | undefined {
    if (this.#isForRead) return undefined;
    const run = this.#decoder.readRun?.(this.#runLines);
    this.#isForRead = run === undefined || run.ends.length < this.#runLines;
    return run;
  }

  #pass({ ends }: Run, line: number): void {
    const isUsedUp = line === ends.length;
    if (isUsedUp) this.#run = undefined;
    this.#line = isUsedUp ? 0 : line;
    this.#from = isUsedUp ? 0 : ends[line - 1]! + 1;
  }
}
