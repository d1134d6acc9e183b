import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { serveHttp, serverMetrics } from '../../src/observe/index.ts';
import { memoryServer } from '../peer.ts';
import { figure } from './figure.ts';

const CALLERS = 32;

/** The status of one GET over a connection of its own, as a probe does it; `undefined`: none came. */
function probe(address: string, path: string, host = address): Promise<number | undefined> {
  const [name, port] = address.split(':');
  return new Promise((resolve) => {
    request({ host: name, port, path, headers: { host }, agent: false })
      .on('response', (response) => {
        response.resume();
        resolve(response.statusCode);
      })
      .on('error', () => resolve(undefined))
      .end();
  });
}

async function served(names: readonly string[] = []): Promise<string> {
  const { server } = await memoryServer({ order: 'free' });
  const endpoint = await serveHttp(server, {
    address: '127.0.0.1:0',
    metrics: [serverMetrics(server)],
    names,
  });
  onTestFinished(() => endpoint.close());
  return endpoint.address;
}

async function caller(address: string, say: string): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: Number(address.split(':')[1]) });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {});
  await once(socket, 'connect');
  socket.write(say);
  return socket;
}

test.each([
  { how: 'kept alive', say: 'GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n', answers: true },
  { how: 'slow', say: 'GET /metrics HTTP/1.1\r\nHost: 127.', answers: false },
  { how: 'silent', say: '', answers: false },
])('F41: with 32 connections $how, a probe is answered', async ({ say, answers }) => {
  const address = await served();
  const callers = await Promise.all(Array.from({ length: CALLERS }, () => caller(address, say)));
  if (answers) await Promise.all(callers.map((socket) => once(socket, 'data')));
  const times: number[] = [];
  for (let each = 0; each < 100; each++) {
    const from = performance.now();
    expect(await probe(address, '/healthz')).toBe(200);
    times.push(performance.now() - from);
  }
  const p99 = times.toSorted((a, b) => a - b)[98]!;
  figure({ id: 'F41', what: '/healthz, p99', value: p99, unit: 'ms', atMost: 100 });
});

test('F41: health is for everybody, and metrics only for who names this server or an address', async () => {
  const address = await served(['lines.example.com']);
  const statuses = async (host?: string): Promise<(number | undefined)[]> =>
    Promise.all(['/healthz', '/readyz', '/metrics'].map((path) => probe(address, path, host)));
  for (const host of [address, '10.1.2.3:80', '[fe80::1]:80', 'localhost', 'LINES.example.com:443'])
    expect(await statuses(host)).toEqual([200, 200, 200]);
  for (const host of ['evil.example', '127.0.0.1.evil.example', 'evil.example:80'])
    expect(await statuses(host)).toEqual([200, 200, 421]);
});
