import { VirtualClock } from '@proto/scheduler/testing';
import { MOST_PEOPLE, MOST_ROOMS } from '@proto/watch';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BATCH } from '../../../src/observe/watch/batch.ts';
import { WATCH, Watchers } from '../../../src/observe/watch/watchers.ts';
import type { Server, ServerOptions } from '../../../src/index.ts';
import { memoryServer, type Peer } from '../../peer.ts';
import { Eye } from './eye.ts';

interface Watched {
  readonly server: Server;
  readonly join: () => Peer;
  readonly clock: VirtualClock;
  readonly watchers: Watchers;
}

async function watched(options: ServerOptions = {}, lesson?: number): Promise<Watched> {
  const clock = new VirtualClock();
  const { server, join } = await memoryServer({ order: 'free', ...options });
  const watchers = new Watchers({
    server,
    rights: ['watch'],
    clock,
    address: () => 'memory',
    loopMs: () => 12.34,
    ...(lesson !== undefined && { lesson }),
  });
  return { server, join, clock, watchers };
}

/** Clients that have taken their seats. */
async function present(join: () => Peer, count: number): Promise<Peer[]> {
  return Promise.all(Array.from({ length: count }, async () => join().line(/^\* WELCOME/)));
}

const listeners = (server: Server): number =>
  server.eventNames().reduce((sum, name) => sum + server.listenerCount(name), 0);

describe('Watchers', () => {
  test('Watchers: nobody listens while nobody watches, and never to lines', async () => {
    const { server, watchers, clock } = await watched();
    const before = listeners(server);
    const eyes = [new Eye(), new Eye()];
    for (const eye of eyes) watchers.add(eye);
    expect(listeners(server)).toBeGreaterThan(before);
    for (const name of ['line', 'send', 'entry'] as const) expect(server.listenerCount(name)).toBe(0);
    const both = listeners(server);
    watchers.delete(eyes[0]!);
    expect(listeners(server)).toBe(both);
    watchers.delete(eyes[1]!);
    expect(listeners(server)).toBe(before);
    expect(clock.pending).toBe(0);
  });

  test('Watchers: a hello says for which lesson the server is set up', async () => {
    const lessons = [await watched({}, 3), await watched()].map(({ watchers }) => {
      const eye = new Eye();
      watchers.add(eye);
      return eye.of('hello')[0]?.settings.lesson;
    });
    expect(lessons).toEqual([3, undefined]);
  });

  test('Watchers: a hello, the full state, and then what happens, batch by batch', async () => {
    const { join, watchers, clock } = await watched({ order: 'strict', clients: 1 });
    const [ann] = await present(join, 1);
    await ann!.say('/name ann', 'he').line('HE');
    const eye = new Eye();
    watchers.add(eye);
    expect(eye.messages).toMatchObject([
      { k: 'hello', v: 1, address: 'memory', why: 'first', rights: ['watch'], settings: { order: 'strict' } },
      {
        k: 'state',
        t: 0,
        all: 1,
        rooms: [{ room: 'main', have: 1, want: 1, holder: 1, waitedFor: 1, waiting: 0 }],
        people: [{ c: 1, room: 'main', seat: 1, name: 'ann', waiting: 0, served: 1, outbox: 0 }],
      },
    ]);
    expect(eye.of('state')[0]).not.toHaveProperty('closing');
    await clock.advance(20);
    await ann!.say('llo').line('LLO');
    expect(eye.texts).toHaveLength(1);
    await clock.advance(30);
    expect(eye.texts).toHaveLength(2);
    const seen = eye.messages.slice(2);
    expect(seen).toContainEqual({ k: 'chunk', t: 20, c: 1, d: 'read', from: 13, len: 4, b: 'llo\n' });
    expect(seen.filter(({ k }) => k === 'chunk' || k === 'turn')).toMatchObject([
      { k: 'chunk', d: 'read' },
      { k: 'turn', n: 2, c: 1, seat: 1, state: 'served' },
      { k: 'turn', n: 3, state: 'waiting' },
      { k: 'chunk', d: 'write', b: 'LLO\n* TURN 1\n' },
    ]);
    expect(seen.at(-2)).toMatchObject({ k: 'people', rows: [{ c: 1, served: 2 }] });
    expect(seen.at(-1)).toEqual({
      k: 'tick',
      t: 50,
      seq: 1,
      all: 1,
      counts: expect.objectContaining({ clients: 1, linesIn: 3 }) as unknown,
      loopMs: 12.3,
      left: { chunks: 0, bytes: 0, turns: 0, others: 0 },
    });
  });

  test('Watchers: without news a tick comes every 250 ms and nothing else', async () => {
    const { watchers, clock } = await watched();
    const eye = new Eye();
    watchers.add(eye);
    await clock.advance(1_000);
    expect(eye.messages.slice(2).map(({ k }) => k)).toEqual(['tick', 'tick', 'tick', 'tick']);
    expect(eye.of('tick').map(({ t }) => t)).toEqual([250, 500, 750, 1_000]);
  });

  test('Watchers: above 1,000 chunks a second a batch goes out every 100 ms', async () => {
    const { server, join, watchers, clock } = await watched();
    await present(join, 1);
    const eye = new Eye();
    watchers.add(eye);
    const place = { client: 1, room: 'main', seat: 1 };
    for (let from = 0; from <= 50; from++) {
      server.emit('chunk', {
        ...place,
        direction: 'read',
        from,
        atMs: 0,
        epochMs: 0,
        open: 0,
        length: 1,
        bytes: Uint8Array.of(65),
      });
    }
    await clock.advance(WATCH.batchMs);
    expect(eye.texts).toHaveLength(1);
    await clock.advance(WATCH.batchMs);
    expect(eye.of('chunk')).toHaveLength(51);
  });

  test('Watchers: the second watcher gets the state, and the first what happened before', async () => {
    const { join, watchers } = await watched();
    const [first, second] = [new Eye(), new Eye()];
    watchers.add(first);
    await present(join, 1);
    watchers.add(second);
    expect(first.messages.map(({ k }) => k)).toContain('join');
    expect(second.messages).toMatchObject([
      { k: 'hello', why: 'first' },
      { k: 'state', all: 1, people: [{ c: 1 }] },
    ]);
  });

  test('Watchers: up to 8 clients all are followed; of more, those that somebody asks for', async () => {
    const { server, join, watchers, clock } = await watched();
    await present(join, WATCH.followedByAll);
    const eye = new Eye();
    watchers.add(eye);
    const long = Buffer.alloc(1_000, 'x');
    const read = (client: number): void => {
      const place = { client, room: 'main', seat: client };
      server.emit('chunk', {
        ...place,
        direction: 'read',
        from: 0,
        atMs: 0,
        epochMs: 0,
        open: 0,
        length: long.length,
        bytes: long,
      });
    };
    read(1);
    await clock.advance(WATCH.batchMs);
    expect(eye.of('chunk').at(-1)).toMatchObject({ c: 1, len: 1_000, b: 'x'.repeat(1_000) });
    await present(join, 1);
    await clock.advance(WATCH.batchMs);
    read(1);
    await clock.advance(WATCH.batchMs);
    expect(eye.of('chunk').at(-1)).toMatchObject({ c: 1, len: 1_000, b: 'x'.repeat(BATCH.chunkBytes) });
    expect(eye.of('tick').at(-1)).toMatchObject({ all: 9, left: { chunks: 0, bytes: 904 } });
    watchers.follow(eye, [1]);
    read(1);
    read(2);
    await clock.advance(WATCH.batchMs);
    expect(eye.of('chunk').slice(-2)).toMatchObject([
      { c: 1, b: 'x'.repeat(1_000) },
      { c: 2, b: 'x'.repeat(BATCH.chunkBytes) },
    ]);
  });

  test('Watchers: one that does not read gets nothing, and then the full state and what it missed', async () => {
    const { join, watchers, clock } = await watched();
    const [ann] = await present(join, 1);
    const [slow, other] = [new Eye(), new Eye()];
    watchers.add(slow);
    watchers.add(other);
    slow.unsentBytes = WATCH.unsentBytes + 1;
    const missed: number[] = [];
    for (let i = 0; i < 4; i++) {
      await ann!.say(`line ${i}`).line(`LINE ${i}`);
      await clock.advance(WATCH.batchMs);
      missed.push(slow.texts.length);
    }
    expect(missed).toEqual([1, 1, 1, 1]);
    expect(other.of('chunk')).toHaveLength(8);
    slow.unsentBytes = WATCH.unsentBytes;
    await ann!.say('last').line('LAST');
    await clock.advance(WATCH.batchMs);
    expect(slow.texts).toHaveLength(2);
    expect(slow.messages.slice(2)).toMatchObject([
      { k: 'hello', why: 'resync', missed: { chunks: 10, bytes: 66, turns: 0, others: 0, ms: 200 } },
      { k: 'state', t: 250, people: [{ c: 1, served: 5 }] },
    ]);
    await ann!.say('more').line('MORE');
    await clock.advance(WATCH.batchMs);
    expect(slow.of('chunk')).toMatchObject([{ b: 'more\n' }, { b: 'MORE\n' }]);
  });

  test('Watchers: a client that moves between rooms is counted once, and rooms that are gone are named', async () => {
    const { join, watchers, clock } = await watched();
    const [, bob] = await present(join, 2);
    const eye = new Eye();
    watchers.add(eye);
    await bob!.say('/join side').line(/^\* WELCOME 1 1 side/);
    await clock.advance(WATCH.batchMs);
    expect(eye.of('rooms').at(-1)).toMatchObject({
      rooms: [
        { room: 'main', have: 1 },
        { room: 'side', have: 1 },
      ],
    });
    expect(eye.of('tick').at(-1)).toMatchObject({ all: 2 });
    await bob!.say('/join main').line(/^\* WELCOME 3 \d main/);
    await clock.advance(WATCH.batchMs);
    expect(eye.of('rooms').at(-1)).toMatchObject({ gone: ['side'] });
    expect(eye.of('tick').at(-1)).toMatchObject({ all: 2 });
  });

  test('Watchers: above 64 clients rows come every 250 ms, and at most 1,000 of them', async () => {
    const { join, watchers, clock } = await watched({ maxClients: 2_000 });
    const peers = await present(join, MOST_PEOPLE + 1);
    const eye = new Eye();
    watchers.add(eye);
    expect(eye.of('state')[0]).toMatchObject({ all: MOST_PEOPLE + 1 });
    expect(eye.of('state')[0]!.people).toHaveLength(MOST_PEOPLE);
    await peers[0]!.say('one').line('ONE');
    await clock.advance(WATCH.peopleMs - WATCH.batchMs);
    expect(eye.of('chunk').length).toBeGreaterThan(0);
    expect(eye.of('people')).toEqual([]);
    await clock.advance(WATCH.batchMs);
    expect(eye.of('people')).toMatchObject([{ rows: [{ c: 1, served: 1 }] }]);
  });

  test('Watchers: of more than 64 rooms their number is said', async () => {
    const { join, watchers, clock } = await watched({ maxRooms: MOST_ROOMS + 2 });
    const eye = new Eye();
    const peers = await present(join, MOST_ROOMS + 1);
    await Promise.all(peers.map((peer, i) => peer.say(`/join room-${i}`).line(/WELCOME \d+ \d+ room-/)));
    watchers.add(eye);
    expect(eye.of('state')[0]).toMatchObject({ allRooms: MOST_ROOMS + 1, all: MOST_ROOMS + 1 });
    expect(eye.of('state')[0]?.rooms).toHaveLength(MOST_ROOMS);
    peers[0]!.duplex.destroy();
    await peers[1]!.say('/ping').line(/PONG/);
    await clock.advance(WATCH.idleMs);
    expect(Object.keys(eye.of('tick').at(-1) ?? {})).not.toContain('allRooms');
    watchers.delete(eye);
  });

  test('Watchers: a quit is sent at once, to the end', async () => {
    const { server, join, watchers } = await watched({ quit: 'all' });
    const [ann] = await present(join, 1);
    const eye = new Eye();
    watchers.add(eye);
    onTestFinished(() => watchers.delete(eye));
    ann!.say('/quit good night');
    await ann!.end();
    await server.closed;
    const told = eye.messages.map(({ k }) => k);
    for (const k of ['quit', 'end', 'quitDone'] as const) expect(told).toContain(k);
    expect(eye.of('quit')[0]).toMatchObject({ scope: 'all', seat: 1, reason: 'good night', told: [1] });
    expect(eye.of('quitDone')[0]).toMatchObject({ clean: [1], forced: [] });
    const late = new Eye();
    watchers.add(late);
    onTestFinished(() => watchers.delete(late));
    expect(late.of('state')[0]).toMatchObject({ closing: true });
  });
});
