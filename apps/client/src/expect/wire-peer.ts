import type { Socket } from 'node:net';
import { type Frame, isFault, lines } from '@proto/codec';
import { frames } from '@proto/codec/node';
import { lineLimits } from '@proto/protocol';
import type { Heard, Peer } from '@proto/protocol/testing';
import { deadline } from '../dial/deadline.ts';
import { faultText } from '../dial/fault-text.ts';

/** How a peer listens. */
export interface WirePeerOptions {
  /** Content of the longest line that a client may send, in bytes. */
  readonly maxLineBytes: number;
  /** How long it waits for a line, ms. */
  readonly silenceMs: number;
}

/** A client of a transcript, on a socket. */
export class WirePeer implements Peer {
  readonly #socket: Socket;
  readonly #frames: AsyncIterator<Frame, undefined>;
  readonly #silenceMs: number;

  constructor(socket: Socket, { maxLineBytes, silenceMs }: WirePeerOptions) {
    this.#socket = socket;
    this.#silenceMs = silenceMs;
    this.#frames = frames(socket, lines(lineLimits(maxLineBytes).toClient));
    // A failed late write means that the server left. The end of the stream says so too.
    socket.on('error', () => {});
  }

  send(bytes: string): void {
    if (this.#socket.writable) this.#socket.write(bytes, 'latin1');
  }

  end(): void {
    this.#socket.end();
  }

  vanish(): void {
    this.#socket.resetAndDestroy();
  }

  close(): void {
    this.#socket.destroy();
  }

  next(): Promise<Heard> {
    return new Promise((resolve, reject) => {
      const why = `nothing arrived for ${this.#silenceMs} ms`;
      const callOff = deadline(this.#silenceMs, () => resolve({ kind: 'none', why }));
      this.#hear().then(resolve, reject).finally(callOff);
    });
  }

  async #hear(): Promise<Heard> {
    try {
      const { done, value: frame } = await this.#frames.next();
      if (done) return { kind: 'end' };
      if (!isFault(frame)) return { kind: 'line', text: frame };
      return { kind: 'none', why: faultText(frame) };
    } catch (error) {
      return { kind: 'none', why: (error as Error).message };
    }
  }
}
