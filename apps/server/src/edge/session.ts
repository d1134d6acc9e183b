import type { Duplex } from 'node:stream';
import type { FrameFault, Framing, Run } from '@proto/codec';
import type { Clock, QuitMember } from '@proto/scheduler';
import type { Counts } from '../events/counts.ts';
import type { ConnectionDeadlines, Deadlines, Overdue, Watched } from './deadlines.ts';
import { ForeignGreeting, type ForeignProtocol } from '../door/foreign-greeting.ts';
import { Input } from './input.ts';
import { type Lateness, endlessBytes } from './lateness.ts';
import { Outbox, type OutboxOwner } from './outbox.ts';
import type { Place } from '../room/records.ts';
import type { Connection } from '../transport/listener.ts';
import { keepAlive } from '../transport/keep-alive.ts';
import { unsentBytes } from '../transport/unsent.ts';

/** Lines of one client that are read in one pass of the event loop, before the next client has a chance. */
const LINES_PER_PASS = 64;
/** The most that one read of a socket brings. */
const READ_BYTES = 65_536;
/** What is discarded of a client that may not say more, before it is not read any more. */
const MAX_DISCARDED_BYTES = 65_536;

// Listeners are the same for all connections, and find the session here: five closures would cost more than it does.
const SESSION = Symbol('session');

/** A connection that has its session. */
interface Owned extends Duplex {
  [SESSION]: Session;
}

/** What a session needs to know; checked and complete. */
export interface SessionOptions {
  readonly maxLineBytes: number;
  readonly maxOutboxBytes: number;
  readonly maxQueuedLines: number;
  readonly lingerMs: number;
  readonly greetingGuard: 'on' | 'off';
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
  /** The connection is no more: the last that is heard of it. */
  finished(session: Session): void;
  /** The client has begun to read too slowly to be served, or reads again. */
  slow(session: Session, slow: boolean): void;
  /** The client greets in another protocol: nothing from its greeting on was obeyed. */
  foreign(session: Session, protocol: ForeignProtocol): void;
  /** The client has let a deadline pass, or sends a line without end. */
  late(session: Session, what: Lateness): void;
  /** Bytes were read or written; `from`: so many went before. Of what was written, one code unit a byte. */
  chunk(session: Session, direction: 'read' | 'write', bytes: Uint8Array | string, from: number): void;
  /** A direction has ended, after `from` bytes. */
  chunkEnd(session: Session, direction: 'read' | 'write', how: 'FIN' | 'RST', from: number): void;
  /** Something is to be done at the end of this pass of the event loop. */
  active(session: Session): void;
}

/** One connection: chunks in, frames out to the owner; lines in from the owner, one write a pass of the loop. */
export class Session implements Watched, OutboxOwner, QuitMember {
  readonly client: number;
  /** What it is counted by. */
  readonly host: string;
  readonly address: string;
  /** It takes part in the end of this pass of the loop: the owner's mark. */
  active = false;
  /** Where it sits, as the rooms have said: the owner's note. */
  place: Place | undefined;
  /** What came of its lines so far: the owner's note. A stranger has sent faults and nothing else. */
  lines: 'none' | 'stranger' | 'good' = 'none';
  /** How many of its lines were at fault: the owner's count. */
  faults = 0;
  /** Messages that were read and are not answered yet. Nobody asks the rooms, which may be a journal away. */
  #unanswered = 0;
  readonly #duplex: Duplex;
  readonly #carrier: Duplex;
  readonly #framing: Framing;
  /** Made with the first chunk: many clients say nothing. */
  #input: Input | undefined;
  readonly #owner: SessionOwner;
  readonly #options: SessionOptions;
  readonly #outbox: Outbox;
  readonly #clock: Clock;
  readonly #deadlines: ConnectionDeadlines | undefined;
  #budget = LINES_PER_PASS;
  /** Made with the first chunk too. */
  #greeting: ForeignGreeting | undefined;
  /** What comes next was here before: see `#plug`. */
  #isUnread = false;
  /** The client has said all it has to say: what still comes is read and discarded. */
  #deaf = false;
  #inputEnded = false;
  #closing = false;
  #hasFlushed = false;
  #isClosed = false;
  #discarded = 0;
  /** Bytes so far. */
  #heard = 0;
  #written = 0;
  /** A frame has been read since the decoder last had none. */
  #cut = false;
  #endless = false;
  #callOff: (() => void) | undefined;
  #whyGone = 'closed';

  constructor(
    client: number,
    { duplex, carrier = duplex, host, address }: Connection,
    framing: Framing,
    options: SessionOptions,
    owner: SessionOwner,
    deadlines: Deadlines,
  ) {
    this.client = client;
    this.host = host;
    this.address = address;
    this.#duplex = duplex;
    this.#carrier = carrier;
    this.#framing = framing;
    this.#options = options;
    this.#owner = owner;
    this.#clock = deadlines.clock;
    this.#deadlines = deadlines.open(this);
    this.#outbox = new Outbox(duplex, options, this);
    listen(duplex as Owned, this);
  }

  /** Settles when the connection is no more. */
  get finished(): Promise<void> {
    return this.#isClosed ? Promise.resolve() : this.#next('close');
  }

  /** Settles when everything has been flushed and FIN with it; rejects if the connection was gone before. */
  async drain(): Promise<void> {
    if (!this.#hasFlushed && !this.#isClosed) await Promise.race([this.#next('finish'), this.#next('close')]);
    if (!this.#hasFlushed) throw new Error(`Cannot flush to ${this.address}: the connection is gone`);
  }

  #next(event: 'finish' | 'close'): Promise<void> {
    return new Promise((resolve) => {
      this.#duplex.once(event, resolve);
    });
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

  get unsentBytes(): number {
    return unsentBytes(this.#duplex);
  }

  get isBusy(): boolean {
    return this.#duplex.writableLength > 0 || this.#unanswered > 0;
  }

  changed(): void {
    this.#owner.slow(this, this.#outbox.slow);
  }

  taken(): void {
    this.#deadlines?.taken();
  }

  writing(batch: string): void {
    this.#owner.chunk(this, 'write', batch, this.#written);
    this.#written += batch.length;
  }

  overdue(what: Overdue): void {
    this.#owner.late(this, what);
  }

  /** Messages of this client go to the rooms. */
  accepted(lines: number): void {
    this.#unanswered += lines;
  }

  /** So many of them were answered. */
  served(lines: number): void {
    this.#unanswered -= lines;
    this.#deadlines?.served();
  }

  /**
   * Finds out whether the peer is there, where nobody else would: a socket that is paused, or whose input has ended, is
   * not polled. A write of nothing fails where the kernel knows better, by a reset or by keepalive.
   */
  probe(): void {
    const isPolled = !this.#inputEnded && !this.#duplex.isPaused();
    if (isPolled || this.#closing || this.#duplex.writableLength > 0 || this.#duplex.destroyed) return;
    keepAlive(this.#carrier);
    this.#carrier.write('');
  }

  /** Puts lines on their way. False: the client's outbox is full, and it is to be dropped. */
  send(wire: string, lines = 1): boolean {
    return this.#outbox.push(wire, lines);
  }

  /** The end of a pass of the event loop: one write, and the client may be read again. */
  endPass(): void {
    this.active = false;
    if (this.#duplex.destroyed) return;
    this.#outbox.flush();
    if (this.#closing) this.#duplex.end();
    if (this.#duplex.writableLength > 0) this.#deadlines?.unsent();
    if (this.#closing) return;
    const spent = this.#budget === 0;
    this.#budget = LINES_PER_PASS;
    if (spent || this.#duplex.isPaused() || this.#inputEnded) this.#read();
  }

  /** Takes lines off this pass's share, for more work than reading a line is. */
  spend(lines: number): void {
    this.#budget = Math.max(0, this.#budget - lines);
  }

  /** Reads another share, if this pass's is used up. True: that one is used up too. */
  readOn(): boolean {
    if (this.#budget > 0 || this.#closing || this.#duplex.destroyed) return false;
    this.#budget = LINES_PER_PASS;
    this.#read();
    return this.#budget === 0;
  }

  /**
   * Reads and discards from now on: the client has said it has no more, or must not say more. A line without an end is
   * left where it is.
   */
  ignoreInput(): void {
    this.#deaf = true;
    if (this.#closing) this.#deadlines?.closing();
    else this.#deadlines?.inputOver();
    if (this.#endless) this.#duplex.pause();
    else this.#duplex.resume();
  }

  /** A quit reaches it: its grace is the bound from now on. */
  quitting(): void {
    this.ignoreInput();
    this.#deadlines?.closing();
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

  /** Told by its connection, as are `onData`, `onEnd`, `onFlushed` and `onClose`. */
  onError({ code, message }: NodeJS.ErrnoException): void {
    this.#whyGone = code === 'ECONNRESET' || code === 'EPIPE' ? 'reset' : (code ?? message);
  }

  onData(chunk: Buffer): void {
    if (this.#isUnread) this.#isUnread = false;
    else this.#count(chunk);
    if (this.#deaf) return this.#discard(chunk);
    this.#deadlines?.heard();
    this.#greeting ??= new ForeignGreeting(this.#options.greetingGuard === 'on');
    const protocol = this.#greeting.hear(chunk);
    if (protocol !== undefined) return this.#onForeign(protocol);
    this.#input ??= new Input(this.#framing, LINES_PER_PASS);
    this.#input.push(chunk);
    if (this.#budget === 0) return this.#pause();
    this.#read();
    // Behind a chunk that is all that one read brings lies more: it stays there until it is wanted.
    if (this.#budget === 0 && !this.#deaf && chunk.length >= READ_BYTES) this.#pause();
  }

  #count(chunk: Buffer): void {
    this.#owner.counts.bytesIn += chunk.length;
    this.#owner.chunk(this, 'read', chunk, this.#heard);
    this.#heard += chunk.length;
  }

  /** A flood is left where it is while the client's own lines wait. */
  #discard(chunk: Buffer): void {
    if (this.#closing) return;
    this.#discarded += chunk.length;
    if (this.#discarded > MAX_DISCARDED_BYTES) this.#duplex.pause();
  }

  /** Reads frames until none is whole, this pass's share is used up, or the client has to wait. */
  #read(): void {
    while (this.#budget > 0 && !this.#deaf) {
      if (this.#mustWait()) return this.#pause();
      const run = this.#readRun();
      if (run !== undefined) {
        this.#budget -= run.ends.length;
        this.#cut = true;
        this.#owner.run(this, run);
        continue;
      }
      const frame = this.#input?.read();
      if (frame === undefined) return this.#onDry();
      this.#budget--;
      this.#cut = true;
      this.#onFrame(frame);
    }
    if (!this.#deaf) this.#owner.active(this);
  }

  /** As many lines as may be read now, in one piece. The first line of a connection comes by itself. */
  #readRun(): Run | undefined {
    if (this.#greeting?.wantsLine || !this.#owner.takesRuns()) return undefined;
    const { maxQueuedLines, maxLineBytes } = this.#options;
    const most = Math.min(maxQueuedLines - this.#unanswered, this.#outbox.capacity(maxLineBytes));
    return this.#input?.readRun(Math.min(this.#budget, most));
  }

  #pause(): void {
    this.#duplex.pause();
    this.#deadlines?.paused();
    // A stream that is paused with nothing in it reads on, 64 KiB of a flood. One byte is enough to stop it.
    if (!this.#inputEnded && this.#duplex.readableLength === 0) this.#plug();
    this.#input?.compact();
  }

  #plug(): void {
    const byte = this.#input?.unpushByte();
    if (byte === undefined) return;
    this.#isUnread = true;
    this.#duplex.unshift(byte);
  }

  #resume(): void {
    this.#duplex.resume();
    this.#deadlines?.resumed();
  }

  /** TCP pushes back on a client whose queue is full or who does not read its replies. */
  #mustWait(): boolean {
    return this.#outbox.slow || this.#unanswered >= this.#options.maxQueuedLines;
  }

  #onFrame(frame: string | FrameFault): void {
    const protocol = this.#greeting?.read(typeof frame === 'string' ? frame : undefined);
    if (protocol !== undefined) return this.#onForeign(protocol);
    this.#owner.frame(this, frame);
  }

  #onForeign(protocol: ForeignProtocol): void {
    this.ignoreInput();
    this.#owner.foreign(this, protocol);
  }

  #onDry(): void {
    if (this.#inputEnded) {
      this.ignoreInput();
      return this.#owner.ended(this);
    }
    if (this.#duplex.isPaused()) this.#resume();
    const partialBytes = this.#input?.partialBytes ?? 0;
    if (partialBytes === 0) this.#deadlines?.betweenLines();
    else this.#deadlines?.inLine(this.#cut);
    this.#cut = false;
    if (partialBytes <= endlessBytes(this.#options)) return;
    this.#endless = true;
    this.#owner.late(this, 'endless');
  }

  onEnd(): void {
    this.#inputEnded = true;
    this.#owner.chunkEnd(this, 'read', 'FIN', this.#heard);
    if (this.#hasFlushed) this.#duplex.destroy();
    if (this.#deaf) return;
    this.#deadlines?.inputOver();
    this.#input?.end();
    this.#read();
  }

  onFlushed(): void {
    this.#hasFlushed = true;
    this.#owner.chunkEnd(this, 'write', 'FIN', this.#written);
    if (this.#inputEnded) this.#duplex.destroy();
    else this.#callOff = this.#clock.setTimeout(() => this.#duplex.destroy(), this.#options.lingerMs);
  }

  onClose(): void {
    if (!this.#inputEnded) this.#owner.chunkEnd(this, 'read', 'RST', this.#heard);
    if (!this.#hasFlushed) this.#owner.chunkEnd(this, 'write', 'RST', this.#written);
    this.#callOff?.();
    this.#deadlines?.close();
    this.#isClosed = true;
    if (!this.#closing) this.#owner.gone(this, this.#whyGone);
    this.#owner.finished(this);
  }
}

function listen(duplex: Owned, session: Session): void {
  duplex[SESSION] = session;
  duplex.on('error', onError);
  duplex.on('data', onData);
  duplex.on('end', onEnd);
  duplex.on('finish', onFinish);
  duplex.on('close', onClose);
}

function onError(this: Owned, error: NodeJS.ErrnoException): void {
  this[SESSION].onError(error);
}

function onData(this: Owned, chunk: Buffer): void {
  this[SESSION].onData(chunk);
}

function onEnd(this: Owned): void {
  this[SESSION].onEnd();
}

function onFinish(this: Owned): void {
  this[SESSION].onFlushed();
}

function onClose(this: Owned): void {
  this[SESSION].onClose();
}
