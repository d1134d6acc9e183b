import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import * as door from '../src/index.ts';
import * as observing from '../src/observe/index.ts';
import { createServer, MemoryListener } from '../src/index.ts';
import { logJson, serveHttp, serverMetrics, showOnConsole } from '../src/observe/index.ts';
import { memoryServer, Peer, tcpServer } from './peer.ts';

test('doors: these names and no others', () => {
  expect(Object.keys(door).toSorted()).toEqual([
    'ListenError',
    'MemoryListener',
    'OptionError',
    'Server',
    'createServer',
    'turnsOf',
  ]);
  expect(Object.keys(observing).toSorted()).toEqual([
    'Output',
    'logJson',
    'processMetrics',
    'serveHttp',
    'serverMetrics',
    'showOnConsole',
    'showXRay',
  ]);
});

test('createServer: of two servers in one process one quits, the other lives', async () => {
  const [one, other] = [await tcpServer({ clients: 1 }), await tcpServer({ clients: 1 })];
  const [first, second] = [await one.join(), await other.join()];
  await Promise.all([first.line(/^\* WELCOME/), second.line(/^\* WELCOME/)]);
  first.say('quit');
  const { clean, forced } = await one.server.closed;
  expect([clean.length, forced.length]).toEqual([1, 0]);
  await second.say('still here').line('STILL HERE');
  expect(second.lines.filter((line) => line.startsWith('* QUIT'))).toEqual([]);
  expect(other.server.isAccepting).toBe(true);
});

test('createServer: fifty servers, observed by all there is, leave the process as it was', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error): void => void warnings.push(warning);
  process.on('warning', onWarning);
  onTestFinished(() => void process.off('warning', onWarning));
  const listeners = (): number =>
    process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0);
  const before = listeners();
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const servers = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const listener = new MemoryListener();
      const server = createServer({ order: 'free' }, listener);
      const stops = [showOnConsole(server, { write, colour: false }), logJson(server, { write, text: true })];
      const http = await serveHttp(server, { address: '127.0.0.1:0', metrics: [serverMetrics(server)] });
      await server.listen();
      const peer = new Peer(listener.connect());
      return { server, stops, http, peer };
    }),
  );
  await Promise.all(servers.map(({ peer }) => peer.say('hello').line('HELLO')));
  const texts = await Promise.all(
    servers.map(async ({ http }) => (await fetch(`http://${http.address}/metrics`)).text()),
  );
  for (const text of texts) expect(text).toMatch(/^proto_received_lines_total 1$/m);
  for (const { server, stops, http, peer } of servers) {
    const closed = server.close();
    await peer.end();
    await closed;
    for (const stop of stops) stop();
    await http.close();
  }
  // A warning is emitted in a turn of its own.
  await new Promise((resolve) => setImmediate(resolve));
  expect(warnings).toEqual([]);
  expect(listeners()).toBe(before);
});

test('close: graceMs of the call wins over that of the options', async () => {
  const { server, join } = await memoryServer({
    order: 'free',
    graceMs: 60_000,
    transform: () => new Promise(() => {}),
  });
  const peer = join();
  const asked = once(server, 'line');
  peer.say('never answered');
  await asked;
  const { forced, reason } = await server.close({ graceMs: 10, reason: 'no time' });
  expect([forced.length, reason]).toEqual([1, 'no time']);
  expect(peer.lines).toContain('* QUIT - no time');
});

test('asyncDispose: the end of the block closes the server', async () => {
  const listener = new MemoryListener();
  let peer: Peer;
  {
    await using server = createServer({ order: 'free' }, listener);
    await server.listen();
    peer = new Peer(listener.connect());
    await peer.line(/^\* WELCOME/);
    void peer.end();
  }
  expect(peer.lines.at(-1)).toBe('* BYE server closed');
  expect(() => listener.connect()).toThrow('nobody is listening');
});
