import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { Registry } from 'prom-client';
import type { Server } from '../server.ts';
import { FOREIGN_NAME } from './watch/guard.ts';
import {
  type Answer,
  type HttpEndpoint,
  type HttpPage,
  isRead,
  openEndpoint,
  reply,
} from './http-endpoint.ts';

/** Where `serveHttp` listens, and what it serves. */
export interface HttpOptions {
  /** `HOST:PORT` or `[HOST]:PORT`; port 0: any free one. */
  readonly address: string;
  /** Served together on `/metrics`. */
  readonly metrics: readonly Registry[];
  /** More host names of `/metrics` than `localhost` and IP addresses. @default none */
  readonly names?: readonly string[];
  /** Also served. @default none */
  readonly page?: HttpPage;
  /** Serves the address already. Left out: it's opened. */
  readonly endpoint?: HttpEndpoint | undefined;
}

/**
 * Serves an address before there is a server: `/healthz` is 200, and everything else 503 with the reason.
 *
 * Errors: rejects with a `ListenError` if the address isn't available.
 */
export function serveEarly(address: string, reason: string): Promise<HttpEndpoint> {
  return openEndpoint(address, (request, response) => {
    if (isRead(request, response)) {
      if (pathOf(request) === '/healthz') reply(response, 200, 'ok\n');
      else reply(response, 503, `${reason}\n`);
    }
    return Promise.resolve();
  });
}

/**
 * Serves `/healthz` (200 while the event loop runs), `/readyz` (200 while clients are let in and the server isn't about to close, otherwise 503) and
 * `/metrics`.
 *
 * Close it last: until then it answers 503 for a server that drains.
 *
 * Errors: rejects with a `ListenError` if the address isn't available.
 */
export async function serveHttp(
  server: Server,
  { address, metrics, names = [], page, endpoint }: HttpOptions,
): Promise<HttpEndpoint> {
  const scrape = sharing(() => Registry.merge([...metrics]).metrics());
  const answering: Answer = (request, response) => answer({ server, scrape, names, page }, request, response);
  if (endpoint === undefined) return openEndpoint(address, answering, page);
  endpoint.serve(answering, page);
  return endpoint;
}

function pathOf({ url }: IncomingMessage): string | undefined {
  return url?.split('?', 1)[0];
}

const PROBES: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz']);

/** The sources of the answers. */
interface Sources {
  readonly server: Server;
  readonly scrape: () => Promise<string>;
  readonly names: readonly string[];
  readonly page: HttpPage | undefined;
}

async function answer(
  { server, scrape, names, page }: Sources,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = pathOf(request);
  const refusal = page?.check(request, response);
  // Probes name a server as they like.
  if (refusal !== undefined && !PROBES.has(path)) return reply(response, refusal.status, `${refusal.text}\n`);
  if (!isRead(request, response)) return;
  switch (path) {
    case '/healthz':
      return reply(response, 200, 'ok\n');
    case '/readyz':
      if (server.isReady) return reply(response, 200, 'ready\n');
      return reply(response, 503, 'not ready: not listening yet, draining, or closing\n');
    case '/metrics':
      if (!isOurs(request, names)) return reply(response, FOREIGN_NAME.status, `${FOREIGN_NAME.text}\n`);
      return reply(response, 200, await scrape(), Registry.PROMETHEUS_CONTENT_TYPE);
    default:
      if (page?.send(request, response) === true) return;
      return reply(response, 404, 'Not found. Try /healthz, /readyz or /metrics\n');
  }
}

/**
 * Whether a request names this machine by an address or by one of its names. A page whose name resolves to this machine
 * (DNS rebinding) has a name of its own.
 */
function isOurs({ headers: { host = '' } }: IncomingMessage, names: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, '');
  const isNamed = (each: string): boolean => [host.toLowerCase(), name].includes(each.toLowerCase());
  return name === 'localhost' || isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0 || names.some(isNamed);
}

/** Requests that come while the answer is being made get the same one. */
function sharing(make: () => Promise<string>): () => Promise<string> {
  let pending: Promise<string> | undefined;
  return () =>
    (pending ??= make().finally(() => {
      pending = undefined;
    }));
}
