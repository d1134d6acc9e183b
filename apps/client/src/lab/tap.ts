import type { Socket } from 'node:net';
import type { Framing } from '@proto/codec';
import { type Direction, type How, type Seen, XRay } from '@proto/xray';

/** What a tap needs. */
export interface TapParts {
  readonly socket: Socket;
  /** How written and read bytes are cut into frames. */
  readonly framings: Readonly<Record<Direction, Framing>>;
  /** Whether one read is one frame. */
  readonly framedByReads: boolean;
  /** The number of first written bytes that must not be shown: a token. */
  readonly secretBytes: number;
  /** The time of what is seen now, in milliseconds. */
  readonly now: () => number;
  readonly show: (seen: Seen) => void;
}

/** Listens to the bytes of one connection, and shows them while it is on. While off, it only counts them. */
export class Tap {
  readonly #parts: TapParts;
  readonly #bytes: Record<Direction, number>;
  #xrays: Record<Direction, XRay> | undefined;
  #written = false;

  constructor(parts: TapParts) {
    this.#parts = parts;
    const { socket, secretBytes } = parts;
    this.#bytes = { read: 0, write: secretBytes };
    socket.on('data', (bytes) => this.#chunk('read', bytes));
    socket.once('end', () => this.#end('read', 'FIN'));
    socket.once('error', ({ code }: NodeJS.ErrnoException) => {
      if (code === 'ECONNRESET') this.#end('read', 'RST');
    });
  }

  set on(on: boolean) {
    if (on) this.#xrays ??= { read: this.#xray('read'), write: this.#xray('write') };
    else this.#xrays = undefined;
  }

  /** The socket gets these bytes now. */
  wrote(bytes: Uint8Array): void {
    this.#chunk('write', bytes);
  }

  /** Nothing more will be written. */
  writeEnded(how: How): void {
    if (!this.#written) this.#end('write', how);
    this.#written = true;
  }

  #xray(direction: Direction): XRay {
    const { framings, framedByReads } = this.#parts;
    return new XRay({
      direction,
      decoder: framings[direction].decoder(),
      framedByReads,
      before: this.#bytes[direction],
    });
  }

  #chunk(direction: Direction, bytes: Uint8Array): void {
    this.#bytes[direction] += bytes.length;
    const xray = this.#xrays?.[direction];
    if (xray !== undefined) this.#parts.show(xray.chunk(bytes, this.#parts.now()));
  }

  #end(direction: Direction, how: How): void {
    const xray = this.#xrays?.[direction];
    if (xray !== undefined) this.#parts.show(xray.end(how, this.#parts.now()));
  }
}
