import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@proto/scheduler';
import { type BridgeSaid, type Message, MessageReader, parseBridgeSaid } from '@proto/watch';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { serveHttp } from '../../../src/observe/http.ts';
import type { Secret } from '../../../src/observe/watch/entrance.ts';
import { Page } from '../../../src/observe/watch/page.ts';
import { createServer, type Server, type ServerOptions } from '../../../src/index.ts';

/** A folder that is gone after the test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'proto-page-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

export interface PageOf {
  /** `HOST:PORT` it is served on. */
  readonly at: string;
  /** A socket that has not said anything. */
  readonly open: (path: string, headers?: Record<string, string>) => WebSocket;
  readonly watch: () => Watching;
  readonly bridge: (page?: string) => Bridging;
}

/** The page of a server, which has not begun to listen, served on a free port. */
export async function pageOf(
  server: Server,
  options: {
    readonly page?: 'watch' | 'join';
    readonly secret?: Secret;
    readonly clock?: Clock;
    readonly names?: readonly string[];
  } = {},
): Promise<PageOf> {
  const path = folder();
  writeFileSync(join(path, 'index.html'), '<!doctype html><title>page</title>');
  const { page: what = 'join', secret, clock, names = [] } = options;
  const page = new Page(server, {
    page: what,
    folder: path,
    names,
    secret,
    loopMs: () => 0,
    ...(clock && { clock }),
  });
  const endpoint = await serveHttp(server, { address: '127.0.0.1:0', metrics: [], page });
  onTestFinished(() => endpoint.close());
  const at = endpoint.address;
  const open = (to: string, headers: Record<string, string> = { origin: `http://${at}` }): WebSocket => {
    const socket = new WebSocket(`ws://${at}${to}`, { headers, perMessageDeflate: false });
    socket.on('error', () => {});
    return socket;
  };
  return {
    at,
    open,
    watch: () => new Watching(open('/watch')),
    bridge: (name = 'one') => new Bridging(open(`/bridge?page=${name}`)),
  };
}

/** A server over TCP with its page. */
export async function pagedServer(
  options: ServerOptions = {},
  how: Parameters<typeof pageOf>[1] = {},
): Promise<{ readonly server: Server; readonly page: PageOf; readonly address: string }> {
  const server = createServer({ port: 0, order: 'free', quit: 'self', ...options });
  const page = await pageOf(server, how);
  const address = await server.listen();
  onTestFinished(async () => {
    const closed = server.close();
    void server.close();
    await closed;
  });
  return { server, page, address };
}

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

/** What a watcher is told. */
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
