import type { Socket } from 'node:net';
import { Client, connectDeaf } from './client.ts';

const LINES_PER_WRITE = 64;

/** Clients that each write 64 lines, and the next 64 when all are answered. Every byte of the answers is compared. */
export class Flood {
  /** Bytes of answers that were not what they should be. */
  wrong = 0;
  readonly #senders: readonly Sender[];

  private constructor(senders: readonly Sender[]) {
    this.#senders = senders;
  }

  static async open(port: number, clients: number): Promise<Flood> {
    const senders: Sender[] = [];
    for (let name = 0; name < clients; name++) senders.push(new Sender(await connectDeaf(port), name));
    // A client that is let in after them knows that they are all there.
    const last = await Client.in(port, '/quit');
    await last.end();
    await Promise.all(senders.map((sender) => sender.settled()));
    return new Flood(senders);
  }

  /** Sends lines for so long as `goesOn` says, and settles with their number when all are answered. */
  async run(goesOn: (blocks: number) => boolean): Promise<number> {
    const blocks = await Promise.all(this.#senders.map((sender) => sender.run(goesOn)));
    this.wrong = this.#senders.reduce((sum, sender) => sum + sender.wrong, 0);
    return blocks.reduce((sum, each) => sum + each, 0) * LINES_PER_WRITE;
  }
}

class Sender {
  wrong = 0;
  readonly #socket: Socket;
  readonly #block: string;
  readonly #answer: Buffer;
  #at = 0;
  #onBlock: () => void = () => {};

  constructor(socket: Socket, name: number) {
    this.#socket = socket;
    const lines = Array.from({ length: LINES_PER_WRITE }, (_, line) =>
      `a secret of ${name}, line ${line} `.padEnd(32, 'x'),
    );
    this.#block = lines.map((line) => `${line}\n`).join('');
    this.#answer = Buffer.from(this.#block.toUpperCase());
  }

  /** Settles when everything that the server says by itself has been read. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      let seen = '';
      const read = (chunk: Buffer): void => {
        seen += chunk.toString('latin1');
        if (!seen.endsWith('* PONG settled\n')) return;
        this.#socket.off('data', read).on('data', (answers: Buffer) => this.#compare(answers));
        resolve();
      };
      this.#socket.on('data', read).resume();
      this.#socket.write('/ping settled\n');
    });
  }

  /** Gives how many blocks were sent. */
  run(goesOn: (blocks: number) => boolean): Promise<number> {
    return new Promise((resolve) => {
      let blocks = 0;
      this.#onBlock = () => {
        if (!goesOn(blocks)) return resolve(blocks);
        blocks++;
        this.#socket.write(this.#block, 'latin1');
      };
      this.#onBlock();
    });
  }

  #compare(chunk: Buffer): void {
    for (let from = 0; from < chunk.length;) {
      const length = Math.min(chunk.length - from, this.#answer.length - this.#at);
      const isSame = this.#answer.compare(chunk, from, from + length, this.#at, this.#at + length) === 0;
      if (!isSame) this.wrong += length;
      from += length;
      this.#at = (this.#at + length) % this.#answer.length;
      if (this.#at === 0) this.#onBlock();
    }
  }
}
