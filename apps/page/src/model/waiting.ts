import { ERROR_CODES, type ErrorCode, parse, parseServerLine } from '@proto/protocol';
import type { WatchSettings } from '@proto/watch';
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
    const isBlurred = client.blurs.at(-1)?.to === Infinity;
    if (isBlurred) line.blurredAt = t;
    else {
      const { unserved, unanswered } = this.#of(c);
      if (kind === 'message') keep(unserved, line, MOST_LINES);
      if (kind !== 'command') keep(unanswered, line, MOST_LINES);
    }
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
    return { ...piece, role: 'answer', line };
  }

  /** A turn was served: it belongs to the first line of this client without a turn. */
  serve(c: number, n: number, t: number): LineFact | undefined {
    const line = this.#queues.get(c)?.unserved.shift();
    if (line === undefined) return undefined;
    line.turn = n;
    line.servedAt = t;
    return line;
  }

  /** Some bytes were not seen, so answers can no longer be matched to lines. */
  blur(client: ClientFact, t: number): void {
    const { unserved, unanswered } = this.#of(client.c);
    for (const line of unanswered) line.blurredAt = t;
    unserved.length = unanswered.length = 0;
    if (client.blurs.at(-1)?.to !== Infinity) client.blurs.push({ from: t, to: Infinity });
  }

  /**
   * The server says that no line of this client waits, and nothing for it is unsent. Answers can be matched again from
   * here on. The answers to lines read a while ago were left out.
   */
  focus(client: ClientFact, t: number): void {
    const blur = client.blurs.at(-1);
    if (blur !== undefined && blur.to === Infinity) blur.to = t;
    const { unserved, unanswered } = this.#of(client.c);
    for (let line = unanswered[0]; line !== undefined && line.t <= t - ANSWER_MS; line = unanswered[0]) {
      line.blurredAt = t;
      unanswered.shift();
      while (unserved[0] !== undefined && unserved[0].id <= line.id) unserved.shift();
    }
  }

  /** The connection is gone: unanswered lines get no answer. */
  lose(c: number, t: number): void {
    for (const line of this.#queues.get(c)?.unanswered ?? []) line.lostAt = t;
    this.forget(c);
  }

  forget(c: number): void {
    this.#queues.delete(c);
  }

  #of(c: number): Queues {
    const known = this.#queues.get(c) ?? { unserved: [], unanswered: [] };
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
