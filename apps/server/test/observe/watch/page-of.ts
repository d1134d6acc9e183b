import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '@proto/scheduler';
import type { Right } from '@proto/watch';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { serveHttp } from '../../../src/observe/http.ts';
import type { Secret } from '../../../src/observe/watch/entrance.ts';
import { Page } from '../../../src/observe/watch/page.ts';
import { createServer, type Server, type ServerOptions } from '../../../src/index.ts';
import { Bridging, Watching } from './waiting.ts';

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
    readonly page?: Right;
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
