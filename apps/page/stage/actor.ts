import type { Socket } from 'node:net';
import type { Witness } from './witness.ts';

/** A client that plays in a lesson. Each act is over when the server has seen it. */
export class Actor {
  readonly client: number;
  readonly #socket: Socket;
  readonly #witness: Witness;
  #sent = 0;
  /** Up to where the play has looked at what was written to it. */
  #from = 0;

  constructor(witness: Witness, socket: Socket, client: number) {
    this.#witness = witness;
    this.#socket = socket;
    this.client = client;
  }

  /** Writes bytes, and waits until the server has read them. */
  async send(text: string): Promise<void> {
    this.write(text);
    await this.#until(`has sent ${text}`, ({ readBytes }) => readBytes >= this.#sent);
  }

  /** Writes bytes. */
  write(text: string): void {
    this.#sent += text.length;
    this.#socket.write(text, 'latin1');
  }

  /** Waits until the server has written this to it, after what was waited for before. */
  async gets(text: string): Promise<void> {
    await this.#until(`gets ${text}`, ({ written }) => written.indexOf(text, this.#from) >= 0);
    this.#from = this.#witness.of(this.client).written.indexOf(text, this.#from) + text.length;
  }

  /** Ends its stream, and still reads. */
  async halfClose(): Promise<void> {
    this.#socket.end();
    await this.#until('ends its stream', ({ ended }) => ended.has('read'));
  }

  /** Cuts the connection off. */
  async reset(): Promise<void> {
    this.#socket.resetAndDestroy();
    await this.#until('resets', ({ ended }) => ended.has('read'));
  }

  /** Waits until the server has ended its stream to it. */
  async isEnded(): Promise<void> {
    await this.#until('is ended', ({ ended }) => ended.has('write'));
  }

  /** Ends its stream as soon as the server has ended its own. */
  hangsUp(): void {
    if (this.#socket.readableEnded) this.#socket.end();
    else this.#socket.once('end', () => this.#socket.end());
  }

  #until(what: string, isSo: (seen: ReturnType<Witness['of']>) => boolean): Promise<void> {
    const { client } = this;
    return this.#witness.until(`client ${client} ${what}`, () => isSo(this.#witness.of(client)));
  }
}
