import type { Clock } from '@proto/scheduler';
import type { Parsed } from '@proto/watch';
import type { RawData, WebSocket } from 'ws';

/** Close codes of a socket: those of RFC 6455, and our own from 4000. */
export const CLOSE = { done: 1000, away: 1001, wrongOperation: 1008, full: 1013, token: 4401 } as const;

/** How long to wait for a token, and how many wrong ones are allowed. */
const TOKEN_MS = 5_000;
const TOKEN_TRIES = 3;

/** The token that the page must send. */
export interface Secret {
  is(shown: string): boolean;
}

export interface EntranceOptions<Op> {
  readonly clock: Clock;
  /** `undefined`: the socket is admitted at once. */
  readonly secret: Secret | undefined;
  readonly parse: (line: string) => Parsed<Op>;
  /** Asks the page for the token. */
  readonly locked: (tries: number) => void;
  /** The socket is admitted. Returns the handler of its operations. */
  readonly enter: () => (operation: Op) => void;
}

/** Operations that a socket may send before it is admitted. */
interface TokenOp {
  readonly op: 'token';
  readonly token: string;
}

/**
 * Reads the operations of a page, one per message, and admits it once it has sent the token. An operation that
 * cannot be parsed closes the socket, with the reason.
 */
export function entrance<Op extends { readonly op: string }>(
  socket: WebSocket,
  { clock, secret, parse, locked, enter }: EntranceOptions<Op | TokenOp>,
): void {
  let take: ((operation: Op | TokenOp) => void) | undefined;
  let tries = TOKEN_TRIES;
  let callOff: (() => void) | undefined;
  const letIn = (): void => {
    callOff?.();
    take = enter();
  };
  const show = (operation: Op | TokenOp): void => {
    if (operation.op === 'token' && secret?.is((operation as TokenOp).token) === true) return letIn();
    tries--;
    if (tries > 0) locked(tries);
    else socket.close(CLOSE.token, 'the token is wrong');
  };
  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (socket.readyState !== socket.OPEN) return;
    const parsed = isBinary ? undefined : parse(textOf(data));
    if (parsed?.is === 'unknown') return;
    if (parsed?.is !== 'known') {
      return socket.close(CLOSE.wrongOperation, (parsed?.why ?? 'expected text').slice(0, 120));
    }
    if (take === undefined) show(parsed.value);
    // A page that has a token sends it even if the server asks for none.
    else if (parsed.value.op !== 'token') take(parsed.value);
  });
  if (secret === undefined) return letIn();
  callOff = clock.setTimeout(() => socket.close(CLOSE.token, 'no token arrived in time'), TOKEN_MS);
  socket.once('close', () => callOff?.());
  locked(tries);
}

function textOf(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer)).toString();
}
