import { ERROR_CODES } from '@proto/protocol';
import { excerpt } from '../../library/excerpt.ts';
import type { LinePool } from './line-pool.ts';

/** What can be wrong with answers. `refused` and `notice` are counted by their code, if the protocol knows it. */
export type Failure = 'wrong' | 'missing' | 'doubled' | 'swapped' | `refused ${string}` | `notice ${string}`;

/** What is reported about the answers. */
export interface AnswerListener {
  /** This many lines are settled. `answered`: they had an answer. */
  settled(count: number, answered: boolean): void;
  /** This many more failures of this kind. Negative if something missing came after all. */
  failure(kind: Failure, count: number): void;
  /** The server said why something is refused or ends: the whole line, an `ERR`, a `QUIT` or a `BYE`. */
  said(line: string): void;
}

/** What the server waits for, as far as it said so. */
export type Waiting =
  | { readonly kind: 'clients'; readonly have: number; readonly want: number }
  | { readonly kind: 'turn'; readonly seat: number };

/** What comes before the answers. */
export type Greeting = 'none' | 'welcome';

/** How many missing answers are remembered, to tell those that come late from those that never come. */
const MOST_MISSED = 65_536;

const BARE_ERROR = /^ERR [A-Z_]+ /;

/** How much longer than ours a line from the server may be. */
const MOST_LINE_BYTES = 65_536;

/**
 * Compares the stream of one connection with the answers that are due, in pieces as large as possible: one comparison
 * of bytes per read. Only what differs is examined line by line. Events are skipped. An answer that isn't the next one
 * means that answers before it are missing, or that it is swapped, doubled or wrong.
 *
 * 1. Every line that is due an answer is settled once: answered, or missing.
 * 2. After a failure, the comparison gets back in step.
 */
export class AnswerCheck {
  /** Whether `* BYE` came. */
  bye = false;
  /** What isn't of this protocol, in words. */
  broken: string | undefined;
  /** The code with which the server refused to let this client in, and its text. */
  refused: { readonly code: string; readonly text: string } | undefined;
  /** What the room waits for, by the last event that said so. */
  waiting: Waiting | undefined;
  readonly #pool: LinePool;
  readonly #listener: AnswerListener;
  readonly #missed = new Set<number>();
  /** Whether the server sends no events, and errors without a star. */
  readonly #isBare: boolean;
  /** The line of the pool whose answer is next. */
  #next: number;
  #owed = 0;
  #settled = 0;
  /** Bytes of the next answer that have arrived. */
  #matched = 0;
  /** A line that isn't the next answer, as far as it has arrived; `undefined` while in step. */
  #partial: string | undefined;
  #isGreeted: boolean;

  constructor(pool: LinePool, from: number, greeting: Greeting, listener: AnswerListener) {
    this.#pool = pool;
    this.#next = from;
    this.#listener = listener;
    this.#isGreeted = this.#isBare = greeting === 'none';
    if (!this.#isGreeted) this.#partial = '';
  }

  get owed(): number {
    return this.#owed;
  }

  /** Whether the server has sent its greeting. */
  get isGreeted(): boolean {
    return this.#isGreeted;
  }

  /** This many more lines were sent. */
  sent(count: number): void {
    this.#owed += count;
  }

  /** Takes the bytes of one read: the first `length` of the buffer. */
  push(bytes: Buffer, length: number = bytes.length): void {
    let at = this.#partial === undefined ? this.#compare(bytes, length) : 0;
    if (at === length) return;
    const begun = this.#matched > 0 ? this.#pool.answer(this.#next).slice(0, this.#matched) : '';
    let text = (this.#partial ?? begun) + bytes.toString('latin1', at, length);
    this.#matched = 0;
    at = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', at)) {
      this.#judge(text.slice(at, text.charCodeAt(end - 1) === 0x0d ? end - 1 : end));
      at = end + 1;
      if (this.broken !== undefined) return;
    }
    text = text.slice(at);
    this.#partial = text === '' && this.#isGreeted ? undefined : text;
    const most = MOST_LINE_BYTES + this.#pool.width;
    if (text.length > most) this.broken = `a line of more than ${most} bytes`;
  }

  /** No outstanding answer will come. */
  giveUp(): void {
    this.#miss(this.#owed);
  }

  /** Compares as long as the stream matches; returns how many bytes match. */
  #compare(bytes: Buffer, end: number): number {
    const { answers, width } = this.#pool;
    let at = 0;
    while (at < end && this.#owed > 0) {
      const from = this.#next * width + this.#matched;
      const most = Math.min(this.#owed * width - this.#matched, answers.length - from);
      const length = Math.min(most, end - at);
      if (bytes.compare(answers, from, from + length, at, at + length) !== 0) return at;
      const lines = Math.floor((this.#matched + length) / width);
      this.#matched = (this.#matched + length) % width;
      at += length;
      if (lines > 0) this.#settle(lines, true);
    }
    return at;
  }

  #judge(line: string): void {
    if (!this.#isGreeted) return this.#greet(line);
    if (line.startsWith('* ')) return this.#event(line.slice(2));
    if (this.#owed > 0 && line === this.#pool.answer(this.#next)) return this.#settle(1, true);
    const index = this.#pool.indexOf(line);
    // No answer holds a space.
    if (index === undefined) return this.#isBare && BARE_ERROR.test(line) ? this.#event(line) : this.#wrong();
    const { count } = this.#pool;
    const ahead = (index - this.#next + count) % count;
    if (ahead < this.#owed) {
      this.#miss(ahead);
      return this.#settle(1, true);
    }
    if (this.#missed.delete(index)) {
      this.#listener.failure('missing', -1);
      this.#listener.failure('swapped', 1);
    } else if (count - ahead <= this.#settled) {
      this.#listener.failure('doubled', 1);
    } else {
      this.#wrong();
    }
  }

  #greet(line: string): void {
    const verb = /^\* ([A-Z]+)/.exec(line)?.[1];
    if (verb === 'WELCOME') this.#isGreeted = true;
    else if (verb === 'ERR' || verb === 'BYE') this.#event(line.slice(2));
    else this.broken = `expected * WELCOME, got ${excerpt(line)}`;
  }

  #event(event: string): void {
    const [verb, first = '', second = ''] = event.split(' ', 3);
    if (verb === 'OK') this.#wrong();
    else if (verb === 'ERR') this.#error(first, event);
    else if (verb === 'WAIT' || verb === 'TURN') this.waiting = waitingFor(verb, first, second);
    else if (verb === 'BYE' || verb === 'QUIT') {
      this.bye ||= verb === 'BYE';
      this.#listener.said(`* ${event}`);
    }
  }

  #error(code: string, event: string): void {
    const isKnown = Object.hasOwn(ERROR_CODES, code);
    const isAnswer = isKnown && ERROR_CODES[code as keyof typeof ERROR_CODES] === 'answer';
    // A server can make up any number of codes.
    const name = isKnown ? code : 'of another code';
    this.#listener.failure(isAnswer ? `refused ${name}` : `notice ${name}`, 1);
    this.#listener.said(`* ${event}`);
    if (!this.#isGreeted) this.refused ??= { code, text: event.slice('ERR '.length + code.length + 1) };
    if (isAnswer && this.#owed > 0) this.#settle(1, true);
  }

  /** An answer that isn't the next one. */
  #wrong(): void {
    this.#listener.failure('wrong', 1);
    if (this.#owed > 0) this.#settle(1, true);
  }

  #miss(count: number): void {
    if (count === 0) return;
    for (let line = 0; line < count && this.#missed.size < MOST_MISSED; line++) {
      this.#missed.add((this.#next + line) % this.#pool.count);
    }
    this.#listener.failure('missing', count);
    this.#settle(count, false);
  }

  #settle(count: number, answered: boolean): void {
    if (answered) this.waiting = undefined;
    this.#next = (this.#next + count) % this.#pool.count;
    this.#owed -= count;
    this.#settled += count;
    this.#listener.settled(count, answered);
  }
}

function waitingFor(verb: 'WAIT' | 'TURN', first: string, second: string): Waiting | undefined {
  const [one, two] = [first, second].map((text) => (/^\d{1,9}$/.test(text) ? Number(text) : undefined));
  if (one === undefined) return undefined;
  if (verb === 'TURN') return { kind: 'turn', seat: one };
  return two === undefined ? undefined : { kind: 'clients', have: one, want: two };
}
