import type { Decoder, Frame } from '../index.ts';
import type { JsonFrame } from './json-frame.ts';

/** What a line of text or the bytes of a `take` come to. */
type Decoded = Frame<JsonFrame | Uint8Array>;

const LF = 0x0a;
const BLANK = /^[\t\r ]*$/;
const MOST_CHARACTERS = 120;

/** Parses the lines of a decoder of text. */
export class JsonDecoder implements Decoder<JsonFrame | Uint8Array> {
  readonly #lines: Decoder<string | Uint8Array>;
  #pushed = 0;
  #last = LF;
  #ended = false;

  constructor(text: Decoder<string | Uint8Array>) {
    this.#lines = text;
  }

  push(chunk: Uint8Array): this {
    this.#lines.push(chunk);
    this.#pushed += chunk.length;
    this.#last = chunk.at(-1) ?? this.#last;
    return this;
  }

  read(): Decoded | undefined {
    for (;;) {
      const line = this.#lines.read();
      if (typeof line !== 'string') return line;
      // Not left to the parser: throwing takes a hundred times as long, and a peer may send nothing else.
      if (!(line.charCodeAt(0) > 0x20) && BLANK.test(line)) continue;
      try {
        const value: unknown = JSON.parse(line);
        return { value };
      } catch (error) {
        return { code: 'FRAME_BAD_JSON', offset: this.#startOf(line), reason: reasonOf(error) };
      }
    }
  }

  decode(chunk: Uint8Array): Decoded[] {
    return [...this.push(chunk)];
  }

  end(): this {
    this.#lines.end();
    this.#ended = true;
    return this;
  }

  take(n: number): void {
    this.#lines.take(n);
  }

  get offset(): number {
    return this.#lines.offset;
  }

  get partialBytes(): number {
    return this.#lines.partialBytes;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Decoded> {
    const value = this.read();
    return value === undefined ? { done: true, value } : { done: false, value };
  }

  /** Stream offset of a line that was just read. */
  #startOf(line: string): number {
    const isTail = this.#ended && this.#last !== LF && this.offset === this.#pushed;
    return this.offset - (isTail ? 0 : 1) - new TextEncoder().encode(line).length;
  }
}

/** What a parser says, in one line of ASCII: it quotes the peer. */
function reasonOf(error: unknown): string {
  const text = String(error instanceof Error ? error.message : error);
  const short = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}...` : text;
  return short.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
