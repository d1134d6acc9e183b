import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '@proto/scheduler';
import type { Right } from '@proto/watch';
import type { Server } from '../../server.ts';
import type { HttpPage } from '../http-endpoint.ts';
import { MOST_PAGE_SOCKETS } from './bounds.ts';
import type { Secret } from './entrance.ts';
import { type Files, readPage, sendFile } from './files.ts';
import { Guard, PAGE_HEADERS, type Refusal } from './guard.ts';
import { PageSockets } from './sockets.ts';
import { Watchers } from './watchers.ts';

export interface PageOptions {
  /** What its users may do: each may do what those before it may. */
  readonly page: Right;
  /** Where its files are. */
  readonly folder: string;
  /** Names that requests may use, in addition to those of this machine. */
  readonly names: readonly string[];
  /** `undefined`: the page asks for no token. */
  readonly secret: Secret | undefined;
  /** The lesson that the server is set up for. */
  readonly lesson?: number;
  /** The longest delay of the event loop since it was last asked. In milliseconds. */
  readonly loopMs: () => number;
  /** @default the clock of the machine */
  readonly clock?: Clock;
}

const RIGHTS: readonly Right[] = ['watch', 'join', 'hold'];

/** The live page of a server, for the HTTP endpoint. */
export class Page implements HttpPage {
  readonly mostSockets: number = MOST_PAGE_SOCKETS;
  readonly #options: PageOptions;
  readonly #files: Files;
  readonly #sockets: PageSockets;
  /** Refuses every request: the names of the page are not known yet. */
  #guard = new Guard(0, []);
  #address = '';

  /** Errors: throws an `OptionError` if its files are missing. */
  constructor(server: Server, options: PageOptions) {
    const { page, folder, secret, lesson, loopMs, clock = systemClock } = options;
    this.#options = options;
    this.#files = readPage(folder, { key: 'page', value: page });
    const rights = RIGHTS.slice(0, RIGHTS.indexOf(page) + 1);
    const address = (): string => this.#address;
    server.once('listening', (event) => {
      this.#address = event.address;
    });
    const watchers = new Watchers({
      server,
      rights,
      clock,
      address,
      loopMs,
      ...(lesson !== undefined && { lesson }),
    });
    this.#sockets = new PageSockets({ server, watchers, rights, secret, clock, address });
  }

  /** Sets the port of the page. Until then every request is refused. */
  servedOn(port: number): void {
    this.#guard = new Guard(port, this.#options.names);
  }

  /** Sets its headers on every answer. Returns the refusal, if there is one. */
  check(request: IncomingMessage, response: ServerResponse): Refusal | undefined {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
    return this.#guard.whyNot(request);
  }

  send(request: IncomingMessage, response: ServerResponse): boolean {
    return sendFile(this.#files, request, response);
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { secret } = this.#options;
    const shown = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const isTrusted = shown !== undefined && secret?.is(shown) === true;
    const refusal = this.#guard.whyNotUpgrade(request, isTrusted);
    if (refusal !== undefined) return refuse(socket, refusal);
    if (!this.#sockets.upgrade(request, socket, head, { isTrusted }))
      refuse(socket, { status: 404, text: 'Not found. Use /watch or /bridge' });
  }

  close(): void {
    this.#sockets.close();
  }
}

const REASONS = { 403: 'Forbidden', 404: 'Not Found', 421: 'Misdirected Request' } as const;

function refuse(socket: Duplex, { status, text }: { status: keyof typeof REASONS; text: string }): void {
  socket.on('error', () => {});
  const head = [
    `HTTP/1.1 ${status} ${REASONS[status]}`,
    'connection: close',
    'content-type: text/plain; charset=utf-8',
    `content-length: ${text.length + 1}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${text}\n`);
}
