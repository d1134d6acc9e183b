import { formatFault, type FrameFault } from '@proto/codec';
import { ERROR_CODES, type ErrorCode, parse, type Refusal, refuse } from '@proto/protocol';
import { needlessToken, withoutToken } from '../../door/gate.ts';
import type { Counts } from '../../events/counts.ts';
import type { Senders } from '../../events/senders.ts';
import type { Telling } from '../../events/telling.ts';
import type { Client, RoomRecord } from '../../room/records.ts';
import { lineEnds } from '../../room/line-ends.ts';
import type { Charges } from './charges.ts';
import type { Lines } from './input.ts';
import { costOf } from './command-cost.ts';
import type { Session } from '../session.ts';

export interface IntakeOptions {
  readonly counts: Counts;
  readonly telling: Telling;
  readonly senders: Senders;
  readonly maxErrors: number;
  readonly append: (record: RoomRecord) => void;
  /** Answers lines in one piece, if that is all that follows from them. False: append the record. */
  readonly answer: (session: Session, text: string, lines: number) => boolean;
  /** A session was read. */
  readonly heard: (session: Session) => void;
  /** The client has made too many faults. It is closed once what it sent before is served. */
  readonly tooManyErrors: (session: Session) => void;
  /** How many are in the room of a client. */
  readonly present: (client: Client) => number;
  /** Clients have to send a token, and those that get this far have. */
  readonly isGated: () => boolean;
  /** If clients may cause only so much. */
  readonly charges: Charges | undefined;
}

/** Makes records of what clients send. Counts faults, and charges for commands. */
export class Intake {
  readonly #options: IntakeOptions;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Lines that are plain messages. */
  run(session: Session, { text, count: lines }: Lines): void {
    const { counts, telling, append, answer, charges } = this.#options;
    const { client } = session;
    const isOne = lines === 1;
    const bytes = isOne ? text.length - 1 : text.length;
    this.#heard(session);
    session.lines = 'good';
    const forEach = charges?.forEach(bytes, lines) ?? 0;
    session.accepted(lines, bytes, forEach);
    counts.linesIn += lines;
    if (telling.wants('line')) this.#tellLines(session, text);
    if (charges) session.caused(charges.ofMessages(client, forEach));
    if (answer(session, text, lines)) return;
    if (isOne) append({ type: 'line', client, text: text.slice(0, bytes), to: undefined });
    else append({ type: 'lines', client, text, count: lines });
  }

  /** A line, or what is wrong with it. */
  frame(session: Session, frame: string | FrameFault): void {
    const { counts, append, present, isGated, charges } = this.#options;
    const { client } = session;
    this.#heard(session);
    counts.linesIn++;
    if (typeof frame !== 'string') {
      counts.malformed++;
      if (session.lines === 'none') session.lines = 'stranger';
      return this.#refuse(session, refuse(errorCode(frame), errorText(frame)));
    }
    this.#tellLine(session, withoutToken(frame));
    const parsed = parse(frame);
    if (parsed.kind === 'refusal') return this.#refuse(session, parsed);
    if (parsed.kind === 'message') {
      session.lines = 'good';
      const forEach = charges?.forEach(parsed.text.length, 1, parsed.to) ?? 0;
      session.accepted(1, frame.length, forEach);
      if (charges) session.caused(charges.ofMessages(client, forEach));
      return append({ type: 'line', client, text: parsed.text, to: parsed.to });
    }
    if (parsed.verb === 'auth') return this.#refuse(session, needlessToken(isGated()));
    if (parsed.verb === 'quit') {
      session.ignoreInput();
      // Another protocol may contain the word: then it quits only for itself.
      if (session.lines === 'stranger') return append({ type: 'end', client, reason: parsed.reason });
    }
    session.lines = 'good';
    session.spend(costOf(parsed, present(client)));
    if (charges) {
      const { lines, forEach } = session.waiting;
      session.caused(charges.ofCommand(client, parsed, forEach), Math.max(1, lines));
    }
    append({ type: 'command', client, command: parsed });
  }

  #heard(session: Session): void {
    this.#options.heard(session);
    this.#options.senders.heard(session.client);
  }

  #tellLines(session: Session, text: string): void {
    let from = 0;
    for (const end of lineEnds(text)) {
      this.#tellLine(session, text.slice(from, end));
      from = end + 1;
    }
  }

  #tellLine({ place }: Session, text: string): void {
    const { telling } = this.#options;
    if (place === undefined || !telling.wants('line')) return;
    const { client, room, seat } = place;
    telling.tell('line', { client, room, seat, text });
  }

  #refuse(session: Session, { code, text }: Refusal): void {
    const { maxErrors, telling, append, tooManyErrors } = this.#options;
    const { client, place } = session;
    session.faults++;
    if (place) telling.tell('fault', { ...place, code, text });
    append({ type: 'fault', client, code, text });
    if (session.faults < maxErrors) return;
    session.ignoreInput();
    tooManyErrors(session);
    const last = `Too many errors: ${maxErrors} of your lines were at fault. Closing`;
    append({ type: 'fault', client, code: 'TOO_MANY_ERRORS', text: last });
    append({ type: 'end', client, reason: 'too many errors' });
  }
}

/** For people. A client can't choose the charset, so it isn't told how to allow a byte. */
function errorText(fault: FrameFault): string {
  const withoutCharset = { ...fault, charset: undefined };
  return formatFault(withoutCharset);
}

/** The wire code of a codec fault: the same. */
function errorCode({ code }: FrameFault): ErrorCode {
  return code in ERROR_CODES ? (code as ErrorCode) : 'FRAME_BAD_BYTE';
}
