import { ERROR_CODES, type ErrorCode, parse, parseServerLine } from '@proto/protocol';
import type { PersonRow, WatchSettings } from '@proto/watch';
import type { Piece } from '@proto/xray';
import type { ClientFact, LineFact, PieceFact } from './shapes.ts';
import { keep } from './sorted.ts';

/** How many lines are kept for one client. */
export const MOST_LINES = 2_000;

/** An answer follows its line within this time once nothing waits, or it was left out. In milliseconds. */
const ANSWER_MS = 1_000;

/** Lines of one client that have no turn yet, and lines that have no answer yet. */
interface Queues {
  readonly unserved: LineFact[];
  readonly unanswered: LineFact[];
  /** Lines that cannot be matched, because bytes are missing. The server says how many of them wait. */
  readonly unmatched: LineFact[];
  isBlurred: boolean;
}

/** Which line got which turn and which answer: both come in the order of a client's lines. */
export class Waiting {
  readonly #settings: WatchSettings;
  readonly #queues = new Map<number, Queues>();

  constructor(settings: WatchSettings) {
    this.#settings = settings;
  }

  /** A frame was read completely. */
  read(
    client: ClientFact,
    piece: Piece,
    { id, born, t, chunk }: { id: number; born: number; t: number; chunk: number },
  ): PieceFact {
    const { kind, fault } = kindOf(piece);
    const { c } = client;
    const { frame, text, begunIn } = piece;
    const line: LineFact = { id, c, frame, text, kind, fault, born, t, chunk, begunIn };
    keep(client.lines, line, MOST_LINES);
    const { unserved, unanswered, unmatched, isBlurred } = this.#of(c);
    if (kind === 'message' && !isBlurred) keep(unserved, line, MOST_LINES);
    if (kind !== 'command') keep(isBlurred ? unmatched : unanswered, line, MOST_LINES);
    return { ...piece, line, role: kind === 'message' ? 'line' : kind };
  }

  /** A frame was written completely. */
  wrote(client: ClientFact, piece: Piece, t: number): PieceFact {
    const said = this.#said(piece.text);
    if (said.isBye) client.byeAt = t;
    if (!said.isAnswer) return { ...piece, role: 'event', line: undefined };
    const { unserved, unanswered } = this.#of(client.c);
    const line = unanswered.shift();
    if (line !== undefined) {
      line.answer = said.text;
      line.answeredAt = t;
      // Turns can be left out of the messages. A line with an answer already got its turn.
      while (unserved[0] !== undefined && unserved[0].id <= line.id) unserved.shift();
    }
    if (line === undefined || line.id > 0) return { ...piece, role: 'answer', line };
    if (!/^(?:\* )?ERR /.test(said.text)) keep(client.early, { t }, MOST_LINES);
    if ((unanswered[0]?.id ?? 1) > 0) endBlur(client, t);
    return { ...piece, role: 'answer', line: undefined };
  }

  /** A turn was served: it belongs to the first line of this client without a turn. */
  serve(c: number, n: number, t: number): LineFact | undefined {
    const line = this.#queues.get(c)?.unserved.shift();
    if (line === undefined || line.id <= 0) return undefined;
    line.turn = n;
    line.servedAt = t;
    return line;
  }

  /** Some bytes were not seen, so answers can no longer be matched to lines. */
  blur(client: ClientFact, t: number): void {
    const queues = this.#of(client.c);
    const { unserved, unanswered, unmatched } = queues;
    unmatched.push(...unanswered);
    unserved.length = unanswered.length = 0;
    queues.isBlurred = true;
    beginBlur(client, t);
  }

  /**
   * What the server says about a client whose bytes are seen from here on. Its lines that wait already come first: each
   * of them takes an answer, and a turn.
   */
  meet(client: ClientFact, row: PersonRow, t: number): void {
    client.metAt = t;
    const queues = this.#of(client.c);
    const { unserved, unanswered, unmatched } = queues;
    queues.isBlurred = false;
    settle(unmatched, row.waiting, t);
    // Some of what waits here is not counted in `waiting`: bytes that are not lines yet, and answers that are not written.
    if (unmatched.length > 0 || row.paused || row.outbox > 0) return this.blur(client, t);
    unserved.length = unanswered.length = 0;
    if (row.waiting === 0) return;
    beginBlur(client, t);
    const { c } = client;
    for (let id = 1 - row.waiting; id <= 0; id++) unanswered.push({ ...UNSEEN, id, c, born: t, t });
    // The turn of a line that the handler has was served before.
    unserved.push(...unanswered.slice(row.handlingMs === undefined ? 0 : 1));
  }

  /** What the server says about a client later. */
  heard(client: ClientFact, { waiting, outbox, paused }: PersonRow, t: number): void {
    // What a server that does not read has got already is not yet in its counts.
    if (!paused) settle(this.#of(client.c).unmatched, waiting, t);
    if (waiting === 0 && outbox === 0) this.#focus(client, t);
  }

  /**
   * The server says that no line of this client waits, and nothing for it is unsent. Answers can be matched again from
   * here on. The answers to lines read a while ago were left out.
   */
  #focus(client: ClientFact, t: number): void {
    endBlur(client, t);
    const queues = this.#of(client.c);
    queues.isBlurred = false;
    const { unserved, unanswered, unmatched } = queues;
    settle(unmatched, 0, t);
    const isOver = ({ id, t: read }: LineFact): boolean => id <= 0 || read <= t - ANSWER_MS;
    for (let line = unanswered[0]; line !== undefined && isOver(line); line = unanswered[0]) {
      line.blurredAt = t;
      unanswered.shift();
      while (unserved[0] !== undefined && unserved[0].id <= line.id) unserved.shift();
    }
  }

  /** The connection is gone: unanswered lines get no answer. */
  lose(c: number, t: number): void {
    const queues = this.#queues.get(c);
    for (const line of queues?.unanswered ?? []) line.lostAt = t;
    settle(queues?.unmatched ?? [], 0, t);
    this.forget(c);
  }

  forget(c: number): void {
    this.#queues.delete(c);
  }

  #of(c: number): Queues {
    const known = this.#queues.get(c) ?? { unserved: [], unanswered: [], unmatched: [], isBlurred: false };
    this.#queues.set(c, known);
    return known;
  }

  /** Whether a line from the server is an answer. Without events it says everything as bare text. */
  #said(text: string): { readonly isAnswer: boolean; readonly isBye: boolean; readonly text: string } {
    if (this.#settings.events === 'off') {
      const isNotice = isCodeOf(/^ERR (\w+)/.exec(text)?.[1], 'notice');
      return { isAnswer: this.#settings.deliver === 'sender' && !isNotice, isBye: false, text };
    }
    const said = parseServerLine(text);
    if (said?.kind === 'reply') return { isAnswer: true, isBye: false, text: said.text };
    const event = said?.event;
    const isAnswer = event?.verb === 'OK' || (event?.verb === 'ERR' && isCodeOf(event.code, 'answer'));
    return { isAnswer, isBye: event?.verb === 'BYE', text };
  }
}

/** A line that came before its client's bytes were seen. Its number is not above 0. */
export const UNSEEN = {
  frame: 0,
  text: '',
  kind: 'message',
  fault: undefined,
  chunk: 0,
  begunIn: 0,
} as const;

/** Of the lines that cannot be matched, all but the last that wait are done. */
function settle(unmatched: LineFact[], waiting: number, t: number): void {
  for (const line of unmatched.splice(0, Math.max(0, unmatched.length - waiting))) line.blurredAt = t;
}

function beginBlur({ blurs }: ClientFact, t: number): void {
  if (blurs.at(-1)?.to !== Infinity) blurs.push({ from: t, to: Infinity });
}

function endBlur({ blurs }: ClientFact, t: number): void {
  const blur = blurs.at(-1);
  if (blur?.to === Infinity) blur.to = t;
}

function isCodeOf(code: string | undefined, kind: 'answer' | 'notice'): boolean {
  return code !== undefined && ERROR_CODES[code as ErrorCode] === kind;
}

/** What kind of frame a client sent. */
function kindOf(piece: Piece): Pick<LineFact, 'kind' | 'fault'> {
  if (piece.fault !== undefined) return { kind: 'fault', fault: piece.fault };
  // Its beginning was not seen: most lines are messages.
  if (piece.begunIn === 0) return { kind: 'message', fault: undefined };
  const parsed = parse(piece.text);
  if (parsed.kind === 'message' || parsed.kind === 'command') return { kind: parsed.kind, fault: undefined };
  return { kind: isCodeOf(parsed.code, 'answer') ? 'fault' : 'command', fault: parsed.code };
}
