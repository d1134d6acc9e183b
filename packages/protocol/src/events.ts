import type { ErrorCode } from './codes.ts';

/** Version of the wire protocol. Sent in `* WELCOME`. */
export const PROTOCOL_VERSION = 1;

/**
 * What the server tells a client, apart from replies. One line each: `* ` VERB arguments.
 *
 * - `seat`: the client that the event is about, by its number in the room, from 1. In `QUIT`, `undefined` for a signal.
 * - `name`: `NO_NAME` for a client without one. `address`: host and port, or a path;
 *   `NO_ADDRESS` if the server shows none.
 * - `clients`, `want`: how many clients the room waits for before its first turn. `have`: how many are in it.
 * - `room`: its name. `version`: `PROTOCOL_VERSION` of the server.
 * - `queued`: lines of that client that wait. `listed`: clients that `WHO` named, of the `present` in the room.
 * - `order`: how the room takes turns. `quit`: whom a quit closes. `waiting`: how many lines wait in the room.
 * - `first`, `last`: the numbers of turns, counted from 1 in the room. `seats`: who was served in them, in order; of more
 *   than `TOLD_TURNS`, only the last ones.
 * - `code`: one of `ERROR_CODES`, or one of a newer server. `reason` and the `text` of `ERR`: for people.
 * - `text` elsewhere: the rest of the line, byte for byte.
 *
 * Source: docs/protocol.md, "From server to client".
 */
export type Event =
  | {
      readonly verb: 'WELCOME';
      readonly seat: number;
      readonly clients: number;
      readonly room: string;
      readonly version: number;
    }
  | {
      readonly verb: 'HERE';
      readonly seat: number;
      readonly name: string;
      readonly address: string;
      readonly queued: number;
    }
  | { readonly verb: 'OK' }
  | { readonly verb: 'JOIN'; readonly seat: number; readonly name: string; readonly address: string }
  | { readonly verb: 'LEAVE'; readonly seat: number; readonly reason: string }
  | { readonly verb: 'WAIT'; readonly have: number; readonly want: number }
  | { readonly verb: 'TURN'; readonly seat: number }
  | {
      readonly verb: 'TURNS';
      readonly first: number;
      readonly last: number;
      readonly seats: readonly number[];
    }
  | { readonly verb: 'MSG'; readonly seat: number; readonly text: string }
  | { readonly verb: 'SAY'; readonly text: string }
  | { readonly verb: 'SKIP'; readonly seat: number; readonly reason: string }
  | {
      readonly verb: 'WHO';
      readonly seat: number;
      readonly name: string;
      readonly address: string;
      readonly queued: number;
    }
  | { readonly verb: 'END'; readonly listed: number; readonly present: number }
  | {
      readonly verb: 'ROOM';
      readonly room: string;
      readonly order: 'strict' | 'fair' | 'free' | (string & {});
      readonly quit: 'all' | 'room' | 'self' | (string & {});
      readonly have: number;
      readonly want: number;
      readonly waiting: number;
    }
  | { readonly verb: 'PONG'; readonly text: string }
  | { readonly verb: 'HELP'; readonly text: string }
  | { readonly verb: 'NAME'; readonly seat: number; readonly name: string }
  | { readonly verb: 'ERR'; readonly code: ErrorCode | (string & {}); readonly text: string }
  | { readonly verb: 'QUIT'; readonly seat: number | undefined; readonly reason: string }
  | { readonly verb: 'BYE'; readonly reason: string };

/** The name shown for a client without one. */
export const NO_NAME = '-';

/** What stands for an address that the server doesn't show. */
export const NO_ADDRESS = '-';

/** A line from the server: the reply to the client's own message, with its `text` as the handler made it, or an `event`. */
export type ServerLine =
  | { readonly kind: 'reply'; readonly text: string }
  | { readonly kind: 'event'; readonly event: Event };

/** `numbers`: one or more, with commas between. `seat`: a number, or `-` for none. */
type Shape = 'number' | 'numbers' | 'word' | 'text' | 'literal' | 'seat';

/** How an argument is written on the wire. `text` is the rest of the line. */
const SHAPES = {
  WELCOME: { seat: 'number', clients: 'number', room: 'word', version: 'number' },
  HERE: { seat: 'number', name: 'word', address: 'word', queued: 'number' },
  OK: {},
  JOIN: { seat: 'number', name: 'word', address: 'word' },
  LEAVE: { seat: 'number', reason: 'text' },
  WAIT: { have: 'number', want: 'number' },
  TURN: { seat: 'number' },
  TURNS: { first: 'number', last: 'number', seats: 'numbers' },
  MSG: { seat: 'number', text: 'text' },
  SAY: { text: 'text' },
  SKIP: { seat: 'number', reason: 'text' },
  WHO: { seat: 'number', name: 'word', address: 'word', queued: 'number' },
  END: { listed: 'number', of: 'literal', present: 'number' },
  ROOM: { room: 'word', order: 'word', quit: 'word', have: 'number', want: 'number', waiting: 'number' },
  PONG: { text: 'text' },
  HELP: { text: 'text' },
  NAME: { seat: 'number', name: 'word' },
  ERR: { code: 'word', text: 'text' },
  QUIT: { seat: 'seat', reason: 'text' },
  BYE: { reason: 'text' },
} as const satisfies Record<Event['verb'], Record<string, Shape>>;

/** Every verb that can follow `* `. */
export const EVENT_VERBS: readonly Event['verb'][] = Object.keys(SHAPES) as Event['verb'][];

/**
 * Writes an event as one line, without its terminator.
 *
 * Shape: `* VERB argument ...`; a text argument is the rest of the line, kept byte for byte.
 *
 * @example
 * ```ts
 * import { formatEvent } from '@proto/protocol';
 *
 * console.log(formatEvent({ verb: 'MSG', seat: 2, text: 'hello' })); // * MSG 2 hello
 * ```
 */
export function formatEvent(event: Event): string {
  let line = `* ${event.verb}`;
  const values = event as unknown as Record<string, string | number | undefined>;
  for (const [name, shape] of Object.entries(SHAPES[event.verb])) {
    line += shape === 'literal' ? ` ${name}` : ` ${values[name] ?? '-'}`;
  }
  return line;
}

/** Writes a reply as one line. Text that begins with `*` gets another one, so that it is never taken for an event. */
export function formatReply(text: string): string {
  return text.charCodeAt(0) === 0x2a ? `*${text}` : text;
}

/**
 * Parses a line from a server that sends events: the inverse of `formatEvent` and `formatReply`.
 *
 * Errors: none. A line that begins with `* ` but isn't an event of this version gives `undefined`. Show it or ignore
 *         it: a newer server may have more verbs.
 *
 * @example
 * ```ts
 * import { parseServerLine } from '@proto/protocol';
 *
 * console.log(parseServerLine('* TURN 2')); // { kind: 'event', event: { verb: 'TURN', seat: 2 } }
 * console.log(parseServerLine('**bold')); // { kind: 'reply', text: '*bold' }
 * ```
 */
export function parseServerLine(line: string): ServerLine | undefined {
  if (line.charCodeAt(0) !== 0x2a) return { kind: 'reply', text: line };
  if (line.charCodeAt(1) === 0x2a) return { kind: 'reply', text: line.slice(1) };
  const event = parseEvent(line);
  return event && { kind: 'event', event };
}

function parseEvent(line: string): Event | undefined {
  const words = /^\* ([A-Z]+)(?: (.*))?$/s.exec(line);
  const verb = words?.[1];
  if (verb === undefined || !Object.hasOwn(SHAPES, verb)) return undefined;
  const event: Record<string, Argument> = { verb };
  let rest: string | undefined = words?.[2];
  for (const [name, shape] of Object.entries(SHAPES[verb as Event['verb']])) {
    if (rest === undefined) return undefined;
    if (shape === 'text') {
      event[name] = rest;
      rest = undefined;
      continue;
    }
    const at: number = rest.indexOf(' ');
    const word: string = at === -1 ? rest : rest.slice(0, at);
    rest = at === -1 ? undefined : rest.slice(at + 1);
    if (shape === 'literal' ? word !== name : word === '') return undefined;
    if (shape === 'literal') continue;
    const value = argument(shape, word);
    if (value === 'wrong') return undefined;
    event[name] = value.is;
  }
  return rest === undefined ? (event as unknown as Event) : undefined;
}

type Argument = string | number | readonly number[] | undefined;

/** What a word stands for as an argument of this shape. */
function argument(shape: Exclude<Shape, 'text' | 'literal'>, word: string): { is: Argument } | 'wrong' {
  if (shape === 'word') return { is: word };
  if (shape === 'seat' && word === '-') return { is: undefined };
  const pattern = shape === 'numbers' ? /^\d{1,15}(?:,\d{1,15})*$/ : /^\d{1,15}$/;
  if (!pattern.test(word)) return 'wrong';
  return { is: shape === 'numbers' ? word.split(',').map(Number) : Number(word) };
}
