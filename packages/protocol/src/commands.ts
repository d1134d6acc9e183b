import { type Refusal, refuse } from './codes.ts';
import { isName, isRoomName, NAME_SHAPE, ROOM_SHAPE } from './names.ts';
import { nearest } from './nearest.ts';

/** `text` that is queued and served in turn. `to`: a seat number or a name, if the line began with `/to`. */
export interface Message {
  readonly kind: 'message';
  readonly text: string;
  readonly to?: string;
}

/**
 * Something that takes effect at once and never waits for a turn.
 *
 * `verb`: in lower case. `reason`: for people; `quit` if the client gave none. `name`, `room`: checked, 1 to 32 characters. `text`: what `* PONG`
 * repeats, possibly empty. `token`: as the client wrote it, not checked.
 */
export type Command =
  | { readonly kind: 'command'; readonly verb: 'quit'; readonly reason: string }
  | { readonly kind: 'command'; readonly verb: 'pass' | 'who' | 'room' | 'help' }
  | { readonly kind: 'command'; readonly verb: 'name'; readonly name: string }
  | { readonly kind: 'command'; readonly verb: 'join'; readonly room: string }
  | { readonly kind: 'command'; readonly verb: 'ping'; readonly text: string }
  | { readonly kind: 'command'; readonly verb: 'auth'; readonly token: string };

/** One row of the command table. `/help` shows it, and a terminal completes from it. */
export interface CommandHelp {
  /** In lower case, without its slash. */
  readonly verb: string;
  /** The line to type; what is in capitals stands for an argument. */
  readonly usage: string;
  /** What the command does, in a few words, without a full stop. */
  readonly does: string;
}

/** Every `/verb` a client can send, in the order `/help` lists them. */
export const COMMANDS: readonly CommandHelp[] = [
  { verb: 'to', usage: '/to SEAT|NAME text', does: 'send text to one client' },
  { verb: 'pass', usage: '/pass', does: 'give up your turn' },
  { verb: 'who', usage: '/who', does: 'list who is here, starting with whose turn it is' },
  { verb: 'room', usage: '/room', does: 'say how this room takes turns, and whom a quit closes' },
  { verb: 'name', usage: '/name NAME', does: 'take the name NAME' },
  { verb: 'join', usage: '/join ROOM', does: 'move to another room' },
  { verb: 'ping', usage: '/ping [text]', does: 'get an answer at once' },
  { verb: 'auth', usage: '/auth TOKEN', does: 'show the token, if the server asks for one' },
  { verb: 'quit', usage: '/quit [reason]', does: 'quit; the line quit does the same' },
  { verb: 'help', usage: '/help', does: 'show this list; to send the line /text, type //text' },
];

/** How much of a peer's text an error text quotes. */
const QUOTED_CHARS = 16;

/**
 * Parses one line as a message or a command, or says what is wrong with it.
 *
 * Shape:  `/verb [SP arguments]`, verb in any case; arguments are kept byte for byte. `//text` is the message `/text`;
 *         `quit` alone, in any case, is a quit; every other line is a message, even the empty one.
 * Units:  one line without its terminator, checked by the decoder to contain only HT and 0x20 to 0x7E.
 * Errors: as data, never thrown. The codes are those sent after `* ERR`.
 * Source: docs/protocol.md, "From client to server".
 *
 * @example
 * ```ts
 * import { parse } from '@proto/protocol';
 *
 * console.log(parse('hello')); // { kind: 'message', text: 'hello' }
 * console.log(parse('/join side')); // { kind: 'command', verb: 'join', room: 'side' }
 * console.log(parse('//join')); // { kind: 'message', text: '/join' }
 * ```
 */
export function parse(line: string): Message | Command | Refusal {
  if (line.charCodeAt(0) !== 0x2f) {
    if (line.length === 4 && line.toLowerCase() === 'quit')
      return { kind: 'command', verb: 'quit', reason: 'quit' };
    return { kind: 'message', text: line };
  }
  if (line.charCodeAt(1) === 0x2f) return { kind: 'message', text: line.slice(1) };
  const [verb, rest] = cutAtSpace(line.slice(1));
  switch (verb.toLowerCase()) {
    case 'to':
      return parseTo(rest);
    case 'quit':
      return { kind: 'command', verb: 'quit', reason: rest || 'quit' };
    case 'pass':
      return { kind: 'command', verb: 'pass' };
    case 'who':
      return { kind: 'command', verb: 'who' };
    case 'room':
      return { kind: 'command', verb: 'room' };
    case 'help':
      return { kind: 'command', verb: 'help' };
    case 'ping':
      return { kind: 'command', verb: 'ping', text: rest };
    case 'auth':
      return { kind: 'command', verb: 'auth', token: rest };
    case 'name':
      if (isName(rest)) return { kind: 'command', verb: 'name', name: rest };
      return refuse('BAD_ARGUMENT', `Cannot take the name ${quote(rest)}: expected ${NAME_SHAPE}`);
    case 'join':
      if (isRoomName(rest)) return { kind: 'command', verb: 'join', room: rest };
      return refuse('BAD_ARGUMENT', `Cannot join room ${quote(rest)}: expected ${ROOM_SHAPE}`);
    default:
      return refuse('UNKNOWN_COMMAND', unknown(verb));
  }
}

function unknown(verb: string): string {
  // A token follows, though not after a space. Don't quote it.
  const isToken = /^auth\b/i.test(verb);
  const verbs = COMMANDS.map((command) => `/${command.verb}`);
  const meant = isToken ? '' : nearest(`/${verb.toLowerCase()}`, verbs, '/');
  return `Cannot run ${quote(isToken ? '/auth' : `/${verb}`)}: no such command.${meant} See /help, or send //text`;
}

/**
 * Whether the line from `from` to `to` in `text` is a message as it stands, and, as a reply, goes out as it stands:
 * `parse` and `formatReply` would change nothing. Useful if you handle many lines at once.
 */
export function isPlainMessage(text: string, from: number, to: number): boolean {
  const first = text.charCodeAt(from);
  if (first === 0x2f || first === 0x2a) return from === to;
  return to - from !== 4 || text.slice(from, to).toLowerCase() !== 'quit';
}

function parseTo(rest: string): Message | Refusal {
  const [to, text] = cutAtSpace(rest);
  if (to !== '' && to.length < rest.length) return { kind: 'message', text, to };
  return refuse('MESSAGE_MALFORMED', `Cannot send to ${quote(to)}: expected /to SEAT text`);
}

/** The text before the first space, and the text after it. */
function cutAtSpace(text: string): [string, string] {
  const at = text.indexOf(' ');
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function quote(text: string): string {
  if (text === '') return '(none)';
  return text.length > QUOTED_CHARS ? `"${text.slice(0, QUOTED_CHARS)}..."` : `"${text}"`;
}
