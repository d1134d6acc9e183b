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
 * What the iterator of a client gives, in the order it came. `answer`: to a line that was said, not asked.
 * `text`: a line that answers nothing: relayed by a server without events, or an event of a newer version.
 */
export type Incoming =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'text'; readonly text: string }
  | Lost;

/** What a client is made of. */
export interface ClientParts {
  readonly socket: Socket;
  /** Where lines are written. Its end ends the socket. @default socket */
  readonly out?: Writable | undefined;
  /** How lines are sent. */
  readonly sent: Framing;
  /** How the server's lines are read. */
  readonly read: Framing;
  readonly manner: Manner;
  readonly maxEvents: number;
}

/** Lines without an answer at which `say` makes its caller wait. */
const MOST_OWED = 16_384;

/**
 * One connection to a line server.
 *
 * 1. Answers are matched to lines in order, by counting.
 * 2. Every pending `ask` settles, with an answer or when the connection ends.
 * 3. What comes besides is given by the iterator. It holds at most `maxEvents` items. When it is full and a
 *    `for await` is at work, reading stops and TCP pushes back. Where that would be for ever (nobody iterates, or
 *    `ask`, `end` or `quit` is waited for and the loop took nothing for a pass of the event loop, perhaps because
 *    it is the loop that waits), the oldest item is dropped instead, and `lost` says how many.
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
      // After goodbye a reset is no news.
      if (this.#conversation.bye === undefined) this.#error ??= cutError(cause);
      this.#reception.end();
    });
  }

  /** How and when the connection ended. Never rejects. While the iterator is full and unread, it stays open. */
  get ended(): Promise<Ending> {
    return this.#ended;
  }

  /** Whether lines can be said: the connection has not ended, and this side is not half-closed. */
  get isOpen(): boolean {
    return this.#ending === undefined && !this.#out.writableEnded && this.#error === undefined;
  }

  /** Answers that must still come. */
  get owed(): number {
    return this.#conversation.owed;
  }

  /**
   * Sends a line. Its answer, if it is a message, is given by the iterator.
   *
   * Errors: `RangeError`, at once, for what is no line; rejects with `ClientError` `CLOSED` when the connection
   *         has ended. Resolves when there is capacity for another line: at most 64 KiB wait to be written, and
   *         at most 16,384 lines for their answers.
   */
  say(line: string): Promise<void> {
    const encoded = this.#encode(line);
    if (this.#send(line, encoded, undefined)) return this.#outgoing.untilCapacity();
    return Promise.reject(this.#closedError(line));
  }

  /**
   * Sends a message and waits for its answer: the reply, or the empty text for `* OK`.
   *
   * Waits as long as the connection lasts: a server that never answers is not found out here.
   *
   * Errors: `RangeError`, at once, for what is no line, `TypeError` for a command, which has no answer; rejects
   *         with `ClientError`: `REFUSED` for an `ERR`, else why the connection ended.
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
   * Says quit and waits until the server has ended the connection.
   *
   * Errors: rejects as `end` does.
   */
  quit(): Promise<void> {
    this.#send('quit', this.#encode('quit'), undefined);
    // A classic server may take the word for a sentence like any other.
    if (this.#manner === 'classic') this.halfClose();
    return this.#untilEnded();
  }

  /**
   * Half-closes: no more lines; waits for what is owed and for the end of the stream.
   *
   * Errors: rejects with `ClientError` when a line was not answered or the stream was cut.
   */
  end(): Promise<void> {
    this.halfClose();
    return this.#untilEnded();
  }

  /** Says that no more lines come, and waits for nothing. What is owed still comes. */
  halfClose(): void {
    if (this.#ending !== undefined) return;
    this.#closed = true;
    this.#outgoing.end();
  }

  /**
   * Stops reading until `resume`, whoever waits: TCP pushes back. Who does not read notices neither an end nor a
   * reset of the connection.
   */
  pause(): void {
    this.#reception.pause();
  }

  /** Reads again. */
  resume(): void {
    this.#reception.resume();
  }

  /** Closes at once. What is owed is given up, and what was said a moment ago may not arrive. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#fail(new ClientError('CLOSED', 'Cannot go on: the connection was closed here'));
    await this.#ended;
  }

  /** Closes at once, and says why. */
  abort(reason: unknown): void {
    this.#closed = true;
    this.#fail(new ClientError('ABORTED', 'Cannot go on: the caller aborted', { cause: reason }));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * What comes besides answers that were asked for. Ends when the connection has ended in good order, or was closed
   * here with `close`.
   *
   * Errors: rejects with the `ClientError` that ended the connection; with a `TypeError` where somebody iterates already.
   */
  [Symbol.asyncIterator](): AsyncIterator<Incoming, undefined> {
    return this.#reception.iterate();
  }

  /** Whether the line goes out: not when the connection has ended or is half closed. */
  #send(line: string, encoded: string, ask: Ask | undefined): boolean {
    if (!this.isOpen) return false;
    this.#conversation.say(line, ask);
    this.#outgoing.write(encoded);
    return true;
  }

  #encode(line: string): string {
    if (this.#manner === 'classic' && line === '') {
      throw new RangeError('Cannot send an empty sentence: without a terminator it is no bytes at all');
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

  /** What the iterator gets of a frame; an answer that was asked for goes to who asked. */
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

  /** The kernel takes millions of short lines. Where not every message is answered nothing can be counted on. */
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
    // Who closed it knows.
    this.#reception.close(ending.error?.code === 'CLOSED' ? undefined : ending.error);
    this.#socket.destroy();
    this.#settleEnded(ending);
  }

  #closedError(line: string): ClientError {
    const state =
      this.#ending === undefined && this.#error === undefined
        ? 'this end of the connection is closed'
        : 'the connection has ended';
    return new ClientError('CLOSED', `Cannot send ${excerpt(line)}: ${state}`);
  }
}
