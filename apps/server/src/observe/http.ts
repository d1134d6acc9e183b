import type { IncomingMessage, ServerResponse } from 'node:http';
import { Registry } from 'prom-client';
import type { Server } from '../server.ts';
import { type HttpEndpoint, type HttpPage, isRead, openEndpoint, reply } from './http-endpoint.ts';

export interface HttpOptions {
  /** `HOST:PORT` or `[HOST]:PORT`; port 0: any free one. */
  readonly address: string;
  /** Served together on `/metrics`. */
  readonly metrics: readonly Registry[];
  /** Also served. @default none */
  readonly page?: HttpPage;
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
  { address, metrics, page }: HttpOptions,
): Promise<HttpEndpoint> {
  const scrape = sharing(() => Registry.merge([...metrics]).metrics());
  return openEndpoint(
    address,
    (request, response) => answer({ server, scrape, page }, request, response),
    page,
  );
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
  const { url } = request;
  const refusal = page?.check(request, response);
  if (refusal !== undefined) return reply(response, refusal.status, `${refusal.text}\n`);
  if (!isRead(request, response)) return;
  switch (url?.split('?', 1)[0]) {
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
