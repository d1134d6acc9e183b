import type { Duplex } from 'node:stream';
import type { FrameFault, Framing, Run } from '@proto/codec';
import type { Counts } from './counts.ts';
import { HEAD_BYTES, looksLikeHttp } from './http-guard.ts';
import { Input } from './input.ts';
import { Outbox } from './outbox.ts';

/** Lines of one client that are read in one turn of the event loop, before the next client has a chance. */
const LINES_PER_TURN = 64;

/** What a session needs to know; checked and complete. */
export interface SessionOptions {
  readonly maxLineBytes: number;
  readonly maxOutboxBytes: number;
  readonly maxQueuedLines: number;
  readonly lingerMs: number;
  readonly httpGuard: boolean;
}

/** What a session tells the server, and asks it. */
export interface SessionOwner {
  readonly counts: Counts;
  /** A line, or what was wrong with it. */
  frame(session: Session, frame: string | FrameFault): void;
  /** Lines that are messages and nothing else. */
  run(session: Session, run: Run): void;
  /** Whether runs are wanted; else every line comes by itself. */
  takesRuns(): boolean;
  /** The client sends nothing more. */
  ended(session: Session): void;
  /** The connection is gone before it was closed. */
  gone(session: Session, reason: string): void;
  /** The client has begun to read too slowly to be served, or reads again. */
  slow(session: Session, slow: boolean): void;
  /** The first line was an HTTP request: nothing of it was obeyed. */
  http(session: Session): void;
  /** Lines of this client that wait. */
  queued(session: Session): number;
  /** Something is to be done at the end of this turn of the event loop. */
  active(session: Session): void;
}

/** One connection: chunks in, frames out to the owner; lines in from the owner, one write a turn of the loop. */
export class Session {
  readonly client: number;
  readonly address: string;
  /** Settles when everything has been flushed and FIN with it (`true`), or the connection was gone before (`false`). */
  readonly flushed: Promise<boolean>;
  /** Settles when the connection is no more. */
  readonly finished: Promise<void>;
  /** It is among those that have their turn at the end of this turn of the loop: the owner's mark. */
  active = false;
  readonly #duplex: Duplex;
  readonly #input: Input;
  readonly #owner: SessionOwner;
  readonly #options: SessionOptions;
  readonly #outbox: Outbox;
  #budget = LINES_PER_TURN;
  #head: string | undefined;
  /** The client has said all it has to say: what still comes is read and discarded. */
  #deaf = false;
  #inputEnded = false;
  #closing = false;
  #hasFlushed = false;
  #timer: NodeJS.Timeout | undefined;
  #whyGone = 'closed';

  constructor(
    client: number,
    address: string,
    duplex: Duplex,
    framing: Framing,
    options: SessionOptions,
    owner: SessionOwner,
  ) {
    this.client = client;
    this.address = address;
    this.#duplex = duplex;
    this.#input = new Input(framing, LINES_PER_TURN);
    this.#options = options;
    this.#owner = owner;
    this.#head = options.httpGuard ? '' : undefined;
    this.#outbox = new Outbox(duplex, options, () => owner.slow(this, this.#outbox.slow));
    this.flushed = new Promise((resolve) => {
      duplex.once('finish', () => resolve(true)).once('close', () => resolve(false));
    });
    this.finished = new Promise((resolve) => {
      duplex.once('close', () => {
        this.#onClose();
        resolve();
      });
    });
    duplex.on('error', (error: NodeJS.ErrnoException) => {
      this.#whyGone =
        error.code === 'ECONNRESET' || error.code === 'EPIPE' ? 'reset' : (error.code ?? error.message);
    });
    duplex.on('data', (chunk: Buffer) => this.#onData(chunk));
    duplex.once('end', () => this.#onEnd());
    duplex.once('finish', () => this.#onFlushed());
  }

  get outboxBytes(): number {
    return this.#outbox.bytes;
  }

  /** The client reads too slowly to be served. */
  get slow(): boolean {
    return this.#outbox.slow;
  }

  get isDestroyed(): boolean {
    return this.#duplex.destroyed;
  }

  /** Puts lines on their way. False: the client's outbox is full, and it is to be dropped. */
  send(wire: string, lines = 1): boolean {
    return this.#outbox.push(wire, lines);
  }

  /** The end of a turn of the event loop: one write, and the client may be read again. */
  turnOver(): void {
    this.active = false;
    if (this.#duplex.destroyed) return;
    if (this.#closing) {
      this.#outbox.flush();
      this.#duplex.end();
      return;
    }
    this.#outbox.flush();
    const spent = this.#budget === 0;
    this.#budget = LINES_PER_TURN;
    if (spent || this.#duplex.isPaused() || this.#inputEnded) this.#read();
  }

  /** Reads and discards from now on: the client has said it has no more, or must not say more. */
  ignoreInput(): void {
    this.#deaf = true;
    this.#duplex.resume();
  }

  /** Writes what waits and FIN, then reads and discards for `lingerMs`, so that unread input resets nothing. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.ignoreInput();
    this.#owner.active(this);
  }

  /** Ends the connection at once. What waits is lost. */
  destroy(reason = 'dropped'): void {
    this.#whyGone = reason;
    this.#duplex.destroy();
  }

  #onData(chunk: Buffer): void {
    this.#owner.counts.bytesIn += chunk.length;
    if (this.#deaf) return;
    if (this.#head !== undefined && this.#head.length < HEAD_BYTES) {
      this.#head += chunk.toString('latin1', 0, HEAD_BYTES - this.#head.length);
    }
    this.#input.push(chunk);
    if (this.#budget === 0) this.#duplex.pause();
    else this.#read();
  }

  /** Reads frames until none is whole, this turn's share is used up, or the client has to wait. */
  #read(): void {
    while (this.#budget > 0 && !this.#deaf) {
      if (this.#mustWait()) {
        this.#duplex.pause();
        return;
      }
      const run = this.#readRun();
      if (run !== undefined) {
        this.#budget -= run.ends.length;
        this.#owner.run(this, run);
        continue;
      }
      const frame = this.#input.read();
      if (frame === undefined) return this.#onDry();
      this.#budget--;
      this.#onFrame(frame);
    }
    if (!this.#deaf) this.#owner.active(this);
  }

  /** As many lines as may be read now, in one piece. The first line of a connection comes by itself. */
  #readRun(): Run | undefined {
    if (this.#head !== undefined || !this.#owner.takesRuns()) return undefined;
    const { maxQueuedLines, maxLineBytes } = this.#options;
    const room = Math.min(maxQueuedLines - this.#owner.queued(this), this.#outbox.room(maxLineBytes));
    return this.#input.readRun(Math.min(this.#budget, room));
  }

  /** TCP pushes back on a client whose queue is full or who does not read its replies. */
  #mustWait(): boolean {
    return this.#outbox.slow || this.#owner.queued(this) >= this.#options.maxQueuedLines;
  }

  #onFrame(frame: string | FrameFault): void {
    if (this.#head !== undefined) {
      const isHttp = looksLikeHttp(typeof frame === 'string' ? frame : undefined, this.#head);
      this.#head = undefined;
      if (isHttp) {
        this.ignoreInput();
        return this.#owner.http(this);
      }
    }
    this.#owner.frame(this, frame);
  }

  #onDry(): void {
    if (!this.#inputEnded) {
      if (this.#duplex.isPaused()) this.#duplex.resume();
      return;
    }
    this.#deaf = true;
    this.#owner.ended(this);
  }

  #onEnd(): void {
    this.#inputEnded = true;
    if (this.#hasFlushed) this.#duplex.destroy();
    if (this.#deaf) return;
    this.#input.end();
    this.#read();
  }

  #onFlushed(): void {
    this.#hasFlushed = true;
    if (this.#inputEnded) this.#duplex.destroy();
    else this.#timer = setTimeout(() => this.#duplex.destroy(), this.#options.lingerMs);
  }

  #onClose(): void {
    clearTimeout(this.#timer);
    if (!this.#closing) this.#owner.gone(this, this.#whyGone);
  }
}
