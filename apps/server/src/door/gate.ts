import type { Duplex } from 'node:stream';
import type { Decoder, Framing } from '@proto/codec';
import { type ErrorCode, parse, type Refusal, refuse } from '@proto/protocol';
import type { Clock } from '@proto/scheduler';
import { ForeignGreeting, type ForeignProtocol } from './foreign-greeting.ts';
import { Guesses } from './guesses.ts';
import { Telnet } from './telnet.ts';
import type { Token } from './token.ts';
import type { Connection } from '../transport/listener.ts';

export interface GateOptions {
  readonly authTimeoutMs: number | 'never';
  /** How many lines other than `/auth` are answered. */
  readonly maxErrors: number;
  readonly greetingGuard: 'on' | 'off';
}

/** What the gate tells the server. */
export interface GateOwner {
  readonly clock: Clock;
  readonly framing: Framing;
  /** The client has sent the token. What it sent after that still has to be read. */
  enter(connection: Connection): void;
  /** The client isn't let in. This is the last line it gets, if any. */
  refuse(connection: Connection, code: ErrorCode | undefined, text: string): void;
  /** Something is refused, but the client may continue. Returns how many bytes say so. */
  notice(connection: Connection, code: ErrorCode, text: string): number;
  /** The client spoke another protocol, and was cut. */
  cut(connection: Connection, protocol: ForeignProtocol): void;
  /** The client has sent this many commands of telnet. */
  telnet(commands: number): void;
  /** A token was wrong. */
  wrong(connection: Connection): void;
  /** The client has left. */
  gone(connection: Connection): void;
}

const MAX_TRIES = 3;
/** The most bytes read from a client before it has sent the token. */
const MAX_BYTES = 65_536;

/** Where clients send the token. Only `/auth TOKEN` and a quit are understood, and other clients don't see them. */
export class Gate {
  token: Token;
  readonly #options: GateOptions;
  readonly #owner: GateOwner;
  readonly #strangers = new Set<Stranger>();
  readonly #guesses: Guesses;

  constructor(token: Token, options: GateOptions, owner: GateOwner) {
    this.token = token;
    this.#options = options;
    this.#owner = owner;
    this.#guesses = new Guesses(owner.clock);
  }

  ask(connection: Connection): void {
    const stranger: Stranger = new Stranger(connection, this.#options, {
      ...this.#owner,
      guesses: this.#guesses,
      isRight: (shown) => this.token.is(shown),
      over: () => void this.#strangers.delete(stranger),
    });
    this.#strangers.add(stranger);
  }

  /** Sends away those who haven't sent it yet. */
  close(reason: string): void {
    for (const stranger of this.#strangers) stranger.refuse(undefined, reason);
  }
}

interface StrangerOwner extends GateOwner {
  readonly guesses: Guesses;
  isRight(shown: string): boolean;
  /** It no longer waits here. */
  over(): void;
}

/** A client that hasn't sent the token. */
class Stranger {
  readonly #connection: Connection;
  readonly #duplex: Duplex;
  readonly #options: GateOptions;
  readonly #owner: StrangerOwner;
  readonly #decoder: Decoder;
  readonly #callOff: () => void;
  #chunkAt = 0;
  #bytes = 0;
  /** With the commands of telnet. */
  #received = 0;
  #written = 0;
  readonly #greeting: ForeignGreeting;
  readonly #telnet = new Telnet();
  #tries = 0;
  #errors = 0;
  #isOver = false;
  /** Takes back the token that waits to be looked at. */
  #takeBack: (() => void) | undefined;

  constructor(connection: Connection, options: GateOptions, owner: StrangerOwner) {
    const { duplex } = connection;
    this.#connection = connection;
    this.#duplex = duplex;
    this.#options = options;
    this.#owner = owner;
    this.#decoder = owner.framing.decoder();
    this.#greeting = new ForeignGreeting(options.greetingGuard === 'on');
    const ms = options.authTimeoutMs;
    const late = (): void =>
      this.refuse('AUTH_REQUIRED', `No token within ${ms} ms: closing. Send /auth TOKEN first`);
    this.#callOff = ms === 'never' ? () => {} : owner.clock.setTimeout(late, ms);
    duplex.on('error', () => {});
    duplex.on('data', this.#onData);
    duplex.once('end', this.#onEnd);
    duplex.once('close', this.#onClose);
  }

  refuse(code: ErrorCode | undefined, text: string): void {
    this.#leave();
    this.#owner.refuse(this.#connection, code, text);
  }

  readonly #onData = (read: Buffer): void => {
    this.#received += read.length;
    const chunk = this.#telnet.read(read);
    const replies = this.#telnet.takeReplies();
    this.#written += replies.length;
    if (replies !== '') this.#duplex.write(replies, 'latin1');
    if (chunk !== read) this.#owner.telnet(this.#telnet.takeCommands());
    const protocol = this.#greeting.hear(chunk);
    if (protocol !== undefined) return this.#cut(protocol);
    this.#chunkAt = this.#bytes;
    this.#bytes += chunk.length;
    this.#decoder.push(chunk);
    this.#readOn(chunk);
  };

  #readOn(chunk: Buffer): void {
    for (let frame = this.#decoder.read(); frame !== undefined; frame = this.#decoder.read()) {
      this.#line(typeof frame === 'string' ? frame : undefined, chunk);
      if (this.#isOver || this.#takeBack !== undefined) return;
    }
    if (this.#received > MAX_BYTES) {
      this.refuse('AUTH_REQUIRED', `Too much input: ${MAX_BYTES} bytes without a token. Closing`);
    }
  }

  readonly #onEnd = (): void => {
    if (this.#tries > 0) this.refuse('AUTH_FAILED', 'Cannot let you in: wrong token');
    else this.refuse(undefined, 'end of input');
  };

  readonly #onClose = (): void => {
    this.#leave();
    this.#owner.gone(this.#connection);
  };

  #line(line: string | undefined, chunk: Buffer): void {
    const protocol = this.#greeting.read(line);
    if (protocol !== undefined) return this.#cut(protocol);
    const parsed = line === undefined ? undefined : parse(line);
    if (parsed?.kind === 'command' && parsed.verb === 'quit') return this.refuse(undefined, parsed.reason);
    if (parsed?.kind === 'command' && parsed.verb === 'auth') return this.#auth(parsed.token, chunk);
    const text = 'Cannot accept this yet: the server requires a token. Send /auth TOKEN';
    if (++this.#errors >= this.#options.maxErrors) return this.refuse('AUTH_REQUIRED', text);
    this.#written += this.#owner.notice(this.#connection, 'AUTH_REQUIRED', text);
  }

  /** It isn't a client of ours: it gets no answer. */
  #cut(protocol: ForeignProtocol): void {
    this.#leave();
    this.#duplex.destroy();
    this.#owner.cut(this.#connection, protocol);
  }

  /** Looks at a token when its turn has come. Until then, nothing more is read. */
  #auth(shown: string, chunk: Buffer): void {
    this.#takeBack = this.#owner.guesses.ask(this.#connection.host, () => {
      const hasWaited = this.#takeBack !== undefined;
      this.#takeBack = undefined;
      this.#look(shown, chunk);
      if (!hasWaited) return;
      if (!this.#isOver) this.#readOn(chunk);
      if (this.#takeBack === undefined) this.#duplex.resume();
    });
    if (this.#takeBack !== undefined) this.#duplex.pause();
  }

  #look(shown: string, chunk: Buffer): void {
    if (this.#owner.isRight(shown)) return this.#enter(chunk);
    this.#owner.guesses.failed(this.#connection.host);
    this.#owner.wrong(this.#connection);
    // Who was told may have closed the server.
    if (this.#isOver) return;
    const text = 'Cannot let you in: wrong token';
    if (++this.#tries >= MAX_TRIES) return this.refuse('AUTH_FAILED', text);
    this.#written += this.#owner.notice(this.#connection, 'AUTH_FAILED', text);
  }

  /** Puts back what came after the line with the token, for the next reader of the connection. */
  #enter(chunk: Buffer): void {
    const after = chunk.subarray(this.#decoder.offset - this.#chunkAt);
    const rest = this.#telnet.unread(after);
    this.#leave();
    const before = { read: this.#received - rest.length, written: this.#written };
    this.#owner.enter({ ...this.#connection, before });
    if (rest.length > 0 && !this.#duplex.destroyed) this.#duplex.unshift(rest);
  }

  #leave(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#callOff();
    this.#takeBack?.();
    this.#duplex.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onClose);
    this.#owner.over();
  }
}

/** A client's line in a form that may be shown. */
export function withoutToken(line: string): string {
  return /^\/auth\b/i.test(line) ? `${line.slice(0, 5)} ...` : line;
}

/** The answer to a client that sends a token when none is required. */
export function needlessToken(isGated: boolean): Refusal {
  return refuse(
    'BAD_ARGUMENT',
    `Cannot accept a token: ${isGated ? 'you are already in' : 'this server requires none'}`,
  );
}
