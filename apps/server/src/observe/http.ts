import type { IncomingMessage, ServerResponse } from 'node:http';
import { Registry } from 'prom-client';
import type { Server } from '../server.ts';
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
 * Serves `/healthz` (200 while the event loop runs), `/readyz` (200 while clients are let in, otherwise 503) and
 * `/metrics`.
 *
 * Close it last: until then it answers 503 for a server that drains.
 *
 * Errors: rejects with a `ListenError` if the address isn't available.
 */
export async function serveHttp(
  server: Server,
  { address, metrics, page, endpoint }: HttpOptions,
): Promise<HttpEndpoint> {
  const scrape = sharing(() => Registry.merge([...metrics]).metrics());
  const answering: Answer = (request, response) => answer({ server, scrape, page }, request, response);
  if (endpoint === undefined) return openEndpoint(address, answering, page);
  endpoint.serve(answering, page);
  return endpoint;
}

function pathOf({ url }: IncomingMessage): string | undefined {
  return url?.split('?', 1)[0];
}

/** The sources of the answers. */
interface Sources {
  readonly server: Server;
  readonly scrape: () => Promise<string>;
  readonly page: HttpPage | undefined;
}

async function answer(
  { server, scrape, page }: Sources,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const refusal = page?.check(request, response);
  if (refusal !== undefined) return reply(response, refusal.status, `${refusal.text}\n`);
  if (!isRead(request, response)) return;
  switch (pathOf(request)) {
    case '/healthz':
      return reply(response, 200, 'ok\n');
    case '/readyz':
      if (server.isAccepting) return reply(response, 200, 'ready\n');
      return reply(response, 503, 'not accepting: not listening yet, or draining\n');
    case '/metrics':
      return reply(response, 200, await scrape(), Registry.PROMETHEUS_CONTENT_TYPE);
    default:
      if (page?.send(request, response) === true) return;
      return reply(response, 404, 'Not found. Try /healthz, /readyz or /metrics\n');
  }
}

/** Requests that come while the answer is being made get the same one. */
function sharing(make: () => Promise<string>): () => Promise<string> {
  let pending: Promise<string> | undefined;
  return () =>
    (pending ??= make().finally(() => {
      pending = undefined;
    }));
}
