import type { Readable } from 'node:stream';
import { type Decoder, formatFault, isFault, lines } from '@proto/codec';
import type { Client } from './client.ts';
import type { Outgoing } from './outgoing.ts';
import type { PipeOutput } from './pipe-output.ts';

const LF = Uint8Array.of(0x0a);

/** Where the lines of an input go. */
export interface PipeInputParts {
  readonly client: Client;
  readonly out: PipeOutput;
  /** Is told of lines that cannot be sent. */
  readonly notes: Outgoing;
  readonly maxLineBytes: number;
}

/** Sends the lines of an input, one after the other, as fast as they are taken. */
export class PipeInput {
  /** Lines that could not be sent. */
  unsent = 0;
  /** Whether lines were left over when the connection ended. */
  left = false;
  readonly #client: Client;
  readonly #out: PipeOutput;
  readonly #notes: Outgoing;
  readonly #decoder: Decoder;
  #lines = 0;

  constructor({ client, out, notes, maxLineBytes }: PipeInputParts) {
    this.#client = client;
    this.#out = out;
    this.#notes = notes;
    this.#decoder = lines({ maxFrameBytes: maxLineBytes, charset: 'text' }).decoder();
  }

  async run(input: Readable): Promise<void> {
    try {
      for await (const chunk of input) {
        this.#decoder.push(chunk as Uint8Array);
        await this.#sendAll();
      }
      if (this.#decoder.partialBytes > 0) this.#decoder.push(LF);
      await this.#sendAll();
      this.#client.halfClose();
    } catch {
      // The connection has ended, or the input failed: in both cases no more is sent.
      this.left ||= this.#decoder.read() !== undefined;
      this.#client.halfClose();
    }
  }

  async #sendAll(): Promise<void> {
    for (let frame = this.#decoder.read(); frame !== undefined; frame = this.#decoder.read()) {
      this.#lines++;
      if (isFault(frame)) {
        this.#refuse(formatFault(frame));
        continue;
      }
      try {
        await Promise.all([this.#client.say(frame), this.#out.sent(frame)]);
      } catch (error) {
        if (!(error instanceof RangeError)) {
          this.left = true;
          throw error;
        }
        this.#refuse(error.message);
      }
    }
  }

  #refuse(why: string): void {
    this.unsent++;
    this.#notes.write(`Cannot send line ${this.#lines} of the input: ${why}\n`);
  }
}
