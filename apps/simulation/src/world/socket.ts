import { Duplex } from 'node:stream';
import type { WorldClock } from './clock.ts';
import type { Passes, Polled } from './passes.ts';
import type { Pipe } from './pipe.ts';

/** As much as one read of a socket gives. */
const READ_BYTES = 65_536;
const LF = 0x0a;
/** Until keepalive finds out that nobody is there: the idle time that the server asks for, and ten probes. */
const PROBES_MS = 10_000;

type Done = (error?: Error | null) => void;

/** The server's end of a connection, as `net.Socket` behaves: a stream, a handle, and errors of the system. */
export class WorldSocket extends Duplex implements Polled {
  /** What `net.Socket` has under this name, as far as the server uses it. */
  readonly _handle: {
    reading: boolean;
    readStart(): void;
    readStop(): void;
    readonly writeQueueSize: number;
  };
  /** When something was read last. */
  readAt: number;
  /** When the server last began to read again, after it had paused. */
  resumedAt: number;
  /** When the end of a line was read last: what is unfinished has begun later. */
  lineReadAt: number;
  /** Its descriptor is closed. */
  isClosed = false;
  readonly #from: Pipe;
  readonly #to: Pipe;
  readonly #passes: Passes;
  readonly #clock: WorldClock;
  #hasReadEnd = false;
  #write: { readonly bytes: Buffer; at: number; readonly done: Done } | undefined;
  /** What completes in the next pass. */
  #completions: (() => void)[] = [];
  #callOffKeepAlive: (() => void) | undefined;

  /** `from`: what the client sends. `to`: what it gets. */
  constructor(from: Pipe, to: Pipe, { passes, clock }: { passes: Passes; clock: WorldClock }) {
    super({ allowHalfOpen: true, readableHighWaterMark: 1 });
    this.#from = from;
    this.#to = to;
    this.#passes = passes;
    this.#clock = clock;
    this.readAt = clock.time;
    this.resumedAt = clock.time;
    this.lineReadAt = clock.time;
    const unsent = (): number => (this.#write === undefined ? 0 : this.#write.bytes.length - this.#write.at);
    const wake = (): void => passes.wake(this);
    this._handle = {
      reading: false,
      readStart: wake,
      readStop: () => {},
      get writeQueueSize() {
        return unsent();
      },
    };
    from.onArrival = wake;
    to.onTaken = wake;
  }

  override resume(): this {
    if (this.isPaused()) this.resumedAt = this.#clock.time;
    return super.resume();
  }

  setKeepAlive(_: boolean, afterMs: number): this {
    if (!this.#from.isDead) return this;
    this.#callOffKeepAlive ??= this.#clock.setTimeout(() => this.#fail('ETIMEDOUT'), afterMs + PROBES_MS);
    return this;
  }

  poll(): void {
    const completed = this.#completions;
    this.#completions = [];
    for (const complete of completed) complete();
    if (this.isClosed) {
      // The kernel answers for a socket that nobody has any more.
      if (this.#from.readable > 0 && !this.#from.isReset) this.#to.reset();
      return;
    }
    this.#writeOn();
    if (this._handle.reading) this.#readOn();
  }

  #readOn(): void {
    const chunk = this.#from.read(READ_BYTES);
    if (chunk !== undefined) {
      this.readAt = this.#clock.time;
      if (chunk.includes(LF)) this.lineReadAt = this.#clock.time;
      if (!this.push(chunk)) this._handle.reading = false;
      if (this.#from.readable > 0 || this.#from.isEnded || this.#from.isReset) this.#passes.wake(this);
    } else if (this.#from.isReset) this.#fail('ECONNRESET');
    else if (this.#from.isEnded && !this.#hasReadEnd) {
      this.#hasReadEnd = true;
      this._handle.reading = false;
      this.push(null);
    }
  }

  #writeOn(): void {
    const write = this.#write;
    if (write === undefined) return;
    if (this.#from.isReset) return this.#fail('ECONNRESET');
    write.at += this.#to.write(write.bytes.subarray(write.at));
    if (write.at < write.bytes.length) return;
    this.#write = undefined;
    write.done();
  }

  #fail(code: string): void {
    if (!this.destroyed) this.destroy(Object.assign(new Error(`read ${code}`), { code }));
  }

  override _read(): void {
    if (this.#hasReadEnd) return;
    this._handle.reading = true;
    if (this.#from.readable > 0 || this.#from.isEnded || this.#from.isReset) this.#passes.wake(this);
  }

  override _write(bytes: Buffer, _: BufferEncoding, done: Done): void {
    if (this.#from.isReset) return done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    const at = this.#to.write(bytes);
    if (at === bytes.length) done();
    else this.#write = { bytes, at, done };
  }

  override _final(done: Done): void {
    this.#to.end();
    this.#complete(done);
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#callOffKeepAlive?.();
    this._handle.reading = false;
    this.isClosed = true;
    if (this.#from.readable > 0) this.#to.reset();
    else if (!this.#from.isReset) this.#to.end();
    const write = this.#write;
    this.#write = undefined;
    this.#complete(() => {
      write?.done(Object.assign(new Error('write ECANCELED'), { code: 'ECANCELED' }));
      done(error);
    });
  }

  #complete(task: () => void): void {
    this.#completions.push(task);
    this.#passes.wake(this);
  }
}
