import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { createServer, MemoryListener } from '../../src/index.ts';
import { memoryServer } from '../peer.ts';
import { figure, size } from './figure.ts';
import { heapAfterGc, slope } from './heap.ts';

/** Sends one `/join` after the other, each once the one before is answered, and gives how many were let in. */
function wander(client: Duplex, names: readonly string[]): Promise<number> {
  return new Promise((resolve) => {
    let next = 0;
    let welcomed = 0;
    let partial = '';
    const onData = (chunk: Buffer): void => {
      const lines = (partial + chunk.toString('latin1')).split('\n');
      partial = lines.pop() ?? '';
      for (const line of lines) {
        if (line.startsWith('* WELCOME')) welcomed++;
        if (line.startsWith('* WELCOME') || line.startsWith('* ERR')) step();
      }
    };
    const step = (): void => {
      const name = names[next++];
      if (name !== undefined) return void client.write(`/join ${name}\n`);
      client.off('data', onData);
      resolve(welcomed);
    };
    client.on('data', onData);
    step();
  });
}

test('F32: a room goes with its last client, and nothing of it is kept', async () => {
  const listener = new MemoryListener();
  await using server = createServer({ order: 'free', maxRooms: 8 }, listener);
  await server.listen();
  const client = listener.connect();
  await once(client, 'data');
  // In the first half the compiler is still at work, which is no growth.
  const rounds = size(4, 40);
  const each = size(500, 5_000);
  const samples: { done: number; bytes: number }[] = [];
  for (let round = 0; round < rounds; round++) {
    const names = Array.from({ length: each }, (_, index) => `room-${round}-${index}`);
    const welcomed = await wander(client, names);
    expect(welcomed).toBe(each);
    expect([...server.status()]).toHaveLength(1);
    if (round >= rounds / 2) samples.push({ done: (round + 1) * each, bytes: heapAfterGc() });
  }
  client.destroy();
  await once(server, 'leave');
  const left = [...server.status()].length;
  expect(left).toBe(0);
  figure({ id: 'F32', what: `rooms left of ${rounds * each}`, value: left, unit: '', atMost: 0 });
  figure({ id: 'F32', what: 'heap kept a room', value: slope(samples), unit: 'B', atMost: 1 });
});

test('F32: rooms are bounded in number, and their names in length and kind', async () => {
  const { server, join } = await memoryServer({ order: 'free', maxRooms: 4 });
  const peers = Array.from({ length: 8 }, () => join());
  for (const [index, peer] of peers.entries()) {
    await peer.line(/^\* WELCOME/);
    peer.say(`/join room-${index}`, '/ping done');
    await peer.line('* PONG done');
  }
  const moved = peers.map(({ lines }) => lines.some((line) => line.startsWith('* WELCOME 1 1 room-')));
  expect(moved).toEqual([true, true, true, false, false, false, false, false]);
  expect([...server.status()]).toHaveLength(4);
  const names = ['r'.repeat(33), 'UPPER', 'a.b', 'a b', '', '__PROTO__'];
  const last = peers[7]?.say(...names.map((name) => `/join ${name}`), '/ping names');
  await last?.line('* PONG names');
  expect(last?.lines.filter((line) => line.startsWith('* ERR BAD_ARGUMENT'))).toHaveLength(names.length);
});
