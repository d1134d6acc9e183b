import { badByteAt } from '@proto/protocol';
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

/** Who gets the handler's results. */
export interface WorkOwner {
  /** A line of `length` bytes was handled. The record goes to the journal. */
  done(record: Extract<RoomRecord, { type: 'done' }>, length: number): void;
  /** What the handler threw, or that it took too long. */
  failed(client: Client, error: unknown): void;
}

/** The lines that a server's handler has. A server without a handler never has any. */
export class Handling {
  readonly #options: HandleOptions & Pick<Settings, 'transform'>;
  readonly #clock: Clock;
  readonly #owner: WorkOwner;
  /** Since when, for each client with a line whose result comes later. */
  readonly #since = new Map<Client, number>();

  constructor(options: HandleOptions & Pick<Settings, 'transform'>, clock: Clock, owner: WorkOwner) {
    this.#options = options;
    this.#clock = clock;
    this.#owner = owner;
  }

  /** Passes a line to the handler. */
  give(work: Work): void {
    const { transform } = this.#options;
    if (typeof transform === 'string') return;
    const { client, ticket } = work;
    let isDone = false;
    handle(
      transform,
      work,
      this.#options,
      (result) => {
        isDone = true;
        this.#since.delete(client);
        this.#owner.done({ type: 'done', client, ticket, result }, work.text.length);
      },
      (error) => this.#owner.failed(client, error),
    );
    if (!isDone) this.#since.set(client, this.#clock.now());
  }

  /** How long the handler has had a line of this client; `undefined` if it has none. */
  msOf(client: Client): number | undefined {
    const since = this.#since.get(client);
    return since === undefined ? undefined : this.#clock.now() - since;
  }
}

/**
 * Runs the handler on one line. `done` is called once, and within this call if the handler is synchronous.
 *
 * `onError` gets what the handler threw, or that it took too long, or that its result isn't a line. The client is only
 * told that the handler failed.
 */
export function handle(
  handler: Handler,
  work: Work,
  { handlerTimeoutMs, maxLineBytes }: HandleOptions,
  done: (result: HandlerResult) => void,
  onError: (error: unknown) => void,
): void {
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
    return done(fail(error));
  }
  if (!isLater) return done(checked(result));
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const once = (outcome: HandlerResult): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    done(outcome);
  };
  if (handlerTimeoutMs !== 'never') {
    timer = setTimeout(() => {
      const error = `Cannot answer: the handler took more than ${handlerTimeoutMs} ms`;
      onError(new Error(error));
      once({ error });
    }, handlerTimeoutMs);
  }
  timer?.unref();
  Promise.resolve(result).then(
    (text) => isOver || once(checked(text)),
    (error: unknown) => isOver || once(fail(error)),
  );
}

function isPromise(value: unknown): value is Promise<string | undefined> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function';
}

function kind(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

function describe(text: string, maxLineBytes: number): string {
  if (text.length > maxLineBytes) return `a line of ${text.length} bytes, longer than ${maxLineBytes}`;
  const at = badByteAt(text);
  return `a line with byte 0x${text.charCodeAt(at).toString(16).padStart(2, '0')} at ${at}`;
}
