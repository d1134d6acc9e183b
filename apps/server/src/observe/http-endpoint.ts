import { createServer, type IncomingMessage, type Server as HttpServer, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { hostOf } from '../options/options.ts';
import { ListenError } from '../transport/listener.ts';

const LIMITS = {
  maxHeaderSize: 8_192,
  headersTimeout: 5_000,
  requestTimeout: 5_000,
  keepAliveTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
} as const;
/** Above that, the connection that was silent for longest gives way: a probe is always answered. */
const MAX_CONNECTIONS = 32;
/** Those that come in one pass of the event loop, before others are gone. */
const MOST_AT_ONCE = 128;
const SILENCE_MS = 30_000;

/** The page that is also served: files and upgrades. */
export interface HttpPage {
  /** The most upgraded connections, in addition to those of HTTP. */
  readonly mostSockets: number;
  /** Receives the port, before the first request. */
  servedOn(port: number): void;
  /** Sets its headers on an answer. Returns the refusal, if there is one: the HTTP `status`, and `text` for its body. */
  check(
    request: IncomingMessage,
    response: ServerResponse,
  ): { readonly status: number; readonly text: string } | undefined;
  /** Answers with a file. `false`: there is no such file. */
  send(request: IncomingMessage, response: ServerResponse): boolean;
  /** Takes over a connection that asks for an upgrade. `head`: what was read of it already. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes the upgraded connections. */
  close(): void;
}

/** Answers a request. If it rejects, the answer is 500. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

type Upgrades = Pick<HttpPage, 'mostSockets' | 'servedOn' | 'upgrade' | 'close'>;

/** What serves the health of a server and its metrics. */
export interface HttpEndpoint {
  /** `HOST:PORT` it is bound to. */
  readonly address: string;
  /** From now on, requests are answered like this, and upgrades go to the page. */
  serve(answer: Answer, page?: Upgrades): void;
  /** Frees the address, and ends every connection. Resolves when all are gone. */
  close(): Promise<void>;
}

/**
 * Serves HTTP on an address.
 *
 * Errors: rejects with a `ListenError` if the address isn't available.
 */
export async function openEndpoint(address: string, first: Answer, page?: Upgrades): Promise<HttpEndpoint> {
  let [answer, upgrades] = [first, page];
  const callers = new Callers(MAX_CONNECTIONS);
  const http = createServer(LIMITS, (request, response) => {
    callers.heard(request.socket);
    answer(request, response).catch((error: unknown) => {
      reply(response, 500, `Cannot answer: ${error instanceof Error ? error.message : String(error)}\n`);
    });
  });
  http.maxConnections = MAX_CONNECTIONS + MOST_AT_ONCE;
  http.on('connection', (socket) => callers.add(socket));
  http.timeout = SILENCE_MS;
  /** A client may offer HTTP/2, as Java's does. Nobody has to take it: its request is one like any other. */
  const answerAsItIs = (request: IncomingMessage, socket: Duplex): void => {
    // Node lets go of a connection with an upgrade.
    socket.on('error', () => socket.destroy());
    const response = new ServerResponse(request);
    response.shouldKeepAlive = false;
    response.assignSocket(request.socket);
    response.once('finish', () => request.socket.destroySoon());
    http.emit('request', request, response);
  };
  const bound = await listen(http, address);
  const endpoint: HttpEndpoint = {
    address: bound,
    serve: (next, nextPage) => {
      [answer, upgrades] = [next, nextPage];
      if (nextPage === undefined) return;
      http.maxConnections = MAX_CONNECTIONS + MOST_AT_ONCE + nextPage.mostSockets;
      http.on('upgrade', (request, socket, head) => {
        if (!isWebSocket(request)) return answerAsItIs(request, socket);
        callers.delete(request.socket);
        nextPage.upgrade(request, socket, head);
      });
      nextPage.servedOn(Number(bound.slice(bound.lastIndexOf(':') + 1)));
    },
    close: () =>
      new Promise((resolve) => {
        upgrades?.close();
        http.close(() => resolve());
        http.closeAllConnections();
        callers.end();
      }),
  };
  endpoint.serve(first, page);
  return endpoint;
}

function isWebSocket({ headers: { upgrade = '' } }: IncomingMessage): boolean {
  return upgrade.toLowerCase() === 'websocket';
}

/** The connections of HTTP, the one that was heard of last at the end. */
class Callers {
  readonly #most: number;
  readonly #open = new Set<Socket>();

  constructor(most: number) {
    this.#most = most;
  }

  add(socket: Socket): void {
    this.#open.add(socket);
    socket.once('close', () => this.delete(socket));
    const [first] = this.#open;
    if (this.#open.size > this.#most) first?.destroy();
  }

  heard(socket: Socket): void {
    if (this.#open.delete(socket)) this.#open.add(socket);
  }

  /** Ends all of them. */
  end(): void {
    for (const socket of this.#open) socket.destroy();
  }

  /** It is no longer one of HTTP. */
  delete(socket: Socket): void {
    this.#open.delete(socket);
  }
}

/** Whether a request changes nothing; any other gets 405. */
export function isRead({ method }: IncomingMessage, response: ServerResponse): boolean {
  if (method === 'GET' || method === 'HEAD') return true;
  response.setHeader('allow', 'GET, HEAD').setHeader('connection', 'close');
  reply(response, 405, 'Only GET and HEAD\n');
  return false;
}

/** Answers with text. */
export function reply(
  response: ServerResponse,
  status: number,
  text: string,
  type = 'text/plain; charset=utf-8',
): void {
  if (response.headersSent) return;
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(text);
}

function listen(http: HttpServer, address: string): Promise<string> {
  const host = hostOf(address);
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? 'UNKNOWN';
      const why = code === 'EADDRINUSE' ? 'the port is in use. Pass another --http HOST:PORT' : error.message;
      reject(new ListenError(code, `Cannot serve HTTP on ${address}: ${why}`, { cause: error }));
    });
    http.listen({ host, port: Number(address.slice(address.lastIndexOf(':') + 1)) }, () => {
      http.removeAllListeners('error').on('error', () => {});
      const bound = http.address() as AddressInfo;
      resolve(
        bound.address.includes(':') ? `[${bound.address}]:${bound.port}` : `${bound.address}:${bound.port}`,
      );
    });
  });
}
