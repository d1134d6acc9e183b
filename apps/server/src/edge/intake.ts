import { formatFault, type FrameFault, type Run } from '@proto/codec';
import { ERROR_CODES, type ErrorCode, parse, type Refusal, refuse } from '@proto/protocol';
import { needlessToken, withoutToken } from '../door/gate.ts';
import type { Counts } from '../events/counts.ts';
import type { RoomRecord } from '../room/records.ts';
import { costOf } from './command-cost.ts';
import type { Session } from './session.ts';

/** What an intake tells and asks. */
export interface IntakeOwner {
  readonly counts: Counts;
  readonly maxErrors: number;
  append(record: RoomRecord): void;
  /** A session was read. */
  heard(session: Session): void;
  /** A line, as the client wrote it; without a token. */
  line(session: Session, text: string): void;
  /** Whether `line` does anything. */
  wantsLines(): boolean;
  fault(session: Session, code: ErrorCode, text: string): void;
  /** The client has been at fault too often: it is closed once what it sent before is served. */
  tooManyErrors(session: Session): void;
  /** How many are in the room of a client. */
  present(session: Session): number;
  /** Clients have to show a token, and this one has. */
  isGated(): boolean;
}

/** Makes records of what clients send: counts faults, and has commands paid for. */
export class Intake {
  readonly #owner: IntakeOwner;

  constructor(owner: IntakeOwner) {
    this.#owner = owner;
  }

  /** Lines that are messages and nothing else. */
  run(session: Session, { text, ends }: Run): void {
    this.#owner.heard(session);
    session.lines = 'good';
    session.accepted(ends.length);
    this.#owner.counts.linesIn += ends.length;
    this.#owner.append({ type: 'lines', client: session.client, text, ends });
  }

  /** A line, or what was wrong with it. */
  frame(session: Session, frame: string | FrameFault): void {
    const { client } = session;
    this.#owner.heard(session);
    this.#owner.counts.linesIn++;
    if (typeof frame !== 'string') {
      if (session.lines === 'none') session.lines = 'stranger';
      return this.#refuse(session, refuse(errorCode(frame), formatFault(frame)));
    }
    if (this.#owner.wantsLines()) this.#owner.line(session, withoutToken(frame));
    const parsed = parse(frame);
    if (parsed.kind === 'refusal') return this.#refuse(session, parsed);
    if (parsed.kind === 'message') {
      session.lines = 'good';
      session.accepted(1);
      return this.#owner.append({ type: 'line', client, text: parsed.text, to: parsed.to });
    }
    if (parsed.verb === 'auth') return this.#refuse(session, needlessToken(this.#owner.isGated()));
    if (parsed.verb === 'quit') {
      session.ignoreInput();
      // What speaks another protocol may hold the word: it quits for itself alone.
      if (session.lines === 'stranger')
        return this.#owner.append({ type: 'end', client, reason: parsed.reason });
    }
    session.lines = 'good';
    session.spend(costOf(parsed, this.#owner.present(session)));
    this.#owner.append({ type: 'command', client, command: parsed });
  }

  #refuse(session: Session, { code, text }: Refusal): void {
    const { client } = session;
    const { maxErrors } = this.#owner;
    session.faults++;
    this.#owner.fault(session, code, text);
    this.#owner.append({ type: 'fault', client, code, text });
    if (session.faults < maxErrors) return;
    session.ignoreInput();
    this.#owner.tooManyErrors(session);
    const last = `Cannot read on: ${maxErrors} of your lines were at fault`;
    this.#owner.append({ type: 'fault', client, code: 'TOO_MANY_ERRORS', text: last });
    this.#owner.append({ type: 'end', client, reason: 'too many errors' });
  }
}

/** A fault of the codec by the code it has on the wire: the same. */
function errorCode({ code }: FrameFault): ErrorCode {
  return code in ERROR_CODES ? (code as ErrorCode) : 'FRAME_BAD_BYTE';
}
