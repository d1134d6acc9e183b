import type { Duplex } from 'node:stream';
import type { FrameFault, Framing } from '@proto/codec';
import type { Clock, QuitMember } from '@proto/scheduler';
import type { ForeignProtocol } from '../door/foreign-greeting.ts';
import type { Telling } from '../events/telling.ts';
import type { Settings } from '../options/options.ts';
import type { Place } from '../room/records.ts';
import { keepAlive } from '../transport/keep-alive.ts';
import type { Connection } from '../transport/listener.ts';
import { startReading, stopReading } from '../transport/reading.ts';
import { unsentBytes } from '../transport/unsent.ts';
import type { ConnectionDeadlines, Deadlines, Overdue, Watched } from './deadlines.ts';
import type { Lateness } from './lateness.ts';
import type { Allowance, Excess } from './reading/allowance.ts';
import type { Memory } from './memory.ts';
import { Outbox, type OutboxOptions, type OutboxOwner } from './writing/outbox.ts';
import type { Lines } from './reading/input.ts';
import { Reader, type ReaderOptions, type ReaderOwner, type Waiting } from './reading/reader.ts';
import type { Tap, Tapping } from './tap.ts';

// Listeners are the same for all connections, and find the session here: five closures would cost more than the
// session.
const SESSION = Symbol('session');

/** The timer of a client that has used up its allowance runs for at least this long: more is then read at once. */
const LEAST_WAIT_MS = 10;

const NOTHING_WAITS: Waiting = { lines: 0, forEach: 0 };

/** A connection that has its session. */
interface Owned extends Duplex {
  [SESSION]: Session;
}

/** What a session needs to know, checked and complete. */
export interface SessionOptions
  extends ReaderOptions, OutboxOptions, Pick<Settings, 'maxLinesPerSecond' | 'maxCausedBytesPerSecond'> {
  readonly lingerMs: number;
}

/** What all sessions of a server share, and whom they tell. */
export interface SessionOwner {
  readonly options: SessionOptions;
  readonly framing: Framing;
  readonly deadlines: Deadlines;
  readonly tap: Tap;
  readonly telling: Telling;
  /** The journal has too much on its way: nobody is read. */
  readonly isFull: boolean;
  /** What all of them hold together. */
  readonly memory: Memory;
  /** How long sockets have been read in this pass of the event loop. */
  readonly time: { readonly isUpForOne: boolean; readonly looked: number };
  /** A line, or what is wrong with it. */
  frame(session: Session, frame: string | FrameFault): void;
  /** Lines that are plain messages. */
  run(session: Session, run: Lines): void;
  /** The client has stopped sending. */
  ended(session: Session): void;
  /** The connection was gone before it was closed. */
  gone(session: Session, reason: string): void;
  /** The connection has ended. Nothing follows. */
  finished(session: Session): void;
  /** The client reads too slowly to be served, or reads again. */
  slow(session: Session, slow: boolean): void;
  /** The client greets in another protocol. Nothing from its greeting on was executed. */
  foreign(session: Session, protocol: ForeignProtocol): void;
  /** The client has sent this many commands of telnet. */
  telnet(commands: number): void;
  /** The client has missed a deadline, or sends an endless line. */
  late(session: Session, what: Lateness): void;
  /** There is something to do at the end of this pass of the event loop. */
  active(session: Session): void;
  /** What a client from that host may say and cause; `undefined`: nothing is limited. */
  allowance(host: string): Allowance | undefined;
  /** The client has said or caused more than it may. Told once. */
  exceeded(session: Session, of: Excess): void;
  /** How many bytes a message of a client can make others read. */
  mostCaused(session: Session): number;
  /** The same, because this pass has taken too long to read it now. */
  unread(session: Session): void;
}

/** One connection, from its seat to its end: lines in from the owner, one write a pass of the event loop. */
export class Session implements Watched, OutboxOwner, QuitMember, ReaderOwner, Tapping {
  readonly client: number;
  /** What it is counted by. */
  readonly host: string;
  readonly address: string;
  /** It takes part in the end of this pass of the loop: the owner's mark. */
  isActive = false;
  /** Its seat, as the rooms have said: the owner's note. */
  place: Place | undefined;
  /** What its lines turned out to be so far: the owner's note. A stranger has sent only faults. */
  lines: 'none' | 'stranger' | 'good' = 'none';
  /** Whether the server ends it on its own initiative, and listeners were told: the owner's note. Without a seat, it is untold. */
  drop: 'none' | 'untold' | 'told' = 'none';
  /** How many of its records have not come back from the journal: the owner's count. */
  pending = 0;
  /** Why it is closed as soon as nothing of it is pending: the owner's note. */
  farewell: string | undefined;
  /** How many of its lines were at fault: the owner's count. */
  faults = 0;
  bytesRead: number;
  bytesWritten: number;
  /** What it has of the memory of all. In bytes. */
  held = 0;
  /** That doesn't count any more. */
  #isForgotten = false;
  readonly #duplex: Duplex;
  readonly #carrier: Duplex;
  readonly #owner: SessionOwner;
  readonly #outbox: Outbox;
  readonly #clock: Clock;
  readonly #deadlines: ConnectionDeadlines | undefined;
  /** Created when something arrives: many clients say nothing. */
  #reader: Reader | undefined;
  #isClosing = false;
  #hasFlushed = false;
  #isClosed = false;
  #callOff: (() => void) | undefined;
  /** It has used up its allowance. This timer lets it be read on; what comes back sooner does too. */
  #callOffWake: (() => void) | undefined;
  #hasExceeded = false;
  #whyGone = 'closed';
  /** The server ended it before both sides were done. */
  #isCut = false;

  constructor(client: number, connection: Connection, owner: SessionOwner) {
    const { duplex, carrier = duplex, host, address, before } = connection;
    this.client = client;
    this.bytesRead = before?.read ?? 0;
    this.bytesWritten = before?.written ?? 0;
    this.host = host;
    this.address = address;
    this.#duplex = duplex;
    this.#carrier = carrier;
    this.#owner = owner;
    this.#clock = owner.deadlines.clock;
    this.#deadlines = owner.deadlines.open(this);
    this.#outbox = new Outbox(duplex, owner.options, this);
    listen(duplex as Owned, this);
  }

  /** Settles when the connection has ended. */
  get finished(): Promise<void> {
    return this.#isClosed ? Promise.resolve() : this.#next('close');
  }

  /** Settles when everything and a FIN have been flushed; rejects if the connection was gone before. */
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

  /** The client has ended its stream. */
  get hasEnded(): boolean {
    return this.#reader?.hasEnded === true;
  }

  /** The client has ended its stream, and not all of it is read yet. */
  get hasUnread(): boolean {
    return this.#reader?.hasUnread === true;
  }

  /** Everything and a FIN were flushed. */
  get hasFlushed(): boolean {
    return this.#hasFlushed;
  }

  get isDestroyed(): boolean {
    return this.#duplex.destroyed;
  }

  get isClosing(): boolean {
    return this.#isClosing;
  }

  get unsentBytes(): number {
    return unsentBytes(this.#duplex);
  }

  get openBytes(): number {
    return this.#reader?.openBytes ?? 0;
  }

  /** The server is not reading from it at the moment. */
  get isPaused(): boolean {
    return this.#duplex.isPaused();
  }

  get isBusy(): boolean {
    const isServed = this.#duplex.writableLength > 0 || (this.#reader?.unanswered ?? 0) > 0;
    // What it has sent meanwhile isn't read yet.
    return isServed || this.isPending || this.isThrottled || this.isPaused;
  }

  /** What it may say and cause, if it has said anything. */
  get allowance(): Allowance | undefined {
    return this.#reader?.allowance;
  }

  /** The client has used up its allowance, and isn't read for a while. */
  get isThrottled(): boolean {
    return this.#callOffWake !== undefined;
  }

  /** Something that it sent has not come back from the journal. */
  get isPending(): boolean {
    return this.pending > 0;
  }

  get isPassUp(): boolean {
    return this.#owner.time.isUpForOne;
  }

  get isHeldBack(): boolean {
    const { memory } = this.#owner;
    if (memory.isTight && (memory.isShort || this.#owedBytes > memory.share)) return true;
    return this.pending >= this.#owner.options.maxQueuedLines || this.#owner.isFull;
  }

  get allowedBytes(): number {
    const { memory } = this.#owner;
    return memory.isTight ? memory.share - this.#owedBytes : Infinity;
  }

  /** What it would hold if all of its input were read: input that has arrived takes memory already. */
  get #owedBytes(): number {
    return this.#outbox.heldBytes + (this.#reader?.queuedBytes ?? 0);
  }

  /** What `held` should be, looked at afresh. */
  get heldBytes(): number {
    return this.#isForgotten ? 0 : this.#outbox.heldBytes + (this.#reader?.heldBytes ?? 0);
  }

  /** Sends lines. False: the client's outbox is full, and the client must be dropped. */
  send(wire: string, lines = 1): boolean {
    return this.#outbox.push(wire, lines);
  }

  /** Messages of this client go to the rooms, in one piece of `bytes`. Each of the others reads `forEach` bytes of them. */
  accepted(lines: number, bytes: number, forEach: number): void {
    this.#reader?.accepted(lines, bytes, forEach);
  }

  /** Its messages that aren't answered yet, and how many bytes of them each of the others reads. */
  get waiting(): Waiting {
    return this.#reader?.waiting ?? NOTHING_WAITS;
  }

  /** This many of them were answered. */
  served(lines: number): void {
    this.#reader?.served(lines);
    this.#deadlines?.served();
  }

  /** Takes lines off this pass's share, for work beyond reading a line. */
  spend(lines: number): void {
    this.#reader?.spend(lines);
  }

  /** What it said, in this many lines, makes others read this many bytes. */
  caused(bytes: number, lines = 1): void {
    this.#reader?.caused(bytes, lines);
  }

  /** Reads another share if this pass's is used up. True: that one is used up too. */
  readOn(): boolean {
    return !this.#isClosing && !this.#duplex.destroyed && this.#reader?.readOn() === true;
  }

  /** The end of a pass of the event loop: one write, and the client may be read again. */
  endPass(): void {
    this.isActive = false;
    if (this.#duplex.destroyed) return;
    this.#deadlines?.endPass(this.#owner.time.looked);
    // What a write sets off may close it: that has a pass of its own.
    const isClosing = this.#isClosing;
    this.#outbox.flush();
    if (isClosing) this.#duplex.end();
    if (this.#duplex.writableLength > 0) this.#deadlines?.unsent();
    if (!this.#isClosing) this.#reader?.endPass();
  }

  /**
   * Finds out whether the peer is still there, which nobody else would: a socket that is paused, or whose input has
   * ended, isn't polled. An empty write fails if the kernel knows, from a reset or from keepalive, that the peer is
   * gone.
   */
  probe(): void {
    const isPolled = !this.hasEnded && !this.#duplex.isPaused();
    if (isPolled || this.#isClosing || this.#duplex.writableLength > 0 || this.#duplex.destroyed) return;
    keepAlive(this.#carrier);
    this.#carrier.write('');
  }

  /** Stops reading at once. */
  hold(): void {
    if (this.#isClosing || this.#duplex.destroyed) return;
    if (this.#reader) this.#reader.hold();
    else stopReading(this.#duplex);
  }

  /** Reads on after `hold`, if it may. */
  goOn(): void {
    if (this.#reader === undefined && !this.#isClosing) startReading(this.#duplex);
    this.active();
  }

  /** What it holds doesn't count any more: it is on its way out. */
  forget(): void {
    if (this.#isForgotten) return;
    this.holds(-this.held);
    this.#isForgotten = true;
  }

  /** Reads and discards from now on: the client has said that it is done, or must not send more. */
  ignoreInput(): void {
    if (this.#isClosing) this.#deadlines?.closing();
    else this.#deadlines?.inputOver();
    this.#stopWaiting();
    this.#reading.ignore();
  }

  /** A quit reaches it: from now on, the grace period is the limit. */
  quitting(): void {
    this.ignoreInput();
    this.#deadlines?.closing();
  }

  /** Writes what waits, then FIN. Then reads and discards for `lingerMs`, so that unread input causes no reset. */
  close(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.ignoreInput();
    this.active();
  }

  /** Ends the connection at once. What waits is lost. */
  destroy(reason = 'dropped'): void {
    this.#whyGone = reason;
    this.#cut();
  }

  #cut(): void {
    this.#isCut = true;
    this.#duplex.destroy();
  }

  // What its parts report: the reader, the outbox and the deadlines.

  tapped(bytes: Uint8Array): void {
    this.#owner.tap.read(this, bytes);
  }

  frame(frame: string | FrameFault): void {
    this.#owner.frame(this, frame);
  }

  run(run: Lines): void {
    this.#owner.run(this, run);
  }

  ended(): void {
    this.ignoreInput();
    this.#owner.ended(this);
  }

  telnet(commands: number): void {
    this.#owner.telnet(commands);
  }

  foreign(protocol: ForeignProtocol): void {
    this.ignoreInput();
    this.#owner.foreign(this, protocol);
  }

  endless(): void {
    this.#owner.late(this, 'endless');
  }

  active(): void {
    this.#owner.active(this);
  }

  exceeded(of: Excess, ms: number): void {
    if (this.isThrottled) return;
    const wake = (): void => {
      this.allowed();
      this.active();
    };
    this.#callOffWake = this.#clock.setTimeout(wake, Math.max(LEAST_WAIT_MS, ms));
    if (!this.#hasExceeded) this.#owner.exceeded(this, of);
    this.#hasExceeded = true;
  }

  /** It may be read on, perhaps before its time: the handler may have said less than was charged for. */
  allowed(): void {
    if (!this.isThrottled) return;
    this.#stopWaiting();
    this.#deadlines?.served();
  }

  mostCaused(): number {
    return this.#owner.mostCaused(this);
  }

  #stopWaiting(): void {
    this.#callOffWake?.();
    this.#callOffWake = undefined;
  }

  unread(): void {
    this.#owner.unread(this);
  }

  changed(): void {
    this.#owner.slow(this, this.#outbox.slow);
  }

  writing(batch: string): void {
    this.#owner.tap.written(this, batch);
  }

  taken(): void {
    this.#deadlines?.taken();
    // It may have waited for that.
    if (this.#owner.memory.isTight) this.active();
  }

  holds(bytes: number): void {
    if (this.#isForgotten) return;
    this.held += bytes;
    this.#owner.memory.add(bytes);
  }

  overdue(what: Overdue): void {
    this.#owner.late(this, what);
  }

  // What its connection reports. Each is a step.

  onError({ code, message }: NodeJS.ErrnoException): void {
    this.#whyGone = code === 'ECONNRESET' || code === 'EPIPE' ? 'reset' : (code ?? message);
  }

  onData(chunk: Buffer): void {
    this.#owner.telling.step(() => this.#reading.push(chunk));
  }

  onEnd(): void {
    this.#owner.telling.step(() => {
      this.#owner.tap.ended(this, 'read', { how: 'FIN', by: 'peer' });
      if (this.#hasFlushed) this.#duplex.destroy();
      this.#reading.end();
    });
  }

  onFlushed(): void {
    this.#hasFlushed = true;
    this.#owner.tap.ended(this, 'write', { how: 'FIN', by: 'server' });
    if (this.hasEnded) this.#duplex.destroy();
    else this.#callOff = this.#clock.setTimeout(() => this.#cut(), this.#owner.options.lingerMs);
  }

  onClose(): void {
    this.#owner.telling.step(() => {
      const cut = { how: 'RST', by: this.#isCut ? 'server' : 'peer' } as const;
      if (!this.hasEnded) this.#owner.tap.ended(this, 'read', cut);
      if (!this.#hasFlushed) this.#owner.tap.ended(this, 'write', cut);
      this.#callOff?.();
      this.#stopWaiting();
      this.#deadlines?.close();
      this.#isClosed = true;
      if (!this.#isClosing) this.#owner.gone(this, this.#whyGone);
      this.#owner.finished(this);
    });
  }

  get #reading(): Reader {
    this.#reader ??= new Reader(
      {
        duplex: this.#duplex,
        framing: this.#owner.framing,
        options: this.#owner.options,
        outbox: this.#outbox,
        deadlines: this.#deadlines,
        allowance: this.#owner.allowance(this.host),
        before: this.bytesRead,
      },
      this,
    );
    return this.#reader;
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
