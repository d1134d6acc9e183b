import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { Frame, Framing } from '@proto/codec';
import type { Event } from '@proto/protocol';
import { ClientError } from '../dial/client-error.ts';
import { type Ask, settle } from './ask.ts';
import { type Answer, Conversation, type Manner, owesAnswer } from './conversation.ts';
import { cutError, type Ending, endingOf, unansweredError } from './ending.ts';
import { excerpt } from './excerpt.ts';
import type { Lost } from './inbox.ts';
import { Outgoing } from './outgoing.ts';
import { Reception } from './reception.ts';

/**
 * What the iterator of a client returns, in the order it came. `answer`: to a line sent with `say`, not `ask`. `event`:
 * what the server tells. `text`: a line that answers nothing, either relayed by a server without events, or an event of a
 * newer version.
 */
export type Incoming =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'text'; readonly text: string }
  | Lost;

/** What a client needs. */
export interface ClientParts {
  readonly socket: Socket;
  /** Where to write lines. Its end ends the socket. @default socket */
  readonly out?: Writable | undefined;
  /** How lines are sent. */
  readonly sent: Framing;
  /** How the server's lines are read. */
  readonly read: Framing;
  readonly manner: Manner;
  readonly maxEvents: number;
}

/** The number of unanswered lines at which `say` makes its caller wait. */
const MOST_OWED = 16_384;

/**
 * One connection to a line server.
 *
 * 1. Answers are matched to lines in order, by counting.
 * 2. Every pending `ask` settles: with an answer, or when the connection ends.
 * 3. The iterator returns everything else. It holds at most `maxEvents` items. If it is full and a `for await` is
 *    running, reading stops and TCP pushes back. If that would last for ever (nobody iterates, or somebody waits for
 *    `ask`, `end` or `quit` and the loop took nothing for a pass of the event loop, perhaps because the loop itself
 *    waits), the oldest item is dropped instead, and `lost` says how many.
 * 4. Lines are written once per pass of the event loop.
 *
 * One `for await` at a time. Leaving the loop leaves the connection open.
 */
export class Client implements AsyncIterable<Incoming>, AsyncDisposable {
  readonly #socket: Socket;
  readonly #out: Writable;
  readonly #sent: Framing;
  readonly #manner: Manner;
  readonly #conversation: Conversation<Ask | undefined>;
  readonly #reception: Reception<Incoming>;
  readonly #outgoing: Outgoing;
  readonly #ended: Promise<Ending>;
  #settleEnded: (ending: Ending) => void = () => {};
  #ending: Ending | undefined;
  #closed = false;
  #error: ClientError | undefined;

  /** @internal Use `connect`. */
  constructor({ socket, out = socket, sent, read, manner, maxEvents }: ClientParts) {
    this.#socket = socket;
    this.#out = out;
    this.#sent = sent;
    this.#manner = manner;
    this.#conversation = new Conversation(manner);
    this.#outgoing = new Outgoing(out, {
      lockstep: manner === 'classic',
      crowded: () => this.#isCrowded(),
    });
    this.#ended = new Promise((resolve) => {
      this.#settleEnded = resolve;
    });
    this.#reception = new Reception({
      socket,
      decoder: read.decoder(),
      maxEvents,
      take: (frame) => this.#take(frame),
      over: () => this.#finish(),
    });
    socket.on('error', (cause) => {
      // After a goodbye, a reset is nothing new.
      if (this.#conversation.bye === undefined) this.#error ??= cutError(cause);
      this.#reception.end();
    });
  }

  /**
   * How and when the connection ended. Never rejects. While the iterator is full and unread, the connection stays open.
   */
  get ended(): Promise<Ending> {
    return this.#ended;
  }

  /** Whether lines can be sent: the connection hasn't ended, and this side isn't half-closed. */
  get isOpen(): boolean {
    return this.#ending === undefined && !this.#out.writableEnded && this.#error === undefined;
  }

  /** Whether this side sends no more lines, while the server may still answer. */
  get isHalfClosed(): boolean {
    return this.#ending === undefined && this.#error === undefined && this.#outgoing.isOver;
  }

  /** How many lines haven't been written, because the previous one isn't answered yet: only if `classic`. */
  get held(): number {
    return this.#outgoing.held;
  }

  /** The number of answers still to come. */
  get owed(): number {
    return this.#conversation.owed;
  }

  /**
   * Sends a line. If it is a message, the iterator returns its answer.
   *
   * Errors: `RangeError`, at once, if it isn't a line; rejects with `ClientError` `CLOSED` if the connection has ended.
   *         Resolves when there is capacity for another line: at most 64 KiB wait to be written, and at most 16,384
   *         lines wait for their answers.
   */
  say(line: string): Promise<void> {
    const encoded = this.#encode(line);
    if (this.#send(line, encoded, undefined)) return this.#outgoing.untilCapacity();
    return Promise.reject(this.#closedError(line));
  }

  /**
   * Sends a message and waits for its answer: the reply, or the empty text for `* OK`.
   *
   * Waits as long as the connection lasts. It doesn't detect a server that never answers.
   *
   * Errors: `RangeError`, at once, if it isn't a line, `TypeError` for a command, which has no answer; rejects with
   *         `ClientError`: `REFUSED` for an `ERR`, otherwise why the connection ended.
   */
  ask(line: string): Promise<string> {
    const encoded = this.#encode(line);
    if (!owesAnswer(line, this.#manner)) {
      throw new TypeError(`Cannot ask ${excerpt(line)}: a command has no answer to wait for. Use say`);
    }
    return this.#reception.wait(
      new Promise((resolve, reject) => {
        if (!this.#send(line, encoded, { line, resolve, reject })) reject(this.#closedError(line));
      }),
    );
  }

  /**
   * Sends a quit and waits until the server has ended the connection.
   *
   * Errors: rejects as `end` does.
   */
  quit(): Promise<void> {
    this.#send('quit', this.#encode('quit'), undefined);
    // A classic server may take the word for an ordinary sentence.
    if (this.#manner === 'classic') this.halfClose();
    return this.#untilEnded();
  }

  /**
   * Half-closes: sends no more lines; waits for outstanding answers and for the end of the stream.
   *
   * Errors: rejects with `ClientError` if a line wasn't answered or the stream was cut.
   */
  end(): Promise<void> {
    this.halfClose();
    return this.#untilEnded();
  }

  /** Half-closes without waiting. Outstanding answers still come. */
  halfClose(): void {
    if (this.#ending !== undefined) return;
    this.#closed = true;
    this.#outgoing.end();
  }

  /**
   * Stops reading until `resume`, no matter who waits: TCP pushes back. Without reading, the client notices neither an
   * end nor a reset of the connection.
   */
  pause(): void {
    this.#reception.pause();
  }

  /** Reads again. */
  resume(): void {
    this.#reception.resume();
  }

  /** Closes at once. Outstanding answers are given up, and lines just sent may not arrive. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#fail(new ClientError('CLOSED', 'Cannot go on: this side closed the connection'));
    await this.#ended;
  }

  /** Closes at once, for this reason. */
  abort(reason: unknown): void {
    this.#closed = true;
    this.#fail(new ClientError('ABORTED', 'Cannot go on: the caller aborted', { cause: reason }));
  }

  /** Does what `close` does: for `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Everything except answers to `ask`. Ends when the connection has ended in order, or was closed with `close`.
   *
   * Errors: rejects with the `ClientError` that ended the connection; with a `TypeError` if another loop already
   *         iterates.
   */
  [Symbol.asyncIterator](): AsyncIterator<Incoming, undefined> {
    return this.#reception.iterate();
  }

  /** Whether the line goes out. It doesn't if the connection has ended or is half-closed. */
  #send(line: string, encoded: string, ask: Ask | undefined): boolean {
    if (!this.isOpen) return false;
    this.#conversation.say(line, ask);
    this.#outgoing.write(encoded);
    return true;
  }

  #encode(line: string): string {
    if (this.#manner === 'classic' && line === '') {
      throw new RangeError('Cannot send an empty sentence: without a terminator it has no bytes');
    }
    try {
      return this.#sent.encodeToLatin1(line);
    } catch (cause) {
      if (cause instanceof TypeError) throw new TypeError(cause.message.replace('encode', 'send'), { cause });
      if (!(cause instanceof RangeError)) throw cause;
      throw new RangeError(cause.message.replace('encode frame', 'send line'), { cause });
    }
  }

  async #untilEnded(): Promise<void> {
    const { error } = await this.#reception.wait(this.#ended);
    if (error !== undefined) throw error;
  }

  /** What the iterator gets of a frame. An answer to `ask` goes to its caller. */
  #take(frame: Frame): Incoming | undefined {
    const received = this.#conversation.receive(frame);
    if (received.kind === 'broken') {
      this.#fail(received.error);
      return undefined;
    }
    if (received.kind !== 'answer') return received;
    const { to, answer } = received;
    if (to !== undefined) settle(to, answer);
    this.#outgoing.answered();
    return to === undefined ? { kind: 'answer', answer } : undefined;
  }

  /** The kernel accepts millions of short lines. If not every message is answered, there is nothing to count. */
  #isCrowded(): boolean {
    return this.#conversation.welcomed && this.#conversation.owed >= MOST_OWED;
  }

  #fail(error: ClientError): void {
    if (this.#conversation.bye === undefined) this.#error ??= error;
    this.#finish();
  }

  #finish(): void {
    if (this.#ending !== undefined) return;
    const ending = endingOf(this.#conversation, { error: this.#error, closed: this.#closed });
    this.#ending = ending;
    for (const ask of this.#conversation.abandon())
      ask?.reject(ending.error ?? unansweredError(1, ending.bye));
    this.#outgoing.close(ending.error ?? new ClientError('CLOSED', 'Cannot send: the connection has ended'));
    // The caller that closed it knows.
    this.#reception.close(ending.error?.code === 'CLOSED' ? undefined : ending.error);
    this.#socket.destroy();
    this.#settleEnded(ending);
  }

  #closedError(line: string): ClientError {
    const state =
      this.#ending === undefined && this.#error === undefined
        ? 'this side of the connection is closed'
        : 'the connection has ended';
    return new ClientError('CLOSED', `Cannot send ${excerpt(line)}: ${state}`);
  }
}
