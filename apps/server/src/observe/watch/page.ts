import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '@proto/scheduler';
import type { Right } from '@proto/watch';
import { OptionError } from '../../options/options.ts';
import type { Server } from '../../server.ts';
import type { HttpPage } from '../http.ts';
import { MOST_PAGE_SOCKETS } from './bounds.ts';
import type { Secret } from './entrance.ts';
import { type Files, filesIn, sendFile } from './files.ts';
import { Guard, PAGE_HEADERS, type Refusal } from './guard.ts';
import { PageSockets } from './sockets.ts';
import { Watchers } from './watchers.ts';

export interface PageOptions {
  /** What may be done on it: look, or also bring clients. */
  readonly page: 'watch' | 'join';
  /** Where its files are. */
  readonly folder: string;
  /** Names besides those of this machine that it may be asked for by. */
  readonly names: readonly string[];
  /** Nothing: nobody is asked for a token. */
  readonly secret: Secret | undefined;
  /** The longest delay of the event loop since it was last asked. In milliseconds. */
  readonly loopMs: () => number;
  /** @default the time of the machine */
  readonly clock?: Clock;
}

/** The live page of a server, for whoever serves HTTP. */
export class Page implements HttpPage {
  readonly mostSockets: number = MOST_PAGE_SOCKETS;
  readonly #options: PageOptions;
  readonly #files: Files;
  readonly #sockets: PageSockets;
  /** Nobody can ask for this one: it is not known yet what the page is called. */
  #guard = new Guard(0, []);
  #address = '';

  /** Errors: `OptionError` if its files are not there. */
  constructor(server: Server, options: PageOptions) {
    const { page, folder, secret, loopMs, clock = systemClock } = options;
    this.#options = options;
    this.#files = read(folder, page);
    const rights: Right[] = page === 'join' ? ['watch', 'join'] : ['watch'];
    const address = (): string => this.#address;
    server.once('listening', (event) => {
      this.#address = event.address;
    });
    const watchers = new Watchers({ server, rights, clock, address, loopMs });
    this.#sockets = new PageSockets({ server, watchers, rights, secret, clock, address });
  }

  /** The port that it is served on. Until then everything is refused. */
  servedOn(port: number): void {
    this.#guard = new Guard(port, this.#options.names);
  }

  /** Puts its headers on every answer; why the request is to be refused, if it is. */
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
      refuse(socket, { status: 404, text: 'Not here: /watch, /bridge' });
  }

  close(): void {
    this.#sockets.close();
  }
}

/** Errors: `OptionError` where there is no page in the folder. */
function read(folder: string, page: string): Files {
  let files: Files | undefined;
  let cause: unknown;
  try {
    files = filesIn(folder);
  } catch (error) {
    cause = error;
  }
  if (files?.has('/')) return files;
  const state = `${page}: its files are not in ${folder}. Build them, or leave it out`;
  throw new OptionError(state, { key: 'page', cause });
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
