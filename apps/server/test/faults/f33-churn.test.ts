import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { createServer, type Listener, MemoryListener } from '../../src/index.ts';
import { dial } from '../peer.ts';
import { figure, size } from './figure.ts';
import { heapAfterGc, slope } from './heap.ts';

/** Comes, says a line, gets it back, and goes in one of the ways there are. */
async function visit(connect: () => Promise<Duplex> | Duplex, time: number): Promise<void> {
  const client = await connect();
  client.on('error', () => {});
  const closed = new Promise((resolve) => client.once('close', resolve));
  client.write('hello\n');
  let seen = '';
  for await (const chunk of client as AsyncIterable<Buffer>) {
    seen += chunk.toString('latin1');
    if (!seen.includes('HELLO\n')) continue;
    if (time % 4 === 0) break;
    if (time % 4 === 1) client.end('/quit\n');
    if (time % 4 === 2) client.end('half a line');
    if (time % 4 === 3) client.write('/quit\n', () => client.end());
    seen = '';
  }
  await closed;
}

test.each([
  { name: 'memory', times: size(400, 100_000), atOnce: 100 },
  { name: 'TCP', times: size(200, 100_000), atOnce: 50 },
])(
  'F33: nothing is kept of connections that have come and gone, over $name',
  async ({ name, times, atOnce }) => {
    const memory = new MemoryListener();
    const listener: Listener | undefined = name === 'memory' ? memory : undefined;
    await using server = createServer(
      { order: 'free', quit: 'self', port: 0, idleTimeoutMs: 60_000, outboxTimeoutMs: 60_000, lingerMs: 50 },
      listener,
    );
    const address = await server.listen();
    let gone = 0;
    server.on('leave', () => gone++);
    const connect = (): Promise<Duplex> | Duplex => (name === 'memory' ? memory.connect() : dial(address));
    const samples: { done: number; bytes: number }[] = [];
    // A quarter as many before, in which the compiler is still at work.
    const rounds = 40;
    const each = Math.ceil((times * 1.25) / rounds);
    for (let round = 0; round < rounds; round++) {
      for (let done = 0; done < each; done += atOnce) {
        const guests = Math.min(atOnce, each - done);
        await Promise.all(Array.from({ length: guests }, (_, index) => visit(connect, done + index)));
      }
      await emptied(server);
      if (round >= rounds / 5) samples.push({ done: (round + 1) * each, bytes: heapAfterGc() });
    }
    expect(gone).toBe(rounds * each);
    expect([...server.status()]).toEqual([]);
    figure({
      id: 'F33',
      what: `heap kept a connection, ${name}`,
      value: slope(samples),
      unit: 'B',
      atMost: 8,
    });
  },
);

/** Waits until the server has heard of everybody's going. */
async function emptied(server: ReturnType<typeof createServer>): Promise<void> {
  while ([...server.status()].length > 0) await once(server, 'leave');
}
