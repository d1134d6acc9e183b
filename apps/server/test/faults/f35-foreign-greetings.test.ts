import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { setImmediate as passOfTheLoop } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ServerOptions } from '../../src/index.ts';
import { memoryServer, tcpServer } from '../peer.ts';
import { figure } from './figure.ts';

const QUITS = 'quit\nQUIT\r\n/quit\n/join elsewhere\n';

const GREETINGS = [
  { protocol: 'PROXY', name: 'version 2', head: '\r\n\r\n\0\r\nQUIT\n', rest: '\x21\x11\0\x0c\x7f\0\0\x01' },
  { protocol: 'PROXY', name: 'version 2, LOCAL', head: '\r\n\r\n\0\r\nQUIT\n', rest: '\x20\0\0\0' },
  { protocol: 'SMTP', name: 'LHLO', head: 'LHLO\t', rest: 'x\r\n' },
  {
    protocol: 'HTTP',
    name: 'a request behind empty lines',
    head: '\r\n\r\nGET / HTTP/1.1\r\n',
    rest: '\r\n',
  },
  { protocol: 'HTTP', name: 'a target with spaces', head: 'GET /a b HTTP/1.1\r\n', rest: '\r\n' },
  { protocol: 'HTTP', name: 'a stream', head: 'OPTIONS * RTSP/1.0\r\n', rest: '\r\n' },
  { protocol: 'PROXY', name: 'version 1', head: 'PROXY TCP4 ', rest: '127.0.0.1 127.0.0.1 50000 6677\r\n' },
  { protocol: 'PROXY', name: 'version 1, UNKNOWN', head: 'PROXY UNKNOWN\r', rest: '\n' },
  { protocol: 'SMTP', name: 'HELO', head: 'HELO ', rest: 'x\r\n' },
  { protocol: 'SMTP', name: 'EHLO', head: 'EHLO ', rest: 'x\r\n' },
  { protocol: 'SSH', name: 'its version', head: 'SSH-2', rest: '.0-OpenSSH_9.2\r\n' },
  { protocol: 'RESP', name: 'an array', head: '*1\r\n$4', rest: '\r\nQUIT\r\n' },
  { protocol: 'RESP', name: 'an array behind an empty line', head: '\r\n*1\r\n$4', rest: '\r\nQUIT\r\n' },
  { protocol: 'HTTP', name: 'a request', head: 'POST / HTTP/1.1\r\n', rest: 'host: x\r\n\r\n' },
  { protocol: 'TLS', name: 'a hello', head: '\x16\x03\x01', rest: '\x02\0\x01' },
] as const;

let executed = 0;

/** What came of bytes that were sent in two pieces to a server that everybody's quit would close. */
async function sent(options: ServerOptions, first: string, second: string): Promise<string[]> {
  const { server, join } = await memoryServer({ order: 'free', quit: 'all', ...options });
  const other = join();
  await other.line(/^\* WELCOME/);
  const seen: string[] = [];
  server.on('quit', () => (executed += 1));
  server.on('drop', ({ reason }) => seen.push(reason));
  server.on('cut', ({ code }) => seen.push(code));
  const peer = join();
  peer.duplex.write(first, 'latin1');
  await passOfTheLoop();
  await passOfTheLoop();
  peer.duplex.write(second, 'latin1');
  await peer.gone();
  executed += [...server.status()].filter(({ room }) => room !== 'main').length;
  await other.say('still here').line('STILL HERE');
  // The end of the test closes the server too.
  server.removeAllListeners('quit');
  return seen;
}

describe.each(GREETINGS)('F35: $protocol, $name', ({ protocol, head, rest }) => {
  const wire = head + rest + QUITS;
  const cuts = Array.from({ length: head.length + rest.length + 1 }, (_, cut) => cut);

  test('is told wherever it is cut, and nothing behind it is obeyed', async () => {
    for (const cut of cuts)
      expect(await sent({ events: 'on' }, wire.slice(0, cut), wire.slice(cut))).toEqual([
        protocol,
        `spoke ${protocol}`,
      ]);
  });

  test('nor where a token is wanted', async () => {
    const folder = mkdtempSync(joinPath(tmpdir(), 'proto-f35-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const tokenFile = joinPath(folder, 'token');
    writeFileSync(tokenFile, 'secret-enough-for-a-test\n', { mode: 0o600 });
    const { server, join } = await memoryServer({ order: 'free', tokenFile });
    const cut: string[] = [];
    server.on('cut', ({ code }) => cut.push(code));
    for (const at of cuts) {
      const peer = join();
      peer.duplex.write(wire.slice(0, at), 'latin1');
      await passOfTheLoop();
      peer.duplex.write(wire.slice(at), 'latin1');
      await peer.gone();
    }
    expect(cut).toEqual(cuts.map(() => protocol));
  });
});

test('F35: over TCP, byte by byte, into a server with its defaults', async () => {
  const { server, join } = await tcpServer();
  server.on('quit', () => (executed += 1));
  for (const { head, rest } of GREETINGS) {
    const peer = await join();
    for (const byte of head + rest + QUITS) {
      if (peer.duplex.destroyed || peer.ended) break;
      peer.duplex.write(byte, 'latin1');
      await passOfTheLoop();
    }
    await peer.gone();
  }
  await (await join()).line(/^\* WELCOME/);
  figure({ id: 'F35', what: 'quits executed of greetings of others', value: executed, unit: '', atMost: 0 });
  expect(executed).toBe(0);
});

test.each([
  'helo there',
  'HELOS',
  'proxy TCP4',
  'PROXY me',
  'ssh-',
  '*1',
  'PROXY',
  '*bold*',
  'SSH 2.0',
  '',
  'SSH-ing into the box',
  'say x HTTP/1 is old',
  '$GPGGA,123519,N',
  '*IDN?',
  'GET /',
  '  indented',
])('F35: %j is a line', async (text) => {
  const { join } = await memoryServer({ order: 'free', transform: 'none' });
  const peer = join().say(text, 'end');
  await peer.line('end');
  expect(peer.replies.concat(peer.lines.filter((line) => line.startsWith('**')))).toContain(
    text.startsWith('*') ? `*${text}` : text,
  );
});

describe('F35: a client whose lines were all at fault', () => {
  test.each([
    { name: 'a bad byte', first: '\x01\n' },
    { name: 'a line over the limit', first: `${'x'.repeat(2_000)}\n` },
    { name: 'several', first: '\x01\n\x02\n\x03\n' },
  ])('quits for itself alone: $name', async ({ first }) => {
    const { server, join } = await memoryServer({ order: 'free', quit: 'all' });
    const other = join();
    const peer = join();
    peer.duplex.write(`${first}quit\n`);
    await peer.end();
    expect(peer.lines.at(-1)).toBe('* BYE quit');
    await other.say('still here').line('STILL HERE');
    expect(server.isAccepting).toBe(true);
  });

  test('quits for all again behind a good line', async () => {
    const { server, join } = await memoryServer({ order: 'free', quit: 'all' });
    const other = join();
    join().say('\x01', 'good', 'quit');
    await other.end();
    expect((await server.closed).scope).toBe('all');
  });

  test('a command that is unknown is not at fault in that way', async () => {
    const { server, join } = await memoryServer({ order: 'free', quit: 'all' });
    join().say('/nope', 'quit');
    expect((await server.closed).scope).toBe('all');
  });
});
