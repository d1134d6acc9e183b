import { once } from 'node:events';
import { type BridgeSaid, type Message, MessageReader, parseBridgeSaid } from '@proto/watch';
import type { WebSocket } from 'ws';

/** Waits for what comes over a socket. */
class Waiting {
  readonly socket: WebSocket;
  /** How it was closed, once it is. */
  closed: number | undefined;
  readonly #looks = new Set<() => void>();

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data: Buffer) => {
      this.take(data.toString());
      this.look();
    });
    socket.on('close', (code) => {
      this.closed = code;
      this.look();
    });
  }

  take(_text: string): void {}

  say(operation: object): this {
    if (this.socket.readyState === this.socket.OPEN) this.socket.send(JSON.stringify(operation));
    else this.socket.once('open', () => this.socket.send(JSON.stringify(operation)));
    return this;
  }

  until(condition: (self: this) => boolean): Promise<this> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!condition(this)) return;
        this.#looks.delete(look);
        resolve(this);
      };
      this.#looks.add(look);
      look();
    });
  }

  /** Waits until it is closed; gives how. */
  async end(): Promise<number | undefined> {
    await this.until(({ closed }) => closed !== undefined);
    return this.closed;
  }

  async opened(): Promise<this> {
    if (this.socket.readyState === this.socket.CONNECTING) await once(this.socket, 'open');
    return this;
  }

  look(): void {
    for (const look of this.#looks) look();
  }
}

/** The messages to a watcher. */
export class Watching extends Waiting {
  readonly messages: Message[] = [];
  readonly damages: string[] = [];
  readonly #reader = new MessageReader();

  override take(text: string): void {
    const { messages, damages } = this.#reader.push(text);
    this.messages.push(...messages);
    this.damages.push(...damages.map((damage) => damage.text));
  }

  /** The messages of a kind. */
  of<K extends Message['k']>(k: K): Extract<Message, { k: K }>[] {
    return this.messages.filter((message) => message.k === k) as Extract<Message, { k: K }>[];
  }

  has(k: Message['k']): Promise<this> {
    return this.until(({ messages }) => messages.some((message) => message.k === k));
  }
}

/** What a bridge says. */
export class Bridging extends Waiting {
  readonly said: BridgeSaid[] = [];

  override take(text: string): void {
    const parsed = parseBridgeSaid(text);
    if (parsed.is === 'known') this.said.push(parsed.value);
  }

  has(op: BridgeSaid['op']): Promise<this> {
    return this.until(({ said }) => said.some((one) => one.op === op));
  }
}
