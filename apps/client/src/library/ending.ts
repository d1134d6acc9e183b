import { count } from '@proto/protocol';
import { ClientError } from '../dial/client-error.ts';
import { type DialFailure, refusedBySsl } from '../dial/dial-failure.ts';
import type { Conversation } from './conversation.ts';
import { excerpt } from './excerpt.ts';

/** How a connection ended. */
export interface Ending {
  /** The reason in `* BYE`, if it came. */
  readonly bye: string | undefined;
  /** How many lines were unanswered when the stream ended. */
  readonly unanswered: number;
  /** Whether this side asked for it: by a quit, or by closing or half-closing. */
  readonly asked: boolean;
  /** What was wrong with this ending; `undefined`: nothing. */
  readonly error: ClientError | undefined;
}

/** What is known about an ending apart from the conversation. */
export interface EndFacts {
  /** What had already gone wrong. */
  readonly error: ClientError | undefined;
  /** Whether this side had half-closed or closed. */
  readonly closed: boolean;
}

/** Describes how a conversation ended once its stream is over. */
export function endingOf(conversation: Conversation<unknown>, { error: failed, closed }: EndFacts): Ending {
  const { bye, owed: unanswered, welcomed, heard, hasQuit } = conversation;
  const isUnheard = !heard && bye === undefined;
  const error = failed ?? (isUnheard ? unheardError(unanswered) : endError(bye, unanswered, welcomed));
  return { bye, unanswered, asked: closed || hasQuit, error };
}

/** For lines without an answer although the stream ended in order. */
export function unansweredError(unanswered: number, bye: string | undefined): ClientError {
  const reason = bye === undefined ? '' : ` and said ${excerpt(bye)}`;
  const text = `Cannot get ${count(unanswered, 'line')} answered: the server ended the connection${reason}`;
  return new ClientError('UNANSWERED', text);
}

/** For a server that ended the connection without having said anything. */
function unheardError(unanswered: number): ClientError {
  const act = unanswered === 0 ? 'go on' : `get ${count(unanswered, 'line')} answered`;
  const state = 'the server ended the connection without a word. If it speaks TLS, pass --tls';
  return new ClientError('UNANSWERED', `Cannot ${act}: ${state}`);
}

/** For an error of the socket. */
export function cutError(cause: DialFailure): ClientError {
  const refused = refusedBySsl(cause);
  if (refused !== undefined) return new ClientError('DENIED', `Cannot get in: ${refused}`, { cause });
  const reset = cause.code === 'ECONNRESET' || cause.code === 'EPIPE';
  const state = reset ? 'the server reset the connection' : cause.message;
  return new ClientError('CUT', `Cannot go on: ${state}`, { cause });
}

function endError(bye: string | undefined, unanswered: number, welcomed: boolean): ClientError | undefined {
  if (welcomed && bye === undefined) {
    const owed = unanswered === 0 ? '' : `, and ${count(unanswered, 'line')} had no answer`;
    return new ClientError('CUT', `Cannot go on: the server's stream ended without * BYE${owed}`);
  }
  return unanswered === 0 ? undefined : unansweredError(unanswered, bye);
}
