import { ClientError } from '../dial/client-error.ts';
import { type DialFailure, refusedBySsl } from '../dial/dial-failure.ts';
import type { Conversation } from './conversation.ts';
import { excerpt } from './excerpt.ts';

/** How a connection ended. */
export interface Ending {
  /** The reason of `* BYE`, if it came. */
  readonly bye: string | undefined;
  /** Lines the server owed an answer to when the stream ended. */
  readonly unanswered: number;
  /** Whether this side had asked for it: by a quit, or because it sends or wants no more. */
  readonly asked: boolean;
  /** What was wrong with this end; `undefined`: nothing. */
  readonly error: ClientError | undefined;
}

/** What is known of an end besides what was said. */
export interface EndFacts {
  /** What has gone wrong already. */
  readonly error: ClientError | undefined;
  /** Whether this side had half-closed or closed. */
  readonly closed: boolean;
}

/** Says how a conversation ended whose stream is over. */
export function endingOf(conversation: Conversation<unknown>, { error: failed, closed }: EndFacts): Ending {
  const { bye, owed: unanswered, welcomed, heard, hasQuit } = conversation;
  const isUnheard = !heard && bye === undefined;
  const error = failed ?? (isUnheard ? unheardError(unanswered) : endError(bye, unanswered, welcomed));
  return { bye, unanswered, asked: closed || hasQuit, error };
}

/** `1 line`, `2 lines`. */
export function countLines(count: number): string {
  return count === 1 ? '1 line' : `${count} lines`;
}

/** For lines whose answers did not come although the stream ended in good order. */
export function unansweredError(unanswered: number, bye: string | undefined): ClientError {
  const reason = bye === undefined ? '' : ` and said ${excerpt(bye)}`;
  const text = `Cannot have ${countLines(unanswered)} answered: the server ended the connection${reason}`;
  return new ClientError('UNANSWERED', text);
}

/** A server that ended the connection and had said nothing. */
function unheardError(unanswered: number): ClientError {
  const act = unanswered === 0 ? 'go on' : `have ${countLines(unanswered)} answered`;
  const state = 'the server ended the connection and said nothing. Perhaps it speaks TLS: pass --tls';
  return new ClientError('UNANSWERED', `Cannot ${act}: ${state}`);
}

/** For an error of the socket. */
export function cutError(cause: DialFailure): ClientError {
  const refused = refusedBySsl(cause);
  if (refused !== undefined) return new ClientError('DENIED', `Cannot come in: ${refused}`, { cause });
  const reset = cause.code === 'ECONNRESET' || cause.code === 'EPIPE';
  const state = reset ? 'the server reset the connection' : cause.message;
  return new ClientError('CUT', `Cannot go on: ${state}`, { cause });
}

function endError(bye: string | undefined, unanswered: number, welcomed: boolean): ClientError | undefined {
  if (welcomed && bye === undefined) {
    const owed = unanswered === 0 ? '' : `, and ${countLines(unanswered)} had no answer`;
    return new ClientError('CUT', `Cannot go on: the server's stream ended without * BYE${owed}`);
  }
  return unanswered === 0 ? undefined : unansweredError(unanswered, bye);
}
