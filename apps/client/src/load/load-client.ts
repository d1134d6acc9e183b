import type { Socket } from 'node:net';
import { ClientError } from '../dial/client-error.ts';
import { cutError } from '../library/ending.ts';
import { Deferred } from './deferred.ts';
import { endedEarly, refusal, saidText, silence } from './failure-words.ts';
import { AnswerCheck, type Greeting, type Waiting } from './lines/answer-check.ts';
import { DueTimes } from './lines/due-times.ts';
import type { LinePool } from './lines/line-pool.ts';
import type { Tally } from './figures/tally.ts';

/** What a client of a load run needs. */
export interface LoadClientParts {
  readonly socket: Socket;
  readonly pool: LinePool;
  /** The line of the pool to begin with. */
  readonly from: number;
  readonly greeting: Greeting;
  readonly tally: Tally;
  /** How many lines it sends in total. */
  readonly lines: number;
  /** Lines per write. The next write waits for their answers, unless lines are offered. */
  readonly linesPerWrite: number;
  /** What to do about a server that doesn't greet. */
  readonly advice: string;
}

/** Lines without an answer have no latency. */
const LOST = (): void => {};

/** One connection of a load run: writes, checks, and tells when it is over. */
export class LoadClient {
  /** Why the server did not let it in; `undefined`: it did, or it hasn't said yet. */
  refusal: ClientError | undefined;
  readonly #parts: LoadClientParts;
  readonly #check: AnswerCheck;
  readonly #due = new DueTimes();
  readonly #ready = new Deferred<void>();
  readonly #over = new Deferred<void>();
  #position: number;
  #left: number;
  /** Whether it writes the next lines by itself as soon as the previous ones are answered. */
  #drives = false;
  #now = 0;
  #heardAt = performance.now();
  #state: 'open' | 'ending' | 'over' = 'open';
  #hasCause = false;

  constructor(parts: LoadClientParts) {
    this.#parts = parts;
    const { socket, pool, from, greeting, tally, lines } = parts;
    this.#position = from;
    this.#left = lines;
    this.#check = new AnswerCheck(pool, from, greeting, {
      settled: (count, answered) => this.#settled(count, answered),
      failure: (kind, count) => tally.failure(kind, count),
      said: (line) => {
        // A goodbye is no news once we have asked for it, or have been told why.
        const isNews = this.#state === 'open' && this.#check.refused === undefined;
        if (isNews || line.startsWith('* ERR ')) tally.causes.add(saidText(line));
      },
    });
    if (this.#check.isGreeted) this.#ready.resolve();
    socket.on('error', (error) => this.#fail(cutError(error)));
    socket.on('end', () => this.#cut());
    socket.on('close', () => this.#cut());
  }

  /** Settles when the server has greeted, or the connection is over. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  /** Settles when everything is answered or abandoned, and the connection is closed. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  get isGreeted(): boolean {
    return this.#check.isGreeted;
  }

  /** How many lines have no answer yet. */
  get owed(): number {
    return this.#check.owed;
  }

  /** What the room waits for, if the server has said so since it last answered. */
  get waiting(): Waiting | undefined {
    return this.#check.waiting;
  }

  /** Starts writing, and writes again whenever what was written is answered. */
  drive(): void {
    if (this.#drives || !this.isOpen) return;
    this.#drives = true;
    this.#write();
  }

  /** Adds lines that were due at a time. They go out with `flush`. */
  offer(dueAt: number, count: number): void {
    const taken = Math.min(count, this.#left);
    this.#left -= taken;
    if (taken > 0) this.#due.push(dueAt, taken);
  }

  /** Writes what was offered. */
  flush(now: number): void {
    const { pool, tally, socket } = this.#parts;
    for (const [dueAt, count] of this.#due.unwritten()) {
      tally.late(count, dueAt, now);
      for (let rest = count; rest > 0;) {
        const piece = Math.min(rest, pool.count);
        socket.write(this.#take(piece));
        rest -= piece;
      }
    }
  }

  /** From now on it sends this many lines. */
  limit(lines: number): void {
    this.#left = lines;
  }

  /** Sends no more; ends when everything is answered. */
  stop(): void {
    this.#left = 0;
    if (this.#check.owed === 0) this.#end();
  }

  /** Ends at once. What is owed is missing. */
  destroy(): void {
    this.#close();
  }

  /** Gives up on answers that have taken this long. */
  expire(now: number, timeoutMs: number): void {
    if (now - this.#heardAt < timeoutMs) return;
    const { causes } = this.#parts.tally;
    if (this.#state === 'ending') {
      causes.add(`the server did not end the connection within ${timeoutMs} ms of ours`);
      return this.#close();
    }
    if (!this.#check.isGreeted)
      return this.#stranger(`no * WELCOME within ${timeoutMs} ms. ${this.#parts.advice}`);
    if (this.#check.owed === 0) return;
    this.#heardAt = now;
    causes.add(silence(timeoutMs, this.#check.waiting));
    this.#check.giveUp();
    this.#goOn();
  }

  #write(): void {
    const count = Math.min(this.#parts.linesPerWrite, this.#left);
    if (count === 0) return this.#end();
    this.#left -= count;
    const now = performance.now();
    this.#due.push(now, count);
    this.#due.written();
    this.#heardAt = now;
    this.#parts.socket.write(this.#take(count));
  }

  /** The next lines. From now on they are due an answer. */
  #take(count: number): Buffer {
    const { pool, tally } = this.#parts;
    const bytes = pool.slice(this.#position, count);
    this.#position = (this.#position + count) % pool.count;
    this.#check.sent(count);
    tally.sent += count;
    return bytes;
  }

  /** Takes the bytes of one read: the first `length` of the buffer. */
  heard(bytes: Buffer, length: number = bytes.length): void {
    if (this.#state === 'over') return;
    this.#now = this.#heardAt = performance.now();
    this.#check.push(bytes, length);
    const { broken, refused } = this.#check;
    if (broken !== undefined) return this.#stranger(broken);
    if (refused !== undefined) {
      this.refusal ??= refusal(refused.code, refused.text);
      // One that keeps the connection waits for another token.
      if (this.refusal.code === 'DENIED') return this.#close();
    }
    if (this.#check.isGreeted) this.#ready.resolve();
    if (this.#check.owed === 0) this.#goOn();
  }

  #goOn(): void {
    if (this.#state !== 'open') return;
    if (this.#drives) this.#write();
    else if (this.#left === 0) this.#end();
  }

  readonly #answered = (dueAt: number, lines: number): void =>
    this.#parts.tally.answer(lines, dueAt, this.#now);

  #settled(count: number, answered: boolean): void {
    this.#due.take(count, answered ? this.#answered : LOST);
  }

  /** The server doesn't speak this protocol. */
  #stranger(why: string): void {
    this.#parts.tally.failure('not ours', 1);
    this.#fail(new ClientError('NOT_OURS', `Cannot talk to this server: ${why}`));
    this.#close();
  }

  #fail(error: ClientError): void {
    if (this.#state === 'over') return;
    if (!this.#check.isGreeted) this.refusal ??= error;
    this.#hasCause = true;
    this.#parts.tally.causes.add(error.message);
  }

  /** The stream has ended. */
  #cut(): void {
    if (this.#state === 'open' && !this.#check.bye && !this.#hasCause)
      this.#fail(endedEarly(this.#check.isGreeted, this.#parts));
    this.#close();
  }

  #end(): void {
    if (this.#state !== 'open') return;
    this.#state = 'ending';
    this.#heardAt = performance.now();
    this.#parts.socket.end();
  }

  #close(): void {
    if (this.#state === 'over') return;
    const { tally } = this.#parts;
    if (this.#state === 'open') tally.failure(this.#check.bye ? 'ended' : 'cut', 1);
    this.#state = 'over';
    this.#now = performance.now();
    this.#check.giveUp();
    this.#parts.socket.destroy();
    this.#ready.resolve();
    this.#over.resolve();
  }
}
