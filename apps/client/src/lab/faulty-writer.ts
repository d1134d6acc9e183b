import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import type { InjectedFaults } from './injected-faults.ts';
import { WritePlan, type TimedWrite } from './write-plan.ts';

/** What a faulty writer is made of. */
export interface FaultyWriterParts {
  readonly socket: Socket;
  readonly injected: InjectedFaults;
  /** Called with each write just before it is handed to the socket. */
  readonly onWrite: (bytes: Uint8Array) => void;
  /** Called when lines have been handed to the socket. */
  readonly onLines: () => void;
}

/** Stands before a socket and writes what the plan says, when it says so. Its end ends the socket. */
export class FaultyWriter extends Writable {
  readonly #socket: Socket;
  readonly #onWrite: (bytes: Uint8Array) => void;
  readonly #onLines: () => void;
  #plan: WritePlan;
  /** Writes that a plan held when the injected faults changed. */
  #left: readonly TimedWrite[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor({ socket, injected, onWrite, onLines }: FaultyWriterParts) {
    super();
    this.#socket = socket;
    this.#onWrite = onWrite;
    this.#onLines = onLines;
    this.#plan = new WritePlan(injected);
    // The socket tells the client what is wrong.
    this.on('error', () => {});
    socket.once('close', () => this.destroy());
  }

  /** From the next line on these are on. What was held goes out now. */
  set injected(injected: InjectedFaults) {
    this.#left = [...this.#left, ...this.#plan.end()];
    this.#plan = new WritePlan(injected);
    if (this.#left.length > 0 && !this.writableEnded) this.write(Buffer.alloc(0));
  }

  override _write(bytes: Uint8Array, _: BufferEncoding, done: (error?: Error | null) => void): void {
    const writes = [...this.#left, ...this.#plan.push(bytes)];
    this.#left = [];
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

  /** Writes one after the other, from `index` on. */
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
