import { connect, type Socket } from 'node:net';
import { once } from 'node:events';
import type { Turn } from '../../cluster/checker.ts';

/** A turn as a client heard it. */
interface Heard {
  /** What was said, as it was answered. */
  readonly text: string;
  /** When it came. In milliseconds. */
  readonly at: number;
}

export interface TalkerOptions {
  /** How many of its lines wait for their answers. @default 1 */
  readonly inFlight?: number;
  /** Bytes of a line, about. @default as few as say whose it is */
  readonly bytes?: number;
}

/**
 * A client that says lines one after the other, each with its name and its number, and keeps what it gets. With `deliver all` it
 * hears every turn of its room.
 */
export class Talker {
  readonly who: string;
  /** The node that it's connected to. */
  readonly at: string;
  readonly said: string[] = [];
  readonly answers: string[] = [];
  readonly turns: Heard[] = [];
  /** Who spoke, came and left, in the order in which it heard it. It ends with a quit: after it, nobody is waited for. */
  readonly order: Turn[] = [];
  /** Events that are none of these: errors, and what ends it. */
  readonly events: string[] = [];
  seat = 0;
  isOver = false;
  readonly #socket: Socket;
  readonly #options: Required<TalkerOptions>;
  readonly #watchers = new Set<() => void>();
  #partial = '';
  #speaks: 'never' | 'always' | 'if awaited' = 'never';
  #syncs = 0;

  constructor(who: string, at: string, socket: Socket, { inFlight = 1, bytes = 0 }: TalkerOptions = {}) {
    this.who = who;
    this.at = at;
    this.#socket = socket;
    this.#options = { inFlight, bytes };
    socket.on('data', (chunk: Buffer) => this.#read(chunk.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isOver = true;
      this.#changed();
    });
  }

  /** Connects, and waits until it's let in. */
  static async in(who: string, at: string, port: number, habits?: TalkerOptions): Promise<Talker> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const talker = new Talker(who, at, socket, habits);
    await talker.until(() => talker.seat > 0 || talker.events.length > 0, 'WELCOME');
    return talker;
  }

  /** It was told that it had got everything. A server that cannot go on does not say so. */
  get hasBye(): boolean {
    const last = this.events.at(-1);
    return last?.startsWith('* BYE ') === true && last !== '* BYE this server cannot go on';
  }

  /** Says lines from now on, as many as were answered. */
  talk(): this {
    this.#speaks = 'always';
    this.#sayMore();
    return this;
  }

  /** Says nothing more unless the room waits for it. Settles when it was answered. */
  speakIfAwaited(): Promise<void> {
    this.#speaks = 'if awaited';
    return this.answered();
  }

  /** Says nothing more. */
  fallSilent(): void {
    this.#speaks = 'never';
  }

  answered(): Promise<void> {
    return this.until(() => this.answers.length >= this.said.length, 'its last answer');
  }

  /** Settles when everything before has come back. */
  sync(): Promise<void> {
    const text = `sync-${++this.#syncs}`;
    this.write(`/ping ${text}`);
    return this.until(() => this.events.includes(`* PONG ${text}`), 'PONG');
  }

  write(line: string): this {
    this.#socket.write(`${line}\n`, 'latin1');
    return this;
  }

  /** Reads nothing more. */
  stopReading(): void {
    this.#socket.pause();
  }

  leave(): void {
    this.#socket.destroy();
  }

  /** Errors: rejects if the connection is over before. */
  until(holds: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const isSo = holds();
        if (!isSo && !this.isOver) return;
        this.#watchers.delete(look);
        if (isSo) resolve();
        else reject(new Error(`${this.who} was cut before ${what}. Its events: ${this.events.join(' | ')}`));
      };
      this.#watchers.add(look);
      look();
    });
  }

  #read(text: string): void {
    const at = performance.now();
    const lines = (this.#partial + text).split('\n');
    this.#partial = lines.pop() ?? '';
    for (const line of lines) this.#take(line, at);
    this.#sayMore();
    this.#changed();
  }

  #take(line: string, at: number): void {
    if (!line.startsWith('* ')) {
      this.answers.push(line);
      return this.#heard(this.seat, line, at);
    }
    const [, verb, seat, text = ''] = /^\* ([A-Z]+) ?(\S*) ?(.*)$/.exec(line) ?? [];
    if (verb === 'MSG') this.#heard(Number(seat), text, at);
    else if (verb === 'WELCOME') this.seat = Number(seat);
    else if (verb === 'JOIN') this.#note({ joined: Number(seat) });
    else if (verb === 'LEAVE') this.#note({ left: Number(seat), why: text });
    else if (verb === 'TURN') this.#hasTurn(Number(seat));
    else if (verb !== 'WAIT') this.events.push(line);
  }

  #heard(seat: number, text: string, at: number): void {
    this.turns.push({ text, at });
    this.#note(seat);
  }

  #note(turn: Turn): void {
    if (!this.#isQuitting) this.order.push(turn);
  }

  get #isQuitting(): boolean {
    return this.events.some((event) => event.startsWith('* QUIT '));
  }

  /** The room waits for somebody. */
  #hasTurn(seat: number): void {
    if (this.#speaks === 'if awaited' && seat === this.seat && this.answers.length >= this.said.length)
      this.#say(1);
  }

  #sayMore(): void {
    const missing = this.answers.length + this.#options.inFlight - this.said.length;
    if (this.#speaks === 'always' && missing > 0 && !this.isOver) this.#say(missing);
  }

  #say(count: number): void {
    const lines = Array.from({ length: count }, (_, n) =>
      `${this.who}-${this.said.length + n}`.padEnd(this.#options.bytes, '.'),
    );
    this.said.push(...lines);
    this.#socket.write(lines.map((line) => `${line}\n`).join(''), 'latin1');
  }

  #changed(): void {
    for (const look of this.#watchers) look();
  }
}
