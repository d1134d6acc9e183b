import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { VirtualClock } from '@proto/scheduler/testing';
import { expect, test } from 'vitest';
import { SOCKETS } from '../../../src/observe/watch/bounds.ts';
import { WATCH } from '../../../src/observe/watch/watchers.ts';
import type { Server } from '../../../src/index.ts';
import { memoryServer } from '../../peer.ts';
import { pagedServer, pageOf } from './page-of.ts';

/** What all watchers and all clients of pages may cost, in bytes. */
const MOST_BYTES = 7 * 1_048_576;
/** More than any buffer of the kernel takes: each batch is 128 KiB. */
const BATCHES = 160;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What this process holds once its garbage is collected. */
function held(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function pass(): Promise<void> {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
}

test('PageSockets: 8 watchers that do not read cost little, and no more with time; then each gets one resync', async () => {
  const clock = new VirtualClock();
  const { server } = await memoryServer({ order: 'free' });
  const page = await pageOf(server, { clock });
  const bytes = Buffer.alloc(65_536, 0xff);
  let from = 0;
  const batches = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++, from++) {
      server.emit('chunk', {
        client: 1,
        room: 'main',
        seat: 1,
        direction: 'read',
        from,
        atMs: 0,
        epochMs: 0,
        open: 0,
        length: bytes.length,
        bytes,
      });
      await clock.advance(WATCH.batchMs);
      await pass();
    }
  };
  const watchers = Array.from({ length: SOCKETS.watchers }, () => page.watch());
  for (const watcher of watchers) await watcher.has('state');
  for (const { socket } of watchers) socket.pause();
  const nothing = held();
  await batches(BATCHES);
  const full = held();
  await batches(BATCHES);
  const still = held();
  process.stdout.write(`8 watchers that do not read: ${full - nothing} bytes, later ${still - nothing}\n`);
  expect(full - nothing).toBeGreaterThan(WATCH.unsentBytes);
  expect(full - nothing).toBeLessThan(MOST_BYTES);
  expect(still - full).toBeLessThan(WATCH.unsentBytes);
  for (const { socket } of watchers) socket.resume();
  while (watchers.some((watcher) => watcher.of('hello').length < 2)) {
    await clock.advance(WATCH.batchMs);
    await pass();
  }
  for (let i = 0; i < 20; i++) {
    await clock.advance(WATCH.batchMs);
    await pass();
  }
  for (const watcher of watchers) {
    expect(watcher.of('hello').map(({ why }) => why)).toEqual(['first', 'resync']);
    const missed = watcher.of('hello')[1]?.missed?.chunks ?? 0;
    expect(watcher.of('chunk').length + missed).toBe(2 * BATCHES);
  }
});

/** How many listen to each event. */
function listeners(server: Server): Readonly<Record<string, number>> {
  return Object.fromEntries(server.eventNames().map((name) => [name, server.listenerCount(name)]));
}

test('PageSockets: before the first page and after the last one, nobody more listens to any event', async () => {
  const { server, page } = await pagedServer();
  const before = listeners(server);
  const watching = [await page.watch().has('tick'), await page.watch().has('tick')];
  const bridge = await page.bridge().has('seat');
  expect(listeners(server)).not.toEqual(before);
  const left = new Promise((resolve) => void server.once('leave', resolve));
  bridge.socket.close();
  await left;
  for (const { socket } of watching) socket.close();
  while (server.listenerCount('chunk') > 0 || server.listenerCount('drop') > (before['drop'] ?? 0))
    await pass();
  expect(listeners(server)).toEqual(before);
});
