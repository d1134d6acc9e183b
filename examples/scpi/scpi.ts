import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Decoder, type Frame, formatFault, isFault, lines } from '@proto/codec';
import { frames } from '@proto/codec/node';
import { presets } from '@proto/codec/presets';

const framing = lines({ ...presets.scpi, maxTakeBytes: 16 * 1024 * 1024 });

/**
 * A connection to an instrument. Each query waits for the one before it, because an instrument drops the answer to a
 * query when the next one comes.
 *
 * Errors: an instrument doesn't answer what it doesn't understand. After `timeoutMs` the query rejects, and the
 *         connection is closed: a late answer would be taken for that of the next query. Connect again, and ask for
 *         `errors()`.
 */
export class Scpi {
  readonly #socket: Socket;
  readonly #timeoutMs: number;
  readonly #decoder: Decoder<string | Uint8Array> = framing.decoder<Uint8Array>();
  readonly #frames: AsyncIterator<Frame<string | Uint8Array>>;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(socket: Socket, timeoutMs: number) {
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    this.#frames = frames(socket, this.#decoder);
    socket.on('error', () => {}); // the query that waits rejects with it
    socket.on('timeout', () => socket.destroy(new Error(`no answer in ${timeoutMs} ms`)));
  }

  static async connect(port: number, host: string, { timeoutMs = 2_000 } = {}): Promise<Scpi> {
    const socket = connect({ port, host, noDelay: true });
    await once(socket, 'connect');
    return new Scpi(socket, timeoutMs);
  }

  /** Sends a command. Whether the instrument liked it, `errors()` tells. */
  async say(command: string): Promise<void> {
    await this.#send(command, async () => {});
  }

  /** Sends a query, and gives the line that answers it. */
  async ask(query: string): Promise<string> {
    return this.#send(query, async () => (await this.#next()).toString('latin1'));
  }

  /** Sends a query whose answer is a definite length block, such as `#42048...`, and gives its bytes. */
  async askBlock(query: string): Promise<Uint8Array> {
    return this.#send(query, async () => {
      const mark = (await this.#take(2)).toString('latin1');
      if (!/^#[1-9]$/.test(mark)) throw new Error(`expected a block, got ${JSON.stringify(mark)}`);
      const size = (await this.#take(Number(mark[1]))).toString('latin1');
      const bytes = await this.#take(Number(size));
      await this.#next(); // the line end after the block
      return bytes;
    });
  }

  /** Takes the errors that the instrument has kept, oldest first. */
  async errors(): Promise<string[]> {
    const errors: string[] = [];
    for (;;) {
      const error = await this.ask('SYST:ERR?');
      if (/^\+?0,/.test(error)) return errors;
      errors.push(error);
    }
  }

  /** Closes the connection after what was sent before. */
  async close(): Promise<void> {
    await this.#last;
    this.#socket.destroySoon();
  }

  #send<T>(line: string, read: () => Promise<T>): Promise<T> {
    const bytes = framing.encode(line);
    const answer = this.#last.then(async () => {
      this.#socket.setTimeout(this.#timeoutMs);
      this.#socket.write(bytes);
      return read();
    });
    this.#last = answer.then(
      () => this.#socket.setTimeout(0),
      () => this.#socket.destroy(),
    );
    return answer.catch((error: Error) => {
      throw new Error(`Cannot send ${line}: ${error.message}`, { cause: error });
    });
  }

  #take(size: number): Promise<Buffer> {
    this.#decoder.take(size);
    return this.#next();
  }

  async #next(): Promise<Buffer> {
    const { done, value } = await this.#frames.next();
    if (done) throw new Error('the connection is closed');
    if (isFault(value)) throw new Error(formatFault(value));
    return Buffer.from(value);
  }
}
