import type { Framing } from '@proto/codec';
import { type ErrorCode, mostTokenBytes, type Refusal, refuse } from '@proto/protocol';
import type { Clock } from '@proto/scheduler';
import { Admission } from '../transport/admission.ts';
import { Bans } from './bans.ts';
import { Connects } from '../transport/connects.ts';
import type { ForeignProtocol } from './foreign-greeting.ts';
import { Gate } from './gate.ts';
import type { Settings } from '../options/options.ts';
import { isExposed } from '../options/settings.ts';
import { Porch } from './porch.ts';
import { Token } from './token.ts';
import type { Connection } from '../transport/listener.ts';
import { turnAway } from './turn-away.ts';

/** What the door tells the server. */
export interface DoorOwner {
  readonly clock: Clock;
  /** How bytes from clients are read, and how lines to them are written. */
  readonly read: Framing;
  readonly write: Framing;
  /** Clients on this machine aren't counted by address. */
  readonly exemptsLoopback: boolean;
  /** Connections from this machine count for `maxConnectsPerSecond`. @default false */
  readonly countsLocalConnects?: boolean;
  /** A client is let in. It counts until `left` is called for its host. */
  enter(connection: Connection): void;
  /** The server can't reach those it shares its rooms with. */
  isAway(): boolean;
  /** Memory is short. */
  isBusy(): boolean;
  refused(address: string, code: ErrorCode, text: string): void;
  /** A connection has ended before it said a line. */
  probed(): void;
  /** A client that isn't in yet has sent this many commands of telnet. */
  telnet(commands: number): void;
  /** It sent a wrong token. */
  wrongToken(address: string): void;
  /** It spoke another protocol, and was cut. */
  cut(address: string, protocol: ForeignProtocol): void;
  warn(text: string): void;
}

/**
 * Decides who is let in: a limited number, a limited number from one address, and only with the token if there is one.
 */
export class Door {
  readonly #settings: Settings;
  readonly #owner: DoorOwner;
  readonly #admission: Admission;
  /** Who isn't let in, by address. */
  readonly bans: Bans;
  readonly #connects: Connects;
  readonly #porch: Porch | undefined;
  #gate: Gate | undefined;
  /** Why nobody is let in any more. */
  #closing: string | undefined;

  constructor(settings: Settings, owner: DoorOwner) {
    this.#settings = settings;
    this.#owner = owner;
    this.bans = new Bans(owner.clock);
    this.#admission = new Admission({ ...settings, exemptsLoopback: owner.exemptsLoopback });
    const countsLoopback = owner.countsLocalConnects === true;
    this.#connects = new Connects({ ...settings, countsLoopback }, owner.clock);
    if (settings.joinWith === 'line') this.#porch = this.#build();
  }

  /**
   * Call this before anybody connects.
   *
   * Errors: rejects with an `OptionError` if the token file can't be used.
   */
  async open(): Promise<void> {
    const settings = this.#settings;
    if (settings.tokenFile === 'none') return;
    const { clock, read: framing } = this.#owner;
    this.#gate = new Gate(await this.#readToken(), settings, {
      clock,
      framing,
      enter: (connection) => this.#enter(connection),
      notice: ({ duplex }, code, text) => {
        const wire = this.#error(code, text);
        duplex.write(wire, 'latin1');
        return wire.length;
      },
      refuse: (connection, code, text) => {
        this.left(connection.host);
        this.#turnAway(connection, code, text);
      },
      cut: ({ host, address }, protocol) => {
        this.left(host);
        this.#owner.cut(address, protocol);
      },
      telnet: (commands) => this.#owner.telnet(commands),
      wrong: ({ address }) => this.#owner.wrongToken(address),
      gone: ({ host }) => this.left(host),
    });
  }

  /** Whether clients have to send a token. */
  get wantsToken(): boolean {
    return this.#gate !== undefined;
  }

  /** Reloads the token for new clients. If the new one can't be used, the old one stays. */
  async reloadToken(): Promise<'token' | undefined> {
    if (this.#gate === undefined) return undefined;
    this.#gate.token = await this.#readToken();
    return 'token';
  }

  /** Lets a connection in, asks it for the token, or turns it away. */
  knock(connection: Connection): void {
    if (this.#closing !== undefined) return this.#turnAway(connection, undefined, this.#closing);
    const { host } = connection;
    const refusal =
      this.#connects.enter(host) ??
      connection.refusal ??
      this.#whyBanned(connection) ??
      this.#whyNot() ??
      this.#admission.enter(host);
    if (refusal) this.#turnAway(connection, refusal.code, refusal.text);
    else if (this.#gate) this.#gate.ask(connection);
    else if (this.#porch) this.#porch.receive(connection);
    else this.#owner.enter(connection);
  }

  /** It was let in here before. Meanwhile, it may have been banned. */
  #enter(connection: Connection): void {
    const refusal = this.#whyBanned(connection);
    if (refusal === undefined) return this.#owner.enter(connection);
    this.left(connection.host);
    this.#turnAway(connection, refusal.code, refusal.text);
  }

  #whyBanned({ host }: Connection): Refusal | undefined {
    return this.bans.has(host) ? refuse('BANNED', 'Cannot let you in: your address is banned') : undefined;
  }

  #whyNot(): Refusal | undefined {
    if (this.#owner.isAway())
      return refuse('SERVER_AWAY', 'Cannot let you in: the other servers cannot be reached. Try again');
    if (this.#owner.isBusy())
      return refuse('SERVER_BUSY', 'Cannot let you in: memory is short. Try again later');
    return undefined;
  }

  /** A client from that host has left. */
  left(host: string): void {
    this.#admission.leave(host);
  }

  /** Sends away those who aren't in yet, and those who still come. */
  close(reason: string): void {
    this.#closing = reason;
    this.#gate?.close(reason);
    this.#porch?.close(reason);
  }

  #build(): Porch {
    return new Porch(this.#settings, {
      clock: this.#owner.clock,
      enter: (connection) => this.#enter(connection),
      probed: ({ host }) => {
        this.left(host);
        this.#owner.probed();
      },
      cut: ({ host, address }, protocol) => {
        this.left(host);
        this.#owner.cut(address, protocol);
      },
      refuse: (connection, text) => {
        this.left(connection.host);
        this.#turnAway(connection, undefined, text);
      },
    });
  }

  async #readToken(): Promise<Token> {
    const { tokenFile, maxLineBytes } = this.#settings;
    const token = await Token.read(tokenFile, mostTokenBytes(maxLineBytes));
    for (const text of token.warnings) this.#owner.warn(text);
    if (token.isShort && isExposed({ ...this.#settings })) {
      this.#owner.warn(
        `The token in ${tokenFile} is short, and easier to guess. Use 16 random characters or more`,
      );
    }
    return token;
  }

  /** `code: undefined`: nothing is wrong with the client. */
  #turnAway({ duplex, address }: Connection, code: ErrorCode | undefined, text: string): void {
    const { events, lingerMs } = this.#settings;
    if (code !== undefined) this.#owner.refused(address, code, text);
    const error = code === undefined ? '' : this.#error(code, text);
    const bye = `* BYE ${code === undefined ? text : 'refused'}`;
    const last = events === 'off' ? '' : this.#owner.write.encodeToLatin1(bye);
    turnAway(duplex, error + last, lingerMs, this.#owner.clock);
  }

  /** The error line for a client without a seat. */
  #error(code: ErrorCode, text: string): string {
    const star = this.#settings.events === 'off' ? '' : '* ';
    return this.#owner.write.encodeToLatin1(`${star}ERR ${code} ${text}`);
  }
}
