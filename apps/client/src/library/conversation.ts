import { type Frame, type FrameFault, isFault } from '@proto/codec';
import { ERROR_CODES, type Event, parse, parseServerLine } from '@proto/protocol';
import { ClientError } from '../dial/client-error.ts';
import { faultText } from '../dial/fault-text.ts';
import { excerpt } from './excerpt.ts';
import { Fifo } from './fifo.ts';

/**
 * The only answer to a message: its reply with the `text`, `* OK`, or an `ERR` that is an answer, with its `code` and a
 * `text` for people.
 */
export type Answer =
  | { readonly kind: 'reply'; readonly text: string }
  | { readonly kind: 'ok' }
  | { readonly kind: 'refused'; readonly code: string; readonly text: string };

/** What one frame from the server turned out to be. `to`: the tag that its line was sent with. */
export type Received<Tag> =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly to: Tag }
  | { readonly kind: 'event'; readonly event: Event }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'broken'; readonly error: ClientError };

/**
 * How the server talks. `on`: it begins with `* WELCOME`; one that answers without it is assumed to run with `--events
 * off`. `off`: it is known to. `classic`: every sentence has one read as its answer.
 */
export type Manner = 'on' | 'off' | 'classic';

interface Owed<Tag> {
  readonly to: Tag;
  /** The answer to a quit of a classic server may be the end of the stream. */
  readonly optional: boolean;
}

/** What other servers say first. */
const STRANGER = /^(?:HTTP\/\d|SSH-\d|<!doctype|<html)/i;

/** The first byte that a TLS server sends to a client that doesn't speak TLS. */
const TLS_ALERT = 0x15;

/** An error as a server without events sends it. */
const BARE_ERROR = /^ERR ([A-Z_]+)(?: (.*))?$/;

/**
 * The conversation in lines as a client sees it, without a socket. Lines sent and frames received go in; answers,
 * matched to their lines by counting, come out.
 *
 * 1. Each frame gives exactly one `Received`.
 * 2. Answers are matched in the order of `say`. Events and notices are never counted.
 * 3. A doubled star in a reply is undone only after `* WELCOME`.
 * 4. If the answers can't be counted any more, the frame is `broken`, and so is everything after it.
 *
 * Source: docs/protocol.md, "Answers can be counted" and "From server to client".
 */
export class Conversation<Tag> {
  readonly #manner: Manner;
  readonly #owed = new Fifo<Owed<Tag>>();
  #optional = 0;
  #hasQuit = false;
  /** `undefined`: nothing received so far says whether this server sends events. */
  #bare: boolean | undefined;
  #bye: string | undefined;
  #broken: ClientError | undefined;

  constructor(manner: Manner) {
    this.#manner = manner;
    this.#bare = manner === 'on' ? undefined : true;
  }

  /** The number of answers still to come. */
  get owed(): number {
    return this.#owed.length - this.#optional;
  }

  /** Whether `* WELCOME` was seen. */
  get welcomed(): boolean {
    return this.#bare === false;
  }

  /** Whether the server has sent anything that shows how it talks. A classic server needn't. */
  get heard(): boolean {
    return this.#bare !== undefined;
  }

  /** Whether a quit was sent. */
  get hasQuit(): boolean {
    return this.#hasQuit;
  }

  /** The reason in `* BYE`, once it was seen. */
  get bye(): string | undefined {
    return this.#bye;
  }

  /** Records that a line goes out. `tag` comes back with its answer. */
  say(line: string, tag: Tag): void {
    this.#hasQuit ||= isQuit(line, this.#manner);
    if (!owesAnswer(line, this.#manner)) return;
    const optional = this.#manner === 'classic' && isQuit(line, this.#manner);
    if (optional) this.#optional++;
    this.#owed.push({ to: tag, optional });
  }

  /** Takes the next frame of the server's stream. */
  receive(frame: Frame): Received<Tag> {
    if (this.#broken !== undefined) return { kind: 'broken', error: this.#broken };
    if (isFault(frame)) return this.#break(faultError(frame, this.#bare === undefined));
    if (this.#bare === undefined) return this.#first(frame);
    return this.#bare ? this.#bareLine(frame) : this.#line(frame);
  }

  /** The tags of lines that will never be answered, first sent first. They no longer count as outstanding. */
  abandon(): Tag[] {
    const tags: Tag[] = [];
    for (let owed = this.#owed.shift(); owed !== undefined; owed = this.#owed.shift()) tags.push(owed.to);
    this.#optional = 0;
    return tags;
  }

  /** Takes a line before it is known whether this server sends events. */
  #first(line: string): Received<Tag> {
    const parsed = line.startsWith('* ') ? parseServerLine(line) : undefined;
    const verb = parsed?.kind === 'event' ? parsed.event.verb : undefined;
    if (verb === 'WELCOME') this.#bare = false;
    // A full server says so, and says goodbye, without a welcome.
    if (verb === 'WELCOME' || verb === 'ERR' || verb === 'BYE') return this.#line(line);
    if (this.#owed.length === 0 || STRANGER.test(line)) {
      const text = `Cannot talk to this server: expected * WELCOME, got ${excerpt(line)}`;
      return this.#break(new ClientError('NOT_OURS', text));
    }
    this.#bare = true;
    return this.#bareLine(line);
  }

  #bareLine(line: string): Received<Tag> {
    const error = this.#manner === 'classic' ? null : BARE_ERROR.exec(line);
    const code = error?.[1] ?? '';
    if (!Object.hasOwn(ERROR_CODES, code)) return this.#answer({ kind: 'reply', text: line });
    return this.#error(code, error?.[2] ?? '');
  }

  #line(line: string): Received<Tag> {
    const parsed = parseServerLine(line);
    if (parsed === undefined) return { kind: 'text', text: line };
    if (parsed.kind === 'reply') return this.#answer(parsed);
    const { event } = parsed;
    if (event.verb === 'OK') return this.#answer({ kind: 'ok' });
    if (event.verb === 'ERR') return this.#error(event.code, event.text);
    if (event.verb === 'BYE') this.#bye = event.reason;
    return { kind: 'event', event };
  }

  #error(code: string, text: string): Received<Tag> {
    const denial = denialOf(code);
    if (denial !== undefined) return this.#break(denial);
    const isAnswer =
      Object.hasOwn(ERROR_CODES, code) && ERROR_CODES[code as keyof typeof ERROR_CODES] === 'answer';
    if (isAnswer && this.#owed.length > 0) return this.#answer({ kind: 'refused', code, text });
    return { kind: 'event', event: { verb: 'ERR', code, text } };
  }

  #answer(answer: Answer): Received<Tag> {
    const owed = this.#owed.shift();
    if (owed !== undefined) {
      if (owed.optional) this.#optional--;
      return { kind: 'answer', answer, to: owed.to };
    }
    if (answer.kind === 'ok') return { kind: 'event', event: { verb: 'OK' } };
    return { kind: 'text', text: answer.text };
  }

  #break(error: ClientError): Received<Tag> {
    this.#broken = error;
    return { kind: 'broken', error };
  }
}

/** Whether the protocol promises an answer to this line. Commands have none; a malformed `/to` has one. */
export function owesAnswer(line: string, manner: Manner): boolean {
  if (manner === 'classic') return true;
  const parsed = parse(line);
  return parsed.kind === 'refusal' ? ERROR_CODES[parsed.code] === 'answer' : parsed.kind === 'message';
}

/** What a server sends instead of a welcome to a client without the token or certificate that it requires. */
const DENIALS: Readonly<Record<string, string>> = {
  AUTH_REQUIRED: 'the server requires a token. Pass --token-file FILE',
  AUTH_FAILED: 'the server refused the token',
  CERTIFICATE_REFUSED: 'the server refused our certificate, or requires one. Pass --tls-cert and --tls-key',
};

/** For a server that requires a token or a certificate, or refused ours; `undefined` for other codes. */
export function denialOf(code: string): ClientError | undefined {
  if (!Object.hasOwn(DENIALS, code)) return undefined;
  return new ClientError('DENIED', `Cannot get in: ${DENIALS[code]}`);
}

/** Whether a line is a quit. */
function isQuit(line: string, manner: Manner): boolean {
  return manner === 'classic' ? /^quit$/i.test(line) : /^(?:quit$|\/quit(?: |$))/i.test(line);
}

function faultError(fault: FrameFault, first: boolean): ClientError {
  const text = faultText(fault).replace('frame', 'line from the server');
  if (fault.code === 'FRAME_INCOMPLETE') return new ClientError('CUT', text);
  if (!first) return new ClientError('BAD_LINE', text);
  const tls =
    fault.code === 'FRAME_BAD_BYTE' && fault.byte === TLS_ALERT ? '. It speaks TLS: pass --tls' : '';
  return new ClientError('NOT_OURS', `Cannot talk to this server: expected * WELCOME. ${text}${tls}`);
}
