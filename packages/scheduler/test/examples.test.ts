import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer as createHttpServer, get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, createServer, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import {
  abortMember,
  childMember,
  httpMember,
  socketMember,
  timerMember,
  workerMember,
} from '../examples/members.ts';
import { QuitGroup, type QuitMember, type QuitReport } from '../src/index.ts';

// Long for what drains, which does not wait for it; short for what hangs.
const LONG_MS = 30_000;
const SHORT_MS = 50;

function quit(member: QuitMember, graceMs: number): Promise<QuitReport<string>> {
  const group = new QuitGroup<string>();
  group.add('it', member);
  return group.quit({ reason: 'enough', graceMs });
}

async function outcome(member: QuitMember, graceMs: number): Promise<string | undefined> {
  return (await quit(member, graceMs)).members.get('it')?.outcome;
}

it.each([
  {
    name: 'a peer that closes too: what was written arrives',
    allowHalfOpen: false,
    graceMs: LONG_MS,
    want: 'drained',
  },
  { name: 'a peer that never closes', allowHalfOpen: true, graceMs: SHORT_MS, want: 'forced' },
])('example, socket: $name', async ({ allowHalfOpen, graceMs, want }) => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('Cannot connect: no port');
  const accepted = new Promise<Socket>((resolve) => {
    server.once('connection', resolve);
  });
  const client = connect({ port: address.port, host: '127.0.0.1', allowHalfOpen });
  client.on('error', () => {});
  const socket = await accepted;
  socket.write('last words');
  const closed = once(socket, 'close');
  const heard = once(client, 'data');
  expect(await outcome(socketMember(socket), graceMs)).toBe(want);
  expect(String((await heard)[0])).toBe('last words');
  await closed;
  client.destroy();
  server.close();
});

it.each([
  { name: 'one that listens', script: 'process.exit(0)', graceMs: LONG_MS, want: 'drained' },
  { name: 'one that is deaf', script: '', graceMs: SHORT_MS, want: 'forced' },
])('example, worker: $name', async ({ script, graceMs, want }) => {
  const code = `const { parentPort } = require('node:worker_threads');
    parentPort.on('message', () => { ${script} }); parentPort.postMessage('up');`;
  const worker = new Worker(code, { eval: true });
  await once(worker, 'message');
  const exited = once(worker, 'exit');
  expect(await outcome(workerMember(worker), graceMs)).toBe(want);
  await exited;
});

it.each([
  { name: 'one that listens', script: 'process.exit(0)', graceMs: LONG_MS, want: 'drained', signal: null },
  { name: 'one that is deaf', script: '', graceMs: SHORT_MS, want: 'forced', signal: 'SIGKILL' },
])('example, child process: $name', async ({ script, graceMs, want, signal }) => {
  const code = `process.on('SIGTERM', () => { ${script} }); setInterval(() => {}, 1000); console.log('up');`;
  const child = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const exited = once(child, 'exit');
  expect(await outcome(childMember(child), graceMs)).toBe(want);
  expect((await exited)[1]).toBe(signal);
});

it('examples: one that has ended before is not waited for', async () => {
  const worker = new Worker('', { eval: true });
  await once(worker, 'exit');
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(child, 'exit');
  const killed = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  const socket = new Socket();
  socket.destroy();
  await once(socket, 'close');
  for (const member of [workerMember(worker), childMember(child), childMember(killed), socketMember(socket)])
    expect(await outcome(member, LONG_MS)).toBe('drained');
});

it.each([
  { name: 'work that listens', listens: true, graceMs: LONG_MS, want: 'drained' },
  { name: 'work that is deaf', listens: false, graceMs: SHORT_MS, want: 'forced' },
])('example, AbortController: $name', async ({ listens, graceMs, want }) => {
  const controller = new AbortController();
  const work = new Promise<void>((resolve) => {
    if (listens) controller.signal.addEventListener('abort', () => resolve());
  });
  expect(await outcome(abortMember(controller, work), graceMs)).toBe(want);
  expect(controller.signal.reason).toBe('enough');
});

it('example, HTTP: a request that has come is answered, and kept-alive connections end', async () => {
  const asked: { answer?: () => void } = {};
  const server = createHttpServer((request, response) => {
    if (request.url === '/slow') asked.answer = () => void response.end('slow');
    else response.end('quick');
  }).listen(0, '127.0.0.1');
  const member = httpMember(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  const ask = async (path: string): Promise<string> => {
    const request = get({ port, host: '127.0.0.1', path, agent });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return text(response);
  };
  expect(await ask('/quick')).toBe('quick');
  const slow = ask('/slow');
  while (asked.answer === undefined) await new Promise((resolve) => void setImmediate(resolve));
  const ended = outcome(member, LONG_MS);
  while (server.listening) await new Promise((resolve) => void setImmediate(resolve));
  asked.answer();
  expect(await slow).toBe('slow');
  expect(await ended).toBe('drained');
  agent.destroy();
});

it('example, HTTP: a request that is never answered is cut off', async () => {
  const server = createHttpServer(() => {}).listen(0, '127.0.0.1');
  const member = httpMember(server);
  await once(server, 'listening');
  const request = get({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  const failed = once(request, 'error');
  await once(server, 'request');
  expect(await outcome(member, SHORT_MS)).toBe('forced');
  await failed;
});

it.each([
  { name: 'what it has begun is ended', hangs: false, graceMs: LONG_MS, want: 'drained' },
  { name: 'one that hangs is left', hangs: true, graceMs: SHORT_MS, want: 'forced' },
])('example, timer: $name', async ({ hangs, graceMs, want }) => {
  let begun = 0;
  const acted: { end?: () => void } = {};
  const member = timerMember(1, () => {
    begun += 1;
    return new Promise((resolve) => (acted.end = resolve));
  });
  while (acted.end === undefined) await new Promise((resolve) => void setImmediate(resolve));
  const ended = outcome(member, graceMs);
  if (!hangs) acted.end();
  expect([await ended, begun]).toEqual([want, 1]);
});
