import { count, ERROR_CODES, type ErrorCode } from '@proto/protocol';
import type { RoomRecord, RoomsCommand } from '../room/records.ts';
import { lineEnds } from '../room/line-ends.ts';
import { MOST_ENTRY_BYTES } from './log.ts';

/** The version of this format. A node that reads another one stops. */
export const ENTRY_FORMAT = 1;

/** One start of a node: its name, and a random part. Another start of the same node has another one. */
export type Incarnation = string;

/** What a node does that isn't done by its clients. */
export type NodeRecord =
  /** It's there. `options`: everything that decides outcomes, as JSON. */
  | { readonly type: 'up'; readonly name: string; readonly rules: number; readonly options: string }
  /** It's still there. `digest`: of the state after the first `position` entries. */
  | { readonly type: 'beat'; readonly position: number; readonly digest: number }
  /** From here on, nothing counts that this node appends. */
  | { readonly type: 'gone'; readonly node: Incarnation };

/** Records of one node that enter the log together. `seq`: how many entries of it came before. */
export interface LogEntry {
  readonly node: Incarnation;
  readonly seq: number;
  readonly records: readonly (RoomRecord | NodeRecord)[];
}

/** What an entry is that can't be read. */
export interface Damage {
  readonly text: string;
  /** The node that wrote it in another version of the format. */
  readonly other?: Incarnation;
}

/** The start of an entry. Records follow, each made by `writeRecord`. */
export function writeHead(node: Incarnation, seq: number): string {
  return `${ENTRY_FORMAT} ${node} ${seq}\n`;
}

/**
 * One record as text. Free text is counted, so nothing in it can end a record.
 *
 * Shape: a letter and its fields, separated by spaces; text as `length:text`; ends with LF. Client numbers are those of the node.
 */
export function writeRecord(record: RoomRecord | NodeRecord): string {
  switch (record.type) {
    case 'join':
      return `J ${record.client} ${counted(record.address)}\n`;
    case 'line':
      return record.to === undefined
        ? `L ${record.client} ${counted(record.text)}\n`
        : `T ${record.client} ${counted(record.to)} ${counted(record.text)}\n`;
    case 'lines':
      return `R ${record.client} ${counted(record.text)}\n`;
    case 'fault':
      return `F ${record.client} ${record.code} ${counted(record.text)}\n`;
    case 'command':
      return `C ${record.client} ${record.command.verb} ${counted(argumentOf(record.command))}\n`;
    case 'end':
      return `E ${record.client} ${counted(record.reason)}\n`;
    case 'leave':
      return `X ${record.client} ${counted(record.reason)}\n`;
    case 'skip':
      return `K ${record.client} ${record.turn} ${counted(record.reason)}\n`;
    case 'slow':
      return `S ${record.client} ${record.slow ? 1 : 0}\n`;
    case 'done':
      return `D ${record.client} ${record.ticket} ${writeResult(record.result)}\n`;
    case 'quit':
      return `Q ${record.client ?? '-'} ${counted(record.reason)}\n`;
    case 'hold':
      return `H ${record.on ? 1 : 0} ${counted(record.room)}\n`;
    case 'step':
      return `N ${record.turns} ${counted(record.room)}\n`;
    case 'kick':
      return `P ${record.whom} ${counted(record.reason)}\n`;
    case 'say':
      return `A ${counted(record.room ?? '')} ${counted(record.text)}\n`;
    case 'up':
      return `U ${record.rules} ${counted(record.name)} ${counted(record.options)}\n`;
    case 'beat':
      return `B ${record.position} ${record.digest}\n`;
    case 'gone':
      return `G ${counted(record.node)}\n`;
    default:
      throw new TypeError('Cannot write a tick: every entry is followed by those it needs');
  }
}

/**
 * Reads an entry.
 *
 * Errors: as data, for one that is damaged or in another version of the format.
 */
export function readEntry(text: string): LogEntry | Damage {
  const reader = new TextReader(text);
  try {
    const format = reader.whole();
    const node = reader.word();
    const seq = reader.whole();
    reader.end();
    // Every format begins alike, so a number alone is none.
    if (format !== ENTRY_FORMAT) {
      return { text: `it has format ${format}, and this release reads only ${ENTRY_FORMAT}`, other: node };
    }
    const records: (RoomRecord | NodeRecord)[] = [];
    while (!reader.isAtEnd) records.push(readRecord(reader));
    return { node, seq, records };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return { text: `it's damaged at character ${reader.at}: ${error.message}` };
  }
}

function readRecord(reader: TextReader): RoomRecord | NodeRecord {
  const record = fieldsOf(reader.word(), reader);
  reader.end();
  return record;
}

function fieldsOf(letter: string, reader: TextReader): RoomRecord | NodeRecord {
  switch (letter) {
    case 'J':
      return { type: 'join', client: reader.whole(), address: reader.text() };
    case 'L':
      return { type: 'line', client: reader.whole(), text: reader.text() };
    case 'T': {
      const client = reader.whole();
      const to = reader.text();
      return { type: 'line', client, text: reader.text(), to };
    }
    case 'R': {
      const client = reader.whole();
      const text = reader.text();
      const lines = lineEnds(text).length;
      if (!text.endsWith('\n')) throw new Unreadable('a run ends with LF');
      return { type: 'lines', client, text, count: lines };
    }
    case 'F': {
      const client = reader.whole();
      const code = reader.word();
      if (!Object.hasOwn(ERROR_CODES, code)) throw new Unreadable(`no error code is ${code.slice(0, 20)}`);
      return { type: 'fault', client, code: code as ErrorCode, text: reader.text() };
    }
    case 'C': {
      const client = reader.whole();
      return { type: 'command', client, command: commandOf(reader.word(), reader.text()) };
    }
    case 'E':
      return { type: 'end', client: reader.whole(), reason: reader.text() };
    case 'X':
      return { type: 'leave', client: reader.whole(), reason: reader.text() };
    case 'K':
      return { type: 'skip', client: reader.whole(), turn: reader.whole(), reason: reader.text() };
    case 'S':
      return { type: 'slow', client: reader.whole(), slow: reader.truth() };
    case 'D':
      return { type: 'done', client: reader.whole(), ticket: reader.whole(), result: readResult(reader) };
    case 'Q':
      return { type: 'quit', client: reader.maybeWhole(), reason: reader.text() };
    case 'H':
      return { type: 'hold', on: reader.truth(), room: reader.text() };
    case 'N':
      return { type: 'step', turns: reader.whole(), room: reader.text() };
    case 'P':
      return { type: 'kick', whom: reader.whole(), reason: reader.text() };
    case 'A': {
      const room = reader.text();
      return { type: 'say', room: room === '' ? undefined : room, text: reader.text() };
    }
    case 'U':
      return { type: 'up', rules: reader.whole(), name: reader.text(), options: reader.text() };
    case 'B':
      return { type: 'beat', position: reader.whole(), digest: reader.whole() };
    case 'G':
      return { type: 'gone', node: reader.text() };
    default:
      throw new Unreadable(`no record begins with ${JSON.stringify(letter.slice(0, 8))}`);
  }
}

function counted(text: string): string {
  return `${text.length}:${text}`;
}

type Result = Extract<RoomRecord, { type: 'done' }>['result'];

function writeResult(result: Result): string {
  if ('error' in result) return `E ${counted(result.error)}`;
  return result.text === undefined ? 'N' : `T ${counted(result.text)}`;
}

function readResult(reader: TextReader): Result {
  const kind = reader.word();
  if (kind === 'E') return { error: reader.text() };
  if (kind === 'T') return { text: reader.text() };
  if (kind === 'N') return { text: undefined };
  throw new Unreadable('a result is E, N or T');
}

function argumentOf(command: RoomsCommand): string {
  switch (command.verb) {
    case 'quit':
      return command.reason;
    case 'name':
      return command.name;
    case 'join':
      return command.room;
    case 'ping':
      return command.text;
    default:
      return '';
  }
}

function commandOf(verb: string, argument: string): RoomsCommand {
  const kind = 'command';
  switch (verb) {
    case 'quit':
      return { kind, verb, reason: argument };
    case 'name':
      return { kind, verb, name: argument };
    case 'join':
      return { kind, verb, room: argument };
    case 'ping':
      return { kind, verb, text: argument };
    case 'pass':
    case 'who':
    case 'room':
    case 'help':
      return { kind, verb };
    default:
      throw new Unreadable(`no command is ${JSON.stringify(verb.slice(0, 8))}`);
  }
}

/** What makes an entry unreadable. Never leaves this file. */
class Unreadable extends Error {}

/** Where an entry lies while its texts are copied from it. */
const scratch = Buffer.alloc(MOST_ENTRY_BYTES);

function bytesOf(text: string): Buffer {
  if (text.length > scratch.length) return Buffer.from(text, 'latin1');
  scratch.write(text, 'latin1');
  return scratch;
}

const DIGITS = /^(?:0|[1-9][0-9]{0,15})$/;

/** Reads the fields of an entry from left to right. */
class TextReader {
  readonly #text: string;
  readonly #bytes: Buffer;
  /** No field of the record was read. */
  #isAtStart = true;
  at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#bytes = bytesOf(text);
  }

  get isAtEnd(): boolean {
    return this.at === this.#text.length;
  }

  /** Up to the next space or LF. */
  word(): string {
    this.#skipSpace();
    const from = this.at;
    let at = from;
    for (let code = this.#text.charCodeAt(at); code > 0x20; code = this.#text.charCodeAt(++at));
    if (at === from) throw new Unreadable('a word is missing');
    this.at = at;
    return this.#text.slice(from, at);
  }

  whole(): number {
    return numberOf(this.word());
  }

  maybeWhole(): number | undefined {
    const word = this.word();
    return word === '-' ? undefined : numberOf(word);
  }

  truth(): boolean {
    const word = this.word();
    if (word !== '0' && word !== '1') throw new Unreadable('expected 0 or 1');
    return word === '1';
  }

  /** `length:text`. A copy: a slice would keep the whole entry in memory for as long as it is kept itself. */
  text(): string {
    this.#skipSpace();
    const colon = this.#text.indexOf(':', this.at);
    if (colon === -1 || colon - this.at > 16) throw new Unreadable('the length of a text is missing');
    const length = numberOf(this.#text.slice(this.at, colon));
    const end = colon + 1 + length;
    if (end > this.#text.length)
      throw new Unreadable(`${count(length, 'character is', 'characters are')} expected`);
    this.at = end;
    return this.#bytes.toString('latin1', colon + 1, end);
  }

  /** The LF after the last field. */
  end(): void {
    if (this.#text[this.at] !== '\n') throw new Unreadable('a line end is missing');
    this.at++;
    this.#isAtStart = true;
  }

  #skipSpace(): void {
    if (this.#isAtStart) {
      this.#isAtStart = false;
      return;
    }
    if (this.#text[this.at] !== ' ') throw new Unreadable('a space is missing');
    this.at++;
  }
}

function numberOf(word: string): number {
  const number = DIGITS.test(word) ? Number(word) : Number.NaN;
  if (!Number.isSafeInteger(number))
    throw new Unreadable(`${JSON.stringify(word.slice(0, 20))} is not a number`);
  return number;
}
