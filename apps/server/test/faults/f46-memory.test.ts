import { VirtualClock } from '@proto/scheduler/testing';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { dial, memoryServer, Peer, tcpServer } from '../peer.ts';

const MB = 1_048_576;
const LINE = 'x'.repeat(1_000);
const lines = (count: number): string[] => Array.from({ length: count }, () => LINE);

/** A server of 1 MiB in strict order: nobody is served, so queues fill up, and stay full. */
async function filled() {
  const clock = new VirtualClock();
  const { server, join } = await memoryServer({ clients: 100, quit: 'self', maxMemoryBytes: MB }, clock);
  const drops: string[] = [];
  server.on('drop', ({ client, reason }) => drops.push(`${client} ${reason}`));
  const honest = join();
  await honest.line(/^\* WELCOME/);
  const hogs: Peer[] = [];
  while (server.load().memoryBytes < (3 / 4) * MB) {
    const hog = join();
    hogs.push(hog);
    await hog.line(/^\* WELCOME/);
    hog.say(...lines(64 + hogs.length));
    await setImmediate();
    await setImmediate();
  }
  return { clock, server, join, honest, hogs, drops };
}

describe('F46', () => {
  test('F46: while memory is short nobody is read, and nobody let in', async () => {
    const { join, honest, server } = await filled();
    const late = await join().end();
    expect(late.lines).toEqual([
      '* ERR SERVER_BUSY Cannot let you in: memory is short. Try again later',
      '* BYE refused',
    ]);
    const { memoryBytes } = server.load();
    honest.say('/ping later');
    for (let pass = 0; pass < 10; pass++) await setImmediate();
    expect(honest.lines).not.toContain('* PONG later');
    expect(server.load().memoryBytes).toBe(memoryBytes);
  });

  test('F46: if that lasts, the largest are told and dropped, and the others go on', async () => {
    const { clock, honest, hogs, drops, server, join } = await filled();
    const held = (client: number): number => server.loadOf(client)?.memoryBytes ?? 0;
    const byMemory = hogs.map((_, at) => ({ client: at + 2, bytes: held(at + 2) }));
    byMemory.sort((one, other) => other.bytes - one.bytes);
    honest.say('/ping later');
    await clock.advance(100);
    await honest.line('* PONG later');
    expect(server.load().memoryBytes).toBeLessThanOrEqual(MB / 2);
    expect(drops.length).toBeGreaterThan(0);
    expect(drops.length).toBeLessThan(hogs.length);
    expect(drops).toEqual(byMemory.slice(0, drops.length).map(({ client }) => `${client} memory was short`));
    const largest = await hogs[byMemory[0]!.client - 2]!.end();
    expect(largest.lines.slice(-2)).toEqual([
      '* ERR SERVER_BUSY Memory is short, and you hold much of it. Closing',
      '* BYE memory was short',
    ]);
    await join().line(/^\* WELCOME/);
  });

  test('F46: who does not read what others say is dropped first, and nobody else loses a line', async () => {
    const { server, join } = await memoryServer({
      order: 'free',
      deliver: 'others',
      quit: 'self',
      maxMemoryBytes: MB,
      maxOutboxBytes: 16 * MB,
    });
    const drops: number[] = [];
    server.on('drop', ({ client }) => drops.push(client));
    const [speaker, listener, ...deaf] = Array.from({ length: 6 }, () => join()) as [Peer, Peer, ...Peer[]];
    await listener.line(/^\* WELCOME/);
    for (const { duplex } of deaf) duplex.pause();
    let said = 0;
    for (; drops.length < 4; said += 50) {
      speaker.say(...lines(50));
      await speaker.say(`/ping ${said}`).line(`* PONG ${said}`);
    }
    expect(drops.toSorted()).toEqual([3, 4, 5, 6]);
    await listener.until(
      ({ lines: all }) => all.filter((line) => line.startsWith('* MSG 1 ')).length === said,
    );
    expect(server.load().memoryBytes).toBe(0);
  });

  test('F46: many who send much at once are read later, and nobody is dropped', async () => {
    const clock = new VirtualClock();
    const { server, address } = await tcpServer({ order: 'free', quit: 'self', maxMemoryBytes: MB }, clock);
    let dropped = 0;
    server.on('drop', () => dropped++);
    const peers = await Promise.all(Array.from({ length: 60 }, async () => new Peer(await dial(address))));
    await Promise.all(peers.map((peer) => peer.line(/^\* WELCOME/)));
    for (const peer of peers) peer.say(...lines(200));
    await Promise.all(peers.map((peer) => peer.until(({ replies }) => replies.length === 200)));
    expect([dropped, server.counts.pushbacks > 0]).toEqual([0, true]);
    expect(server.load().memoryBytes).toBe(0);
  });
});
