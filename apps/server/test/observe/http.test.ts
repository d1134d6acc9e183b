import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type HttpEndpoint, serveHttp, serverMetrics } from '../../src/observe/index.ts';
import { createServer, ListenError, MemoryListener, type Server } from '../../src/index.ts';
import { memoryServer, Peer } from '../peer.ts';

async function served(server: Server): Promise<HttpEndpoint & { get: (path: string) => Promise<Response> }> {
  const endpoint = await serveHttp(server, { address: '127.0.0.1:0', metrics: [serverMetrics(server)] });
  onTestFinished(() => endpoint.close());
  return { ...endpoint, get: (path) => fetch(`http://${endpoint.address}${path}`) };
}

describe('http', () => {
  test('serveHttp: ready between listen() and a quit, healthy all the time', async () => {
    const listener = new MemoryListener();
    let answer: (text: string) => void = () => {};
    const handled = new Promise<string>((resolve) => {
      answer = resolve;
    });
    const server = createServer({ order: 'free', transform: () => handled }, listener);
    const { get } = await served(server);
    const states = async (): Promise<number[]> =>
      Promise.all(['/healthz', '/readyz'].map(async (path) => (await get(path)).status));
    expect(await states()).toEqual([200, 503]);
    await server.listen();
    expect(await states()).toEqual([200, 200]);
    const peer = new Peer(listener.connect());
    const asked = once(server, 'line');
    peer.say('wait');
    await asked;
    const closed = server.close();
    await peer.line(/^\* QUIT/);
    expect(await states()).toEqual([200, 503]);
    expect(await (await get('/readyz')).text()).toContain('draining');
    answer('done');
    await peer.end();
    await closed;
    expect(peer.lines).toContain('done');
    expect(await states()).toEqual([200, 503]);
  });

  test('serveHttp: not ready from the beginning of a drain, in which clients are let in', async () => {
    const { server } = await memoryServer({ drainMs: 60_000 });
    const { get } = await served(server);
    expect((await get('/readyz')).status).toBe(200);
    void server.drain();
    expect((await get('/readyz')).status).toBe(503);
    const metrics = await (await get('/metrics')).text();
    expect(metrics.match(/^proto_(?:accepting|ready) .$/gm)).toEqual(['proto_accepting 1', 'proto_ready 0']);
  });

  test.each([
    { method: 'HEAD', path: '/healthz', status: 200, text: '' },
    { method: 'GET', path: '/healthz?verbose=1', status: 200, text: 'ok\n' },
    { method: 'GET', path: '/', status: 404, text: 'Not found. Try /healthz, /readyz or /metrics\n' },
    {
      method: 'GET',
      path: '/constructor',
      status: 404,
      text: 'Not found. Try /healthz, /readyz or /metrics\n',
    },
    { method: 'POST', path: '/metrics', status: 405, text: 'Only GET and HEAD\n' },
    { method: 'DELETE', path: '/healthz', status: 405, text: 'Only GET and HEAD\n' },
  ])('serveHttp: $method $path is $status', async ({ method, path, status, text }) => {
    const { address } = await served(createServer({}, new MemoryListener()));
    const response = await fetch(`http://${address}${path}`, { method });
    expect([response.status, await response.text()]).toEqual([status, text]);
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('serveHttp: a request with a head of 16 KiB is refused, and the next one answered', async () => {
    const { address, get } = await served(createServer({}, new MemoryListener()));
    const port = Number(address.split(':')[1]);
    const peer = new Peer(connect(port, '127.0.0.1'));
    peer.say('GET /healthz HTTP/1.1\r', `X-Long: ${'x'.repeat(16_384)}\r`, '\r');
    await peer.until(({ raw }) => raw.startsWith('HTTP/1.1 431'));
    expect((await get('/healthz')).status).toBe(200);
  });

  test('serveHttp: an address that is taken rejects, and says what to do', async () => {
    const server = createServer({}, new MemoryListener());
    const { address } = await served(server);
    const second = serveHttp(server, { address, metrics: [] });
    await expect(second).rejects.toThrow(ListenError);
    await expect(second).rejects.toThrow(
      `Cannot serve HTTP on ${address}: the port is in use. Pass another --http HOST:PORT`,
    );
  });

  test('serveHttp: close ends the connections that are kept alive', async () => {
    const server = createServer({}, new MemoryListener());
    const endpoint = await serveHttp(server, { address: '[::1]:0', metrics: [] });
    const { address } = endpoint;
    const port = Number(address.slice(address.lastIndexOf(':') + 1));
    const peer = new Peer(connect(port, '::1'));
    peer.say('GET /healthz HTTP/1.1\r', 'Host: me\r', '\r');
    await peer.until(({ raw }) => raw.endsWith('ok\n'));
    await endpoint.close();
    await peer.until(({ duplex }) => duplex.destroyed);
  });
});
