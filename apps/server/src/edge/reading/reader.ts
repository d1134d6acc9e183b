import type { Duplex } from 'node:stream';
import type { FrameFault, Framing } from '@proto/codec';
import { ForeignGreeting, type ForeignProtocol } from '../../door/foreign-greeting.ts';
import { Telnet } from '../../door/telnet.ts';
import { BYTES_PER_LINE, type Settings } from '../../options/options.ts';
import { isPlug, READ_BYTES, startReading, stopReading } from '../../transport/reading.ts';
import type { ConnectionDeadlines } from '../deadlines.ts';
import type { Allowance, Excess } from './allowance.ts';
import { Input, type Lines } from './input.ts';
import { endlessBytes } from '../lateness.ts';
import type { Outbox } from '../writing/outbox.ts';

/** How many lines of one client are read in one pass of the event loop before the next client has a chance. */
const LINES_PER_PASS = 64;
/** How much is discarded of a client that may not send more, before the server stops reading it. */
const MAX_DISCARDED_BYTES = 65_536;

export interface ReaderOptions {
  readonly maxLineBytes: number;
  readonly maxQueuedLines: number;
  readonly greetingGuard: 'on' | 'off';
  /** Only lines can have commands of telnet in between. */
  readonly framing: Settings['framing'];
}

/** Who is told by a reader. */
export interface ReaderOwner {
  /** The connection is being closed. */
  readonly isClosing: boolean;
  /** Too much of what was read waits for the journal, or memory is short. */
  readonly isHeldBack: boolean;
  /** What it may still hold while memory is tight. In bytes. */
  readonly allowedBytes: number;
  /** This pass of the event loop has taken long: what has just arrived is read at its end. */
  readonly isPassUp: boolean;
  /** Bytes have arrived. */
  tapped(bytes: Uint8Array): void;
  /** A line, or what is wrong with it. */
  frame(frame: string | FrameFault): void;
  /** Lines that are plain messages. */
  run(run: Lines): void;
  /** The client has sent this many commands of telnet. */
  telnet(commands: number): void;
  /** The client has stopped sending. */
  ended(): void;
  /** The client greets in another protocol. Nothing from its greeting on was executed. */
  foreign(protocol: ForeignProtocol): void;
  /** The client sends an endless line. */
  endless(): void;
  /** There is something to read at the end of this pass of the event loop. */
  active(): void;
  /** The client has used up its allowance. It may be read again after `ms` milliseconds. */
  exceeded(of: Excess, ms: number): void;
  /** The client has not used up its allowance, or no longer has. */
  allowed(): void;
  /** How many bytes a message of the longest kind makes others read. */
  mostCaused(): number;
  /** The same: what has arrived is not read yet. */
  unread(): void;
  /** It holds this much more, or less. In bytes. */
  holds(bytes: number): void;
}

/** What a reader needs. */
export interface ReaderParts {
  readonly duplex: Duplex;
  readonly framing: Framing;
  readonly options: ReaderOptions;
  readonly outbox: Outbox;
  readonly deadlines: ConnectionDeadlines | undefined;
  readonly allowance: Allowance | undefined;
  /** Bytes of the stream that were read before. */
  readonly before: number;
}

/** Messages that were read and aren't answered yet. */
export interface Waiting {
  readonly lines: number;
  /** How many bytes of them each of the others reads, if they are counted. */
  readonly forEach: number;
}

/**
 * Reads one connection: chunks in, lines out to the owner. Reading pauses while the client's lines wait, or it reads
 * nothing.
 */
export class Reader {
  /** What the client may say and cause. */
  readonly allowance: Allowance | undefined;
  readonly #owner: ReaderOwner;
  readonly #duplex: Duplex;
  readonly #options: ReaderOptions;
  readonly #outbox: Outbox;
  readonly #deadlines: ConnectionDeadlines | undefined;
  readonly #framing: Framing;
  readonly #before: number;
  /** Created with the first chunk, as are the next two. */
  #telnet: Telnet | undefined;
  #greeting: ForeignGreeting | undefined;
  #input: Input | undefined;
  /** Lines that may still be read in this pass. */
  #budget = LINES_PER_PASS;
  /** Messages that were read and aren't answered yet. The rooms aren't asked, because a journal may lie between. */
  #unanswered = 0;
  /** What they are charged. Of those that came together each has an equal part. In bytes. */
  #queuedBytes = 0;
  /** What each of the others reads of them, shared out in the same way. In bytes. */
  #queuedForEach = 0;
  /** What was charged for input that isn't read yet. */
  #inputBytes = 0;
  /** The client is done: what still arrives is read and discarded. */
  #deaf = false;
  #hasEnded = false;
  #discarded = 0;
  /** Bytes of commands of telnet since the last line. */
  #swallowed = 0;
  /** Where in the stream the unfinished line begins. */
  #openedAt = -1;
  #endless = false;

  constructor(
    { duplex, framing, options, outbox, deadlines, allowance, before }: ReaderParts,
    owner: ReaderOwner,
  ) {
    this.#owner = owner;
    this.#duplex = duplex;
    this.#framing = framing;
    this.#options = options;
    this.#outbox = outbox;
    this.#deadlines = deadlines;
    this.allowance = allowance;
    this.#before = before;
  }

  /** The peer has sent FIN. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The peer has sent FIN, and not all that it sent before is read. */
  get hasUnread(): boolean {
    return this.#hasEnded && !this.#deaf;
  }

  /** How many messages of this client aren't answered yet. */
  get unanswered(): number {
    return this.#unanswered;
  }

  /** Bytes of the unfinished line. */
  get openBytes(): number {
    return this.#deaf ? 0 : (this.#input?.openBytes ?? 0);
  }

  get waiting(): Waiting {
    return { lines: this.#unanswered, forEach: this.#queuedForEach };
  }

  /** What its unanswered messages are charged. In bytes. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** What it holds, looked at afresh. In bytes. */
  get heldBytes(): number {
    return this.#queuedBytes + this.#unreadBytes;
  }

  get #unreadBytes(): number {
    return this.#input?.heldBytes(this.#options.maxLineBytes) ?? 0;
  }

  /** Messages of this client go to the rooms, in one piece of `bytes`. Each of the others reads `forEach` bytes of them. */
  accepted(lines: number, bytes: number, forEach: number): void {
    this.#unanswered += lines;
    this.#queuedForEach += forEach;
    this.#queuedBytes += bytes + BYTES_PER_LINE;
    this.#owner.holds(bytes + BYTES_PER_LINE);
  }

  /** This many of them were answered. */
  served(lines: number): void {
    const left = this.#unanswered - lines;
    const bytes = left > 0 ? Math.floor(this.#queuedBytes * (lines / this.#unanswered)) : this.#queuedBytes;
    this.#queuedForEach = left > 0 ? this.#queuedForEach * (left / this.#unanswered) : 0;
    this.#unanswered = left;
    this.#queuedBytes -= bytes;
    this.#owner.holds(-bytes);
  }

  /** Takes lines off this pass's share, for work beyond reading a line. */
  spend(lines: number): void {
    this.#budget = Math.max(0, this.#budget - lines);
  }

  /** What it said, in this many lines, makes others read this many bytes. */
  caused(bytes: number, lines: number): void {
    this.allowance?.caused(bytes, lines);
  }

  push(chunk: Buffer): void {
    if (isPlug(chunk)) return;
    this.#owner.tapped(chunk);
    if (this.#deaf) return this.#discard(chunk);
    if (this.#deadlines) this.#heard(this.#deadlines);
    if (this.#takeLines(chunk) || this.#take(this.#withoutTelnet(chunk))) this.#readNow();
    // A chunk of the largest size means that more is waiting. It stays in the kernel until it is needed.
    if (this.#budget === 0 && !this.#deaf && chunk.length >= READ_BYTES) this.#pause();
    this.#charge();
  }

  #heard(deadlines: ConnectionDeadlines): void {
    deadlines.heard();
    this.#owner.active();
  }

  /** Most chunks are whole plain messages. Nothing in them can be a greeting any more, or a command of telnet. */
  #takeLines(chunk: Buffer): boolean {
    const isAfterGreeting = this.#greeting?.hasHeard === true;
    return isAfterGreeting && this.#telnet?.isOutside === true && this.#input?.pushLines(chunk) === true;
  }

  /** False: there is nothing to read. */
  #take(chunk: Buffer): boolean {
    if (chunk.length === 0) {
      this.#checkEndless(0);
      return false;
    }
    this.#greeting ??= new ForeignGreeting(this.#options.greetingGuard === 'on');
    const protocol = this.#greeting.hear(chunk);
    if (protocol !== undefined) {
      this.#owner.foreign(protocol);
      return false;
    }
    this.#input ??= new Input(this.#framing, LINES_PER_PASS, this.#options.maxLineBytes, this.#before);
    this.#input.push(chunk);
    return true;
  }

  /** Reads what has arrived, unless it has to wait for the end of this pass. */
  #readNow(): void {
    if (this.#budget === 0) return this.#pause();
    if (this.#owner.isPassUp) {
      this.#owner.unread();
      return this.#pause();
    }
    this.#read();
  }

  /** Commands of telnet are answered, and count for the length of a line. */
  #withoutTelnet(chunk: Buffer): Buffer {
    if (this.#options.framing === 'chunk') return chunk;
    this.#telnet ??= new Telnet();
    const rest = this.#telnet.read(chunk);
    if (rest === chunk) return chunk;
    this.#swallowed += chunk.length - rest.length;
    this.#owner.telnet(this.#telnet.takeCommands());
    const replies = this.#telnet.takeReplies();
    if (replies !== '' && this.#outbox.push(replies, 0)) this.#owner.active();
    return rest;
  }

  /** The peer has sent FIN: what it sent before is read. */
  end(): void {
    this.#hasEnded = true;
    if (this.#deaf) return;
    this.#deadlines?.inputOver();
    this.#input?.end();
    this.#read();
    this.#charge();
  }

  /** Reads and discards from now on. An endless line is left where it is. */
  ignore(): void {
    this.#deaf = true;
    this.#input = undefined;
    this.#charge();
    if (this.#endless) this.#duplex.pause();
    else startReading(this.#duplex);
  }

  /** Reads nothing more of the socket for now. The end of a pass reads on if it may. */
  hold(): void {
    if (this.#deaf || this.#hasEnded) return;
    stopReading(this.#duplex);
    this.#deadlines?.paused();
  }

  /** The end of a pass of the event loop: there is a new share of lines to read. */
  endPass(): void {
    const isSpent = this.#budget === 0;
    this.#budget = LINES_PER_PASS;
    if (!isSpent && !this.#duplex.isPaused() && !this.#hasEnded) return;
    this.#read();
    this.#charge();
  }

  /** Reads another share if this pass's is used up. True: that one is used up too. */
  readOn(): boolean {
    if (this.#budget > 0) return false;
    this.#budget = LINES_PER_PASS;
    this.#read();
    this.#charge();
    return this.#budget === 0;
  }

  /** A flood stays in the kernel while the client's own lines wait. */
  #discard(chunk: Uint8Array): void {
    if (this.#owner.isClosing) return;
    this.#discarded += chunk.length;
    if (this.#discarded > MAX_DISCARDED_BYTES) this.#duplex.pause();
  }

  /** Reads frames until none is complete, this pass's share is used up, or the client has to wait. */
  #read(): void {
    while (this.#budget > 0 && !this.#deaf) {
      if (this.#mustWait()) return this.#pause();
      if (this.#input?.isDry === true) return this.#onDry();
      const run = this.#readRun();
      if (run !== undefined) {
        this.#took(run.count);
        this.#owner.run(run);
        continue;
      }
      const frame = this.#input?.read();
      if (frame === undefined) return this.#onDry();
      this.#took(1);
      this.#onFrame(frame);
    }
    if (!this.#deaf) this.#owner.active();
  }

  /** Lines were read. Their time is over, whatever this pass does before more is read. */
  #took(lines: number): void {
    this.#budget -= lines;
    this.#deadlines?.betweenLines();
    this.allowance?.said(lines);
  }

  /** As many lines as may be read now, in one piece. The first line of a connection comes by itself. */
  #readRun(): Lines | undefined {
    if (this.#greeting?.wantsLine) return undefined;
    const { maxQueuedLines, maxLineBytes } = this.#options;
    let most = Math.min(this.#budget, maxQueuedLines - this.#unanswered, this.#outbox.capacity(maxLineBytes));
    if (this.allowance) most = Math.min(most, this.allowance.capacity(this.#owner.mostCaused()));
    const { allowedBytes } = this.#owner;
    if (allowedBytes !== Infinity)
      most = Math.min(most, Math.max(1, Math.floor(allowedBytes / maxLineBytes)));
    return this.#input?.readRun(most);
  }

  #pause(): void {
    this.#duplex.pause();
    this.#deadlines?.paused();
    // A paused stream with nothing in it reads on, 64 KiB of a flood.
    const isFlood = this.#input?.isLarge === true || this.#owner.allowedBytes < Infinity;
    if (isFlood && !this.#hasEnded) stopReading(this.#duplex);
    this.#input?.compact();
  }

  #resume(): void {
    startReading(this.#duplex);
    this.#deadlines?.resumed();
  }

  /** Notes what is kept of what has arrived. */
  #charge(): void {
    const bytes = this.#unreadBytes;
    if (bytes === this.#inputBytes) return;
    this.#owner.holds(bytes - this.#inputBytes);
    this.#inputBytes = bytes;
  }

  /**
   * TCP pushes back on a client whose queue is full, that doesn't read its replies, whose journal is out of reach, that
   * has used up its allowance, or while all together hold as much as they may.
   */
  #mustWait(): boolean {
    const { maxQueuedLines } = this.#options;
    if (this.#outbox.slow || this.#unanswered >= maxQueuedLines || this.#owner.isHeldBack) return true;
    if (this.allowance === undefined) return false;
    const { excess } = this.allowance;
    if (excess === undefined) this.#owner.allowed();
    else this.#owner.exceeded(excess.of, excess.ms);
    return excess !== undefined;
  }

  #onFrame(frame: string | FrameFault): void {
    const protocol = this.#greeting?.read(typeof frame === 'string' ? frame : undefined);
    if (protocol !== undefined) return this.#owner.foreign(protocol);
    this.#owner.frame(frame);
  }

  #onDry(): void {
    if (this.#hasEnded) return this.#owner.ended();
    if (this.#duplex.isPaused()) this.#resume();
    const partialBytes = this.#input?.partialBytes ?? 0;
    // Not every line gives a frame: what follows a fault in its line doesn't.
    const openedAt = this.#input?.openedAt ?? 0;
    const isNew = openedAt !== this.#openedAt;
    this.#openedAt = openedAt;
    if (partialBytes === 0) this.#deadlines?.betweenLines();
    else this.#deadlines?.inLine(isNew);
    if (isNew) this.#swallowed = 0;
    this.#checkEndless(partialBytes);
  }

  #checkEndless(partialBytes: number): void {
    if (partialBytes + this.#swallowed <= endlessBytes(this.#options)) return;
    this.#endless = true;
    this.#owner.endless();
  }
}
