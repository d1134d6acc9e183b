import { badByteAt, count } from '@proto/protocol';
import type { Clock } from '@proto/scheduler';
import type { Handler } from '../options/handler.ts';
import { fitsLine } from '../text/fits-line.ts';
import type { Settings } from '../options/options.ts';
import type { Client, HandlerResult, RoomRecord, Work } from '../room/records.ts';

const FAILED: HandlerResult = { error: 'Cannot answer: the handler failed' };

export interface HandleOptions {
  readonly handlerTimeoutMs: number | 'never';
  readonly maxLineBytes: number;
}

/** A line with the handler, or waiting for it. */
interface Underway {
  readonly since: number;
  /** Cancels its deadline. */
  readonly callOff: (() => void) | undefined;
}

/** Who gets the handler's results. */
export interface WorkOwner {
  /** A line of `length` bytes was handled. The record goes to the journal. */
  done(record: Extract<RoomRecord, { type: 'done' }>, length: number): void;
  /** What the handler threw, or that it took too long. */
  failed(client: Client, error: unknown): void;
  /** Nobody waits for the result: the client is gone. */
  isGone(client: Client): boolean;
}

/** How long the handler has worked in this pass of the event loop. */
export interface HandlerTime {
  /** It hasn't worked yet. */
  begin(): void;
  /** It has worked long enough: the next line waits for the next pass. */
  readonly isUpForOne: boolean;
}

/**
 * The lines that a server's handler has. A server without a handler never has any.
 *
 * One record may set off many lines, and each result the next. A handler that takes long doesn't stop the event loop for
 * all of them: the lines it wasn't given yet wait here, at most one for each client, and keep their order.
 */
export class Handling {
  readonly #options: HandleOptions & Pick<Settings, 'transform'>;
  readonly #clock: Clock;
  readonly #owner: WorkOwner;
  readonly #time: HandlerTime;
  /** For each client with a line whose result comes later. */
  readonly #underway = new Map<Client, Underway>();
  /** Lines that the handler gets in a later pass of the event loop. */
  #waiting: Work[] = [];
  /** The last pass was a long one. */
  #rests = false;

  constructor(
    options: HandleOptions & Pick<Settings, 'transform'>,
    { clock, time }: { readonly clock: Clock; readonly time: HandlerTime },
    owner: WorkOwner,
  ) {
    this.#options = options;
    this.#clock = clock;
    this.#time = time;
    this.#owner = owner;
  }

  /** Passes a line to the handler, in this pass of the event loop or in a later one. */
  give(work: Work): void {
    if (this.#waiting.length === 0 && !this.#time.isUpForOne) return this.#handle(work);
    this.#waiting.push(work);
    this.#underway.set(work.client, { since: this.#clock.now(), callOff: undefined });
  }

  /** Nobody waits for results any more: no deadline keeps the process alive. */
  stop(): void {
    for (const { callOff } of this.#underway.values()) callOff?.();
  }

  /**
   * Goes on with what waits, in a new pass of the event loop. True: something still waits.
   *
   * After a long pass, nothing is done in the next one: a connection that was accepted in it is read now.
   */
  goOn(): boolean {
    if (this.#rests) this.#rests = false;
    else {
      this.#time.begin();
      this.#handleWaiting();
      this.#rests = this.#waiting.length > 0;
    }
    return this.#waiting.length > 0;
  }

  #handleWaiting(): void {
    let next = 0;
    try {
      while (next < this.#waiting.length && !this.#time.isUpForOne) {
        const work = this.#waiting[next++]!;
        if (!this.#owner.isGone(work.client)) this.#handle(work);
        else this.#done(work, { text: undefined });
      }
    } finally {
      this.#waiting = this.#waiting.slice(next);
    }
  }

  #done({ client, ticket, text }: Work, result: HandlerResult): void {
    this.#underway.delete(client);
    this.#owner.done({ type: 'done', client, ticket, result }, text.length);
  }

  #handle(work: Work): void {
    const { transform } = this.#options;
    if (typeof transform === 'string') return;
    const { client } = work;
    const callOff = handle(
      transform,
      work,
      { ...this.#options, clock: this.#clock },
      (result) => this.#done(work, result),
      (error) => this.#owner.failed(client, error),
    );
    if (callOff) this.#underway.set(client, { since: this.#clock.now(), callOff });
  }

  /** How long a line of this client has been with the handler, or waited for it; `undefined` if there is none. */
  msOf(client: Client): number | undefined {
    const underway = this.#underway.get(client);
    return underway && this.#clock.now() - underway.since;
  }
}

/**
 * Runs the handler on one line. `done` is called once, and within this call if the handler is synchronous. Otherwise, this
 * returns what cancels the deadline.
 *
 * `onError` gets what the handler threw, or that it took too long, or that its result isn't a line. The client is only
 * told that the handler failed.
 */
export function handle(
  handler: Handler,
  work: Work,
  { handlerTimeoutMs, maxLineBytes, clock }: HandleOptions & { readonly clock: Clock },
  done: (result: HandlerResult) => void,
  onError: (error: unknown) => void,
): (() => void) | undefined {
  const fail = (error: unknown): HandlerResult => {
    onError(error);
    return FAILED;
  };
  const checked = (text: unknown): HandlerResult => {
    if (text === undefined) return { text };
    if (typeof text !== 'string')
      return fail(new TypeError(`Cannot answer: the handler returned ${kind(text)}, expected a string`));
    if (fitsLine(text, maxLineBytes)) return { text };
    const error = `Cannot answer: the handler returned ${describe(text, maxLineBytes)}`;
    onError(new RangeError(error));
    return { error };
  };
  let result: ReturnType<Handler>;
  let isLater: boolean;
  try {
    const { seat, name, room } = work;
    result = handler(work.text, { seat, name, room });
    isLater = isPromise(result);
  } catch (error) {
    done(fail(error));
    return undefined;
  }
  if (!isLater) {
    done(checked(result));
    return undefined;
  }
  let isOver = false;
  const once = (outcome: HandlerResult): void => {
    if (isOver) return;
    isOver = true;
    callOff();
    done(outcome);
  };
  const late = (): void => {
    const error = `Cannot answer: the handler took more than ${handlerTimeoutMs} ms`;
    onError(new Error(error));
    once({ error });
  };
  const callOff = handlerTimeoutMs === 'never' ? () => {} : clock.setTimeout(late, handlerTimeoutMs);
  Promise.resolve(result).then(
    (text) => isOver || once(checked(text)),
    (error: unknown) => isOver || once(fail(error)),
  );
  return callOff;
}

function isPromise(value: unknown): value is Promise<string | undefined> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function';
}

function kind(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

function describe(text: string, maxLineBytes: number): string {
  if (text.length > maxLineBytes)
    return `a line of ${count(text.length, 'byte')}, longer than ${maxLineBytes}`;
  const at = badByteAt(text);
  return `a line with byte 0x${text.charCodeAt(at).toString(16).padStart(2, '0')} at ${at}`;
}
