import { escape } from '@proto/xray';
import { ClientError } from '../dial/client-error.ts';
import { denialOf } from '../library/conversation.ts';
import { numberText, secondsText } from './figures/number-text.ts';
import type { Greeting, Waiting } from './lines/answer-check.ts';

/** How much of a line of the server is quoted. */
const QUOTE_CHARS = 160;

/** What the server said, as a cause: the line, quoted and escaped. */
export function saidText(line: string): string {
  const more = line.length > QUOTE_CHARS ? '...' : '';
  return `the server said "${escape(line.slice(0, QUOTE_CHARS))}${more}"`;
}

/** For a client that the server did not let in. */
export function refusal(code: string, text: string): ClientError {
  const denial = denialOf(code);
  if (denial !== undefined) return denial;
  return new ClientError('REFUSED', `Cannot get in: ${saidText(`* ERR ${code} ${text}`)}`, { answer: code });
}

/** For a run whose clients are too few for the room. `clients`: how many it has. */
export function tooFew(have: number, want: number, clients: number): ClientError {
  const needed = clients + want - have;
  const text = `Cannot send: the server waits for ${numberText(want)} clients; ${areHere(have)}`;
  const advice = `Give --clients ${needed}, or start the server with --clients ${clients}`;
  return new ClientError('UNANSWERED', `${text}. ${advice}`);
}

/** For a stream that the server ended before us, without a reason. `advice`: what to do about one that doesn't greet. */
export function endedEarly(
  isGreeted: boolean,
  { greeting, advice }: { readonly greeting: Greeting; readonly advice: string },
): ClientError {
  if (!isGreeted) {
    const text = `Cannot talk to this server: it ended the connection before * WELCOME. ${advice}`;
    return new ClientError('NOT_OURS', text);
  }
  const how = greeting === 'none' ? '' : ' without * BYE';
  return new ClientError('CUT', `Cannot go on: the server's stream ended${how}`);
}

/** Why lines are given up. */
export function silence(timeoutMs: number, waiting: Waiting | undefined): string {
  const after = timeoutMs < 1000 ? `${timeoutMs} ms` : secondsText(timeoutMs);
  const last = waiting === undefined ? '' : `. The last thing the server said: it ${waitingText(waiting)}`;
  return `no answer within ${after}${last}`;
}

function waitingText(waiting: Waiting): string {
  if (waiting.kind === 'turn') return `waits for a line of client ${numberText(waiting.seat)}`;
  return `waits for ${numberText(waiting.want)} clients, and ${areHere(waiting.have)}`;
}

function areHere(count: number): string {
  return `${numberText(count)} ${count === 1 ? 'is' : 'are'} here`;
}
