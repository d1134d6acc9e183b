import { once } from 'node:events';
import { VirtualClock } from '@proto/scheduler/testing';
import { MOST_OPERATION_BYTES } from '@proto/watch';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { SOCKETS } from '../../../src/observe/watch/bounds.ts';
import { WATCH } from '../../../src/observe/watch/watchers.ts';
import { createServer, MemoryListener } from '../../../src/index.ts';
import { memoryServer } from '../../peer.ts';
import { pagedServer, pageOf } from './page-of.ts';
import { type Bridging, Watching } from './waiting.ts';

const FULL = 1013;
const WRONG = 1008;
const TOKEN = 4401;
const secret = { is: (shown: string): boolean => shown === 's3cret' };
const alone = () => createServer({}, new MemoryListener());

describe('PageSockets', () => {
  test('PageSockets: a watcher gets what a client sends', async () => {
    const { server, join } = await memoryServer({ order: 'free' });
    const page = await pageOf(server, { page: 'watch' });
    const watching = await page.watch().has('state');
    expect(watching.of('hello')[0]).toMatchObject({ v: 1, why: 'first', rights: ['watch'] });
    await join().say('hello').line('HELLO');
    await watching.until((self) => self.of('chunk').length === 2);
    expect(watching.of('chunk')).toMatchObject([
      { d: 'read', b: 'hello\n' },
      { d: 'write', b: expect.stringContaining('HELLO\n') as unknown },
    ]);
    expect(watching.damages).toEqual([]);
  });

  test('PageSockets: the ninth watcher is refused, until another one leaves', async () => {
    const page = await pageOf(alone());
    const all = Array.from({ length: SOCKETS.watchers }, () => page.watch());
    for (const watching of all) await watching.has('state');
    expect(await page.watch().end()).toBe(FULL);
    all[0]!.socket.close();
    await all[0]!.end();
    await page.watch().has('state');
  });

  test('PageSockets: four bridges of one page, 32 of all', async () => {
    const { page } = await pagedServer();
    const bridges: Bridging[] = [];
    for (let i = 0; i < SOCKETS.bridges; i++) bridges.push(await page.bridge(`page ${i >> 2}`).opened());
    expect(await page.bridge('page 0').end()).toBe(FULL);
    expect(await page.bridge('another').end()).toBe(FULL);
    bridges[4]!.socket.close();
    await bridges[4]!.end();
    expect(await page.bridge('page 0').end()).toBe(FULL);
    const another = await page.bridge('another').opened();
    expect(another.closed).toBeUndefined();
  });

  test.each([
    ['no JSON', 'follow', WRONG],
    ['an operation that is wrong', '{"op":"follow","clients":[1,2,3,4,5,6,7,8,9]}', WRONG],
    ['bytes', Buffer.from('{"op":"follow","clients":[]}'), WRONG],
    ['more than 64 KiB', `{"op":"${'x'.repeat(MOST_OPERATION_BYTES)}"}`, 1009],
  ])('PageSockets: a page that sends %s is closed', async (_, data, want) => {
    const page = await pageOf(alone());
    const watching = await page.watch().has('state');
    watching.socket.send(data);
    expect(await watching.end()).toBe(want);
  });

  test('PageSockets: an unknown operation is ignored', async () => {
    const page = await pageOf(alone());
    const watching = await page.watch().has('state');
    watching.say({ op: 'dance' }).say({ op: 'token', token: 'not asked for' });
    await watching.has('tick');
    expect(watching.closed).toBeUndefined();
  });

  test('PageSockets: with the right hold a page holds turns, serves one, and lets them go on', async () => {
    const { server, join } = await memoryServer({ clients: 1 });
    const page = await pageOf(server, { page: 'hold' });
    const client = await join().line('* TURN 1');
    const watching = await page.watch().has('state');
    expect(watching.of('hello')[0]?.rights).toEqual(['watch', 'join', 'hold']);
    watching.say({ op: 'hold', room: 'main', on: true });
    await watching.until((self) => self.of('rooms').some(({ rooms }) => rooms[0]?.held === true));
    expect(watching.of('waited')).toMatchObject([{ c: 1, end: 'held' }]);
    client.say('one', 'two');
    await watching.until((self) => self.of('rooms').some(({ rooms }) => rooms[0]?.waiting === 2));
    watching.say({ op: 'step', room: 'main', turns: 1 });
    await client.line('ONE');
    expect(client.lines).not.toContain('TWO');
    watching.say({ op: 'hold', room: 'main', on: false });
    await client.line('TWO');
  });

  test('PageSockets: turns go on when the page that holds them is gone', async () => {
    const { server, join } = await memoryServer({ clients: 1 });
    const page = await pageOf(server, { page: 'hold' });
    const client = await join().line('* TURN 1');
    const held = once(server, 'hold');
    const watching = (await page.watch().has('state')).say({ op: 'hold', room: 'main', on: true });
    await held;
    client.say('one');
    watching.socket.terminate();
    await client.line('ONE');
  });

  test.each(['watch', 'join'] as const)(
    'PageSockets: with the right %s a page holds nothing',
    async (right) => {
      const { server, join } = await memoryServer({ clients: 1 });
      const page = await pageOf(server, { page: right });
      const client = await join().line('* TURN 1');
      const watching = await page.watch().has('state');
      watching.say({ op: 'hold', room: 'main', on: true }).say({ op: 'step', room: 'main', turns: 1 });
      await watching.has('tick');
      await client.say('one').line('ONE');
      expect(watching.closed).toBeUndefined();
    },
  );

  test('PageSockets: nothing is sent before the token', async () => {
    const { server, join } = await memoryServer({ order: 'free' });
    const page = await pageOf(server, { secret });
    const watching = await page.watch().has('locked');
    expect(watching.messages).toEqual([{ k: 'locked', t: 0, tries: 3 }]);
    expect(server.listenerCount('chunk')).toBe(0);
    await join().say('hello').line('HELLO');
    watching.say({ op: 'follow', clients: [1] });
    await watching.until((self) => self.of('locked').length === 2);
    watching.say({ op: 'token', token: 's3cret' });
    await watching.has('state');
    expect(watching.messages.map(({ k }) => k).slice(0, 4)).toEqual(['locked', 'locked', 'hello', 'state']);
  });

  test('PageSockets: three wrong tokens close it', async () => {
    const page = await pageOf(alone(), { secret });
    const watching = page.watch();
    for (const token of ['a', 'b', 'c']) watching.say({ op: 'token', token });
    expect(await watching.end()).toBe(TOKEN);
    expect(watching.messages.map((message) => 'tries' in message && message.tries)).toEqual([3, 2, 1]);
  });

  test('PageSockets: a token is waited for 5 s', async () => {
    const clock = new VirtualClock();
    const page = await pageOf(alone(), { secret, clock });
    const watching = await page.watch().has('locked');
    await clock.advance(4_999);
    expect(watching.socket.readyState).toBe(WebSocket.OPEN);
    await clock.advance(1);
    expect(await watching.end()).toBe(TOKEN);
  });

  test('PageSockets: a bridge shows the token too', async () => {
    const { server, page } = await pagedServer({}, { secret });
    const bridge = await page.bridge().has('locked');
    bridge.say({ op: 'write', parts: ['hello\n'], apartMs: 0 });
    await bridge.until(({ said }) => said.length === 2);
    expect(server.counts.clients).toBe(0);
    bridge.say({ op: 'token', token: 's3cret' });
    await bridge.has('seat');
  });

  test('PageSockets: a request with the token is admitted', async () => {
    const page = await pageOf(alone(), { secret });
    const headers = { authorization: 'Bearer s3cret' };
    const watching = await new Watching(page.open('/watch', headers)).has('state');
    expect(watching.of('locked')).toEqual([]);
  });

  test('PageSockets: a page that stops answering is closed', async () => {
    const clock = new VirtualClock();
    const server = alone();
    const page = await pageOf(server, { clock });
    const watching = await page.watch().has('state');
    const gone = once(watching.socket, 'close');
    await clock.advance(20_000);
    await once(watching.socket, 'ping');
    // It stops in the middle of everything: no answer to the next one.
    watching.socket.pause();
    const before = server.listenerCount('chunk');
    await clock.advance(20_000);
    expect([before, server.listenerCount('chunk')]).toEqual([1, 1]);
    await clock.advance(20_000);
    watching.socket.resume();
    await gone;
    expect(server.listenerCount('chunk')).toBe(0);
  });

  test('PageSockets: one that does not read gets no queue, and one resync when it reads again', async () => {
    const clock = new VirtualClock();
    const { server } = await memoryServer({ order: 'free' });
    const page = await pageOf(server, { clock });
    const watching = await page.watch().has('state');
    watching.socket.pause();
    const bytes = Buffer.alloc(65_536, 0xff);
    const place = { client: 1, room: 'main', seat: 1 };
    // More than any buffer of the kernel takes.
    for (let from = 0; from < 200; from++) {
      server.emit('chunk', {
        ...place,
        direction: 'read',
        from,
        atMs: 0,
        epochMs: 0,
        open: 0,
        length: bytes.length,
        bytes,
      });
      await clock.advance(WATCH.batchMs);
    }
    watching.socket.resume();
    while (watching.of('hello').length < 2) {
      await clock.advance(WATCH.batchMs);
      // Sockets are read between two passes of the event loop.
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    const [, hello] = watching.of('hello');
    expect(hello?.missed?.chunks).toBeGreaterThan(50);
    expect(watching.of('chunk').length + (hello?.missed?.chunks ?? 0)).toBe(200);
    expect(watching.of('hello')).toHaveLength(2);
  });

  test('PageSockets: with all of them open, health is still answered, and no event has more listeners than before', async () => {
    const { page, server } = await pagedServer();
    const events = ['join', 'leave', 'drop', 'chunk', 'chunkEnd', 'turn'] as const;
    const listeners = (): number[] => events.map((event) => server.listenerCount(event));
    await page.watch().has('state');
    const before = listeners();
    for (let i = 1; i < SOCKETS.watchers; i++) await page.watch().has('state');
    for (let i = 0; i < SOCKETS.bridges; i++) await page.bridge(`page ${i >> 2}`).has('seat');
    expect(listeners()).toEqual(before);
    expect((await fetch(`http://${page.at}/healthz`)).status).toBe(200);
  });
});
