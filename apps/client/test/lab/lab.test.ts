import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { authLine } from '../../src/dial/token.ts';
import type { InjectedFault } from '@proto/faults';
import { Lab, type XRayMode } from '../../src/lab/lab.ts';
import { connect, framingsOf } from '../../src/library/connect.ts';
import { linesFrom, serve, settled, upper } from '../scripted-server.ts';

interface Made {
  readonly lab: Lab;
  /** What the x-ray shows. */
  readonly shown: string[];
}

function labWith(injected: readonly [InjectedFault, number][] = [], xray: XRayMode = 'off'): Made {
  const { sent: write, read } = framingsOf('on', 1024);
  let now = 0;
  const lab = new Lab({
    injected: new Map(injected),
    xray,
    xrayClock: 'start',
    framings: { write, read },
    classic: false,
    columns: () => 80,
    now: () => (now += 1000),
    epochMs: () => Date.UTC(2026, 10, 29, 14, 0, 0, 7) + now,
  });
  const shown: string[] = [];
  lab.show = (line) => void shown.push(line);
  return { lab, shown };
}

/** The reads of a connection, as they came. */
async function chunks(socket: Socket): Promise<string[]> {
  const all: string[] = [];
  socket.write('* WELCOME 1 1 main 1\n');
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) all.push(String(chunk));
  return all;
}

/** A server that keeps what it reads, until its client has ended. */
async function listener(): Promise<{ port: number; read: Promise<string[]> } & AsyncDisposable> {
  let found = (_: string[]): void => {};
  const read = new Promise<string[]>((resolve) => {
    found = resolve;
  });
  const server = await serve(async (socket) => {
    found(await chunks(socket));
    socket.end('A\nB\n* BYE end\n');
  });
  return { port: server.port, read, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

test.each<[[InjectedFault, number], string[]]>([
  [
    ['cut', 2],
    ['he', 'llo\nyo', 'u\n'],
  ],
  [
    ['split-crlf', 1],
    ['hello\r', '\nyou\r', '\n'],
  ],
  [['coalesce', 2], ['hello\nyou\n']],
])('Lab: %o: arrives so', async (fault, want) => {
  await using server = await listener();
  const { lab } = labWith([fault]);
  const client = await connect({ port: server.port, onSocket: lab.attach });
  lab.use(client);
  const asked = [client.ask('hello'), client.ask('you')];
  await client.end();
  await Promise.all(asked);
  expect(await server.read).toEqual(want);
});

test('Lab: coalesce: holds lines until there are enough, and off lets them go', async () => {
  await using server = await serve(upper);
  const { lab } = labWith([['coalesce', 3]]);
  const client = await connect({ port: server.port, onSocket: lab.attach });
  lab.use(client);
  let settledAsks = 0;
  const asked = ['a', 'b'].map((line) => client.ask(line).finally(() => settledAsks++));
  await settled(() => settledAsks);
  expect(settledAsks).toBe(0);
  expect(lab.fault('off')).toEqual({ kind: 'done', lines: ['all faults are off'] });
  expect(await Promise.all(asked)).toEqual(['A', 'B']);
  await client.end();
});

test('Lab: garbage: the server reads byte 0xFF in front; the answer is still counted', async () => {
  await using server = await serve(async (socket) => {
    socket.write('* WELCOME 1 1 main 1\n');
    for await (const line of linesFrom(socket)) {
      socket.write(line.startsWith('\u00ff') ? '* ERR FRAME_BAD_BYTE x\n' : `${line.toUpperCase()}\n`);
    }
    socket.end('* BYE end\n');
  });
  const { lab } = labWith([['garbage', 1]]);
  const client = await connect({ port: server.port, onSocket: lab.attach });
  lab.use(client);
  await expect(client.ask('hello')).rejects.toMatchObject({ code: 'REFUSED', answer: 'FRAME_BAD_BYTE' });
  lab.fault('garbage off');
  expect(await client.ask('hello')).toBe('HELLO');
  await client.end();
});

test('Lab: half-close: FIN behind the next line, and what is owed still comes', async () => {
  await using server = await serve(upper);
  const { lab } = labWith();
  const client = await connect({ port: server.port, onSocket: lab.attach });
  lab.use(client);
  expect(await client.ask('a')).toBe('A');
  lab.fault('half-close');
  expect(await client.ask('b')).toBe('B');
  expect(await client.ended).toMatchObject({ bye: 'end', error: undefined });
  expect(lab.told).toEqual([]);
});

test('Lab: rst: the server has the line, then a reset', async () => {
  let heard = '';
  let failed: Promise<unknown> | undefined;
  await using server = await serve((socket) => {
    failed = once(socket, 'error').catch((error: unknown) => error);
    socket.write('* WELCOME 1 1 main 1\n');
    socket.on('data', (chunk) => (heard += String(chunk)));
  });
  const { lab, shown } = labWith([['rst', 1]], 'text');
  const client = await connect({ port: server.port, onSocket: lab.attach });
  lab.use(client);
  await client.say('last words');
  expect((await client.ended).error).toMatchObject({ code: 'CLOSED' });
  expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
  expect(heard).toBe('last words\n');
  expect(shown).toContainEqual(expect.stringMatching(/^x> write ended at \d+\.000 s: RST after 11 bytes$/));
});

test('Lab: deaf: nothing is read until it is off', async () => {
  await using server = await serve(upper);
  const { lab, shown } = labWith([['deaf', 1]], 'text');
  const client = await connect({ port: server.port, onSocket: lab.attach });
  lab.use(client);
  const asked = client.ask('a');
  await settled(() => shown.length);
  expect(shown.filter((line) => line.startsWith('x<'))).toEqual([]);
  lab.fault('deaf off');
  expect(await asked).toBe('A');
  await client.end();
});

test('Lab: x-ray: shows writes, reads and both ends, from the first byte', async () => {
  await using server = await serve(upper);
  const { lab, shown } = labWith([['cut', 2]], 'text');
  const client = await connect({ port: server.port, onSocket: lab.attach });
  lab.use(client);
  for await (const _ of client) break;
  expect(await client.ask('hello')).toBe('HELLO');
  await client.end();
  const heads = shown.filter((line) => /^x[<>] (read|write) /.test(line));
  expect(heads.map((line) => line.replace(/ at [\d.]+ s/, ''))).toEqual([
    'x< read 1: 21 bytes, 0 to 20',
    'x> write 1: 2 bytes, 0 to 1',
    'x> write 2: 4 bytes, 2 to 5',
    'x< read 2: 6 bytes, 21 to 26',
    'x> write ended: FIN after 6 bytes',
    'x< read 3: 10 bytes, 27 to 36',
    'x< read ended: FIN after 37 bytes',
  ]);
  expect(shown).toContain('x  frame 1 finished, begun in write 1: "hello"');
});

test('Lab: x-ray: a token is not shown, and what follows is where it is in the stream', async () => {
  const heard: string[] = [];
  await using server = await serve(async (socket) => {
    socket.write('* WELCOME 1 1 main 1\n');
    for await (const line of linesFrom(socket)) {
      heard.push(line);
      if (!line.startsWith('/auth')) socket.end('A\n* BYE end\n');
    }
  });
  const shown: string[] = [];
  const { sent: write, read } = framingsOf('on', 1024);
  const lab = new Lab({
    injected: new Map(),
    xray: 'text',
    xrayClock: 'wall',
    framings: { write, read },
    classic: false,
    secretBytes: authLine('sesame').length,
    columns: () => 80,
    now: () => 0,
    epochMs: () => Date.UTC(2026, 10, 29, 14, 0, 0, 7),
  });
  lab.show = (line) => void shown.push(line);
  const client = await connect({ port: server.port, token: 'sesame', onSocket: lab.attach });
  lab.use(client);
  expect(await client.ask('a')).toBe('A');
  expect(heard).toEqual(['/auth sesame', 'a']);
  expect(shown).toContain('x> write 1 at 14:00:00.007 UTC: 2 bytes, 13 to 14');
  expect(shown.join('\n')).not.toContain('sesame');
  await client.end();
});

test('Lab: x-ray: turned on later it knows how many bytes went by; as JSON it is data', async () => {
  await using server = await serve(upper);
  const { lab, shown } = labWith();
  const client = await connect({ port: server.port, onSocket: lab.attach });
  lab.use(client);
  expect(await client.ask('hello')).toBe('HELLO');
  expect(shown).toEqual([]);
  expect(lab.xray('json')).toEqual({ kind: 'done', lines: ['x-ray is on, as JSON'] });
  expect(await client.ask('you')).toBe('YOU');
  expect(shown.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { direction: 'write', number: 1, from: 6, to: 10, bytes: '796f750a' },
    { direction: 'read', number: 1, from: 27, to: 31, pieces: [{ state: 'whole', text: 'YOU' }] },
  ]);
  const epochMs = Date.UTC(2026, 10, 29, 14, 0, 0, 7);
  expect(lab.xray('wall').lines).toEqual(['x-ray times show the time of day, in UTC']);
  expect(await client.ask('on')).toBe('ON');
  expect(shown.slice(2).map((line) => (JSON.parse(line) as { atMs: number }).atMs - epochMs)).toEqual([
    3000, 3000,
  ]);
  lab.xray('on');
  expect(await client.ask('on')).toBe('ON');
  expect(shown.slice(4).filter((line) => line.includes(' UTC: '))).toEqual([
    'x> write 3 at 14:00:03.007 UTC: 3 bytes, 13 to 15',
    'x< read 3 at 14:00:03.007 UTC: 3 bytes, 34 to 36',
  ]);
  expect(lab.xray('start').lines).toEqual(['x-ray times count from the start of the connection']);
  shown.splice(0);
  expect(await client.ask('on')).toBe('ON');
  expect(shown[0]).toBe('x> write 4 at 3.000 s: 3 bytes, 16 to 18');
  shown.splice(2);
  expect(lab.xray('off').lines).toEqual(['x-ray is off']);
  expect(await client.ask('more')).toBe('MORE');
  expect(shown).toHaveLength(2);
  expect(lab.xray('hex').kind).toBe('wrong');
  await client.end();
});
