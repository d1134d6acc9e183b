import type { HandlerResult, Work } from './room/records.ts';

/** Who said a line. */
export interface From {
  readonly seat: number;
  /** `-` for a client that has taken none. */
  readonly name: string;
  readonly room: string;
}

/**
 * What is done with a line. Gives the line it has become, or `undefined` for nothing to say.
 *
 * Called with one line of a client at a time, in strict order with one line of the room at a time. What it throws, or
 * rejects with, is answered `ERR HANDLER`, as is a result that is longer than a line may be or holds other bytes than
 * HT and 0x20 to 0x7E.
 */
export type Handler = (line: string, from: From) => string | undefined | Promise<string | undefined>;

const FAILED: HandlerResult = { error: 'Cannot answer: the handler failed' };

/**
 * Has one line handled; `done` is called once, in this very call if the handler is synchronous.
 *
 * `onError` gets what the handler threw, or that it took too long: the client is told only that it failed.
 */
export function handle(
  handler: Handler,
  work: Work,
  timeoutMs: number | 'never',
  done: (result: HandlerResult) => void,
  onError: (error: unknown) => void,
): void {
  const fail = (error: unknown): HandlerResult => {
    onError(error);
    return FAILED;
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
  if (!isLater) return done(checked(result, fail));
  let timer: NodeJS.Timeout | undefined;
  let isOver = false;
  const once = (outcome: HandlerResult): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    done(outcome);
  };
  if (timeoutMs !== 'never') {
    timer = setTimeout(() => {
      const error = `Cannot answer: the handler took more than ${timeoutMs} ms`;
      onError(new Error(error));
      once({ error });
    }, timeoutMs);
  }
  timer?.unref();
  Promise.resolve(result).then(
    (text) => isOver || once(checked(text, fail)),
    (error: unknown) => isOver || once(fail(error)),
  );
}

function isPromise(value: unknown): value is Promise<string | undefined> {
  return typeof (value as { then?: unknown } | undefined)?.then === 'function';
}

function checked(text: unknown, fail: (error: unknown) => HandlerResult): HandlerResult {
  if (text === undefined || typeof text === 'string') return { text };
  return fail(
    new TypeError(`Cannot answer: the handler returned ${text === null ? 'null' : typeof text}, no string`),
  );
}
