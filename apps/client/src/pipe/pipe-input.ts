import type { Readable } from 'node:stream';
import { type Decoder, type FrameFault, isFault, lines } from '@proto/codec';
import { count } from '@proto/protocol';
import { faultText } from '../dial/fault-text.ts';
import type { Client } from '../library/client.ts';
import { InputPosition } from './input-position.ts';
import type { PipeOutput } from './pipe-output.ts';

const LF = Uint8Array.of(0x0a);

const CONTROL = 'and of control bytes, only tabs can be sent. Remove it';
const NOT_ASCII =
  'and only ASCII can be sent. Convert the input first, for example with iconv -t ASCII//TRANSLIT';

/** Where the lines of the input go. */
export interface PipeInputParts {
  readonly input: Readable;
  readonly out: PipeOutput;
  /** Is told, in one line, of a line that can't be sent. */
  readonly note: (line: string) => void;
  readonly maxLineBytes: number;
}

/** Sends the lines of an input one after the other, as fast as they are taken, through one client after another. */
export class PipeInput {
  /** How many lines couldn't be sent. */
  unsent = 0;
  readonly #input: Readable;
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #out: PipeOutput;
  readonly #note: (line: string) => void;
  readonly #position = new InputPosition();
  readonly #decoder: Decoder;
  /** A line that was read after the connection had ended. */
  #held: string | undefined;
  #chunk: Uint8Array | undefined;
  #reading = false;
  #isOver = false;
  #wake = (): void => {};
  #lines = 0;

  constructor({ input, out, note, maxLineBytes }: PipeInputParts) {
    this.#input = input;
    this.#chunks = input[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    this.#out = out;
    this.#note = note;
    this.#decoder = lines({ maxFrameBytes: maxLineBytes, charset: 'text' }).decoder();
  }

  /** Whether there is unsent input. */
  get left(): boolean {
    if (this.#held !== undefined || this.#chunk !== undefined) return true;
    if (this.#input.readableLength > 0 || this.#decoder.partialBytes > 0) return true;
    // Checked last: what it returns is lost to the sender.
    return this.#decoder.read() !== undefined;
  }

  /** Sends until the input or the connection has ended. */
  async run(client: Client): Promise<void> {
    void client.ended.then(() => this.#wake());
    try {
      for (;;) {
        await this.#sendAll(client);
        if (!client.isOpen) return;
        if (this.#isOver) return client.halfClose();
        await this.#more();
        if (this.#chunk === undefined || !client.isOpen) continue;
        this.#position.push(this.#chunk);
        this.#decoder.push(this.#chunk);
        this.#chunk = undefined;
      }
    } catch {
      // The connection ended while there was no capacity for more.
    }
  }

  /** Waits for input, or for the end of the connection. */
  #more(): Promise<void> {
    // It arrived while there was no connection.
    if (this.#chunk !== undefined || this.#isOver) return Promise.resolve();
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (!this.#reading) void this.#read();
    return woken;
  }

  async #read(): Promise<void> {
    this.#reading = true;
    try {
      const { done, value } = await this.#chunks.next();
      this.#isOver = done === true;
      this.#chunk = done === true ? undefined : value;
    } catch {
      // A failed input has no more lines.
      this.#isOver = true;
    }
    // A last line without LF counts too.
    if (this.#isOver && this.#decoder.partialBytes > 0) this.#decoder.push(LF);
    this.#reading = false;
    this.#wake();
  }

  async #sendAll(client: Client): Promise<void> {
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) {
      if (typeof frame === 'string' && !client.isOpen) {
        this.#held = frame;
        return;
      }
      this.#lines++;
      if (isFault(frame)) {
        this.#refuse(this.#whyRefused(frame));
        continue;
      }
      try {
        await Promise.all([client.say(frame), this.#out.sent(frame)]);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        this.#refuse(error.message);
      }
    }
  }

  #next(): ReturnType<Decoder['read']> {
    const held = this.#held;
    this.#held = undefined;
    return held ?? this.#decoder.read();
  }

  #refuse(why: string): void {
    this.unsent++;
    this.#note(`Cannot send line ${this.#lines} of the input: ${why}`);
  }

  /** What is wrong with a line, where, and what to do. */
  #whyRefused(fault: FrameFault): string {
    const column = this.#position.columnOf(fault.offset);
    switch (fault.code) {
      case 'FRAME_BAD_BYTE':
        return `column ${column} is byte ${hex(fault.byte)}, ${fault.byte < 0x80 ? CONTROL : NOT_ASCII}`;
      case 'FRAME_BARE_CR':
        return `column ${column} is a CR without LF. End lines with LF or CR LF`;
      case 'FRAME_TOO_LONG':
        return `it is longer than ${count(fault.limit, 'byte')}. If the server takes longer lines, pass --max-line-bytes N`;
      default:
        return faultText(fault);
    }
  }
}

function hex(byte: number): string {
  return `0x${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}
