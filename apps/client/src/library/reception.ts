import type { Socket } from 'node:net';
import type { Decoder, Frame } from '@proto/codec';
import { Inbox, type Lost } from './inbox.ts';
import { StallWatch } from './stall-watch.ts';

/** What a reception reads, and where it goes. */
export interface ReceptionParts<T> {
  readonly socket: Socket;
  readonly decoder: Decoder;
  /** How many items may wait for the reader. */
  readonly maxEvents: number;
  /** Takes a frame, and returns what the reader gets of it. */
  readonly take: (frame: Frame) => T | undefined;
  /** The stream is over, and all of it was processed. */
  readonly over: () => void;
}

/**
 * Reads a socket as long as the reader has capacity for the items. A slow reader stops the reading, and so the socket.
 * A reader that is stuck while somebody waits for a later answer loses the oldest items instead.
 */
export class Reception<T> {
  readonly #socket: Socket;
  readonly #decoder: Decoder;
  readonly #take: (frame: Frame) => T | undefined;
  readonly #over: () => void;
  readonly #inbox: Inbox<T>;
  readonly #stall: StallWatch;
  #iterating = false;
  #paused = false;
  #waiting = 0;
  #inputOver = false;
  #isClosed = false;

  constructor({ socket, decoder, maxEvents, take, over }: ReceptionParts<T>) {
    this.#socket = socket;
    this.#decoder = decoder;
    this.#take = take;
    this.#over = over;
    this.#inbox = new Inbox(maxEvents);
    this.#stall = new StallWatch({
      isHeldUp: () => !this.#paused && this.#waiting > 0 && this.#mustStop(),
      goOn: () => this.#pump(),
    });
    this.#inbox.onRoom = () => {
      this.#stall.taken();
      this.#pump();
    };
    socket.on('data', (bytes) => {
      this.#decoder.push(bytes);
      this.#pump();
    });
    socket.on('end', () => this.end());
    socket.on('close', () => this.end());
  }

  /** The stream is over. What has arrived is still processed. */
  end(): void {
    if (this.#inputOver) return;
    this.#inputOver = true;
    this.#decoder.end();
    this.#pump();
  }

  /** Takes nothing more. The reader gets what is waiting, then the end, or the error. */
  close(error: Error | undefined): void {
    this.#isClosed = true;
    this.#inbox.end(error);
  }

  /** Counts those who wait. While somebody waits, reading must not stop for ever. */
  wait<V>(promise: Promise<V>): Promise<V> {
    this.#waiting++;
    this.#pump();
    return promise.finally(() => this.#waiting--);
  }

  /** Reads nothing, no matter who waits. */
  pause(): void {
    this.#paused = true;
    this.#pump();
  }

  resume(): void {
    this.#paused = false;
    this.#pump();
  }

  /** The only reader. */
  iterate(): AsyncIterator<T | Lost, undefined> {
    if (this.#iterating && !this.#isClosed)
      throw new TypeError('Cannot iterate: another loop already iterates over this client');
    this.#iterating = true;
    return {
      next: () => this.#inbox.next() as Promise<IteratorResult<T | Lost, undefined>>,
      return: () => {
        this.#iterating = false;
        this.#pump();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  /** Processes the frames that have arrived, as long as there is capacity. */
  #pump(): void {
    while (!this.#isClosed && !this.#mustStop()) {
      const frame = this.#decoder.read();
      if (frame === undefined) {
        if (this.#inputOver) this.#over();
        else if (this.#socket.isPaused()) this.#socket.resume();
        return;
      }
      const item = this.#take(frame);
      if (item !== undefined) this.#inbox.push(item);
    }
    if (this.#isClosed) return;
    this.#socket.pause();
    this.#stall.watch();
  }

  #mustStop(): boolean {
    if (this.#paused && !this.#inputOver) return true;
    return this.#inbox.full && this.#iterating && !(this.#stall.stuck && this.#waiting > 0);
  }
}
