import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { type InjectedFaults, type TimedWrite, WritePlan } from '@proto/faults';

/** What a faulty writer needs. */
export interface FaultyWriterParts {
  readonly socket: Socket;
  readonly injected: InjectedFaults;
  /** Called with each write just before the socket gets it. */
  readonly onWrite: (bytes: Uint8Array) => void;
  /** Called when lines were taken, and written or held back. */
  readonly onTaken: () => void;
  /** Called when the socket has got the lines. */
  readonly onLines: () => void;
}

/** Writes to a socket what the plan says, when it says so. Its end ends the socket. */
export class FaultyWriter extends Writable {
  readonly #socket: Socket;
  readonly #onWrite: (bytes: Uint8Array) => void;
  readonly #onTaken: () => void;
  readonly #onLines: () => void;
  #plan: WritePlan;
  /** Writes that the old plan still held when the injected faults changed. */
  #left: readonly TimedWrite[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor({ socket, injected, onWrite, onTaken, onLines }: FaultyWriterParts) {
    super();
    this.#socket = socket;
    this.#onWrite = onWrite;
    this.#onTaken = onTaken;
    this.#onLines = onLines;
    this.#plan = new WritePlan(injected);
    // The client learns from the socket what is wrong.
    this.on('error', () => {});
    socket.once('close', () => this.destroy());
  }

  /** How many lines are held back. */
  get held(): number {
    return this.#plan.held;
  }

  /** Turns these faults on from the next line on. What was held goes out now. */
  set injected(injected: InjectedFaults) {
    this.#left = [...this.#left, ...this.#plan.end()];
    this.#plan = new WritePlan(injected);
    if (this.#left.length > 0 && !this.writableEnded) this.write(Buffer.alloc(0));
  }

  override _write(bytes: Uint8Array, _: BufferEncoding, done: (error?: Error | null) => void): void {
    const writes = [...this.#left, ...this.#plan.push(bytes)];
    this.#left = [];
    this.#onTaken();
    this.#run(writes, 0, (error) => {
      done(error);
      if (writes.length > 0 && !error) this.#onLines();
    });
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#run(this.#plan.end(), 0, () => this.#socket.end(() => done()));
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    clearTimeout(this.#timer);
    done(error);
  }

  /** Does one write after the other, from `index` on. */
  #run(writes: readonly TimedWrite[], index: number, done: (error?: Error | null) => void): void {
    const next = writes[index];
    if (next === undefined) return done();
    const write = (): void => {
      this.#onWrite(next.bytes);
      this.#socket.write(next.bytes, (error) => (error ? done(error) : this.#run(writes, index + 1, done)));
    };
    if (next.pauseMs === 0) write();
    else this.#timer = setTimeout(write, next.pauseMs);
  }
}
