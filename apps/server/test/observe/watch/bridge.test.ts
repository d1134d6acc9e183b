import { describe, expect, test } from 'vitest';
import { dial, Peer } from '../../peer.ts';
import { bridged, expectReset, until } from './bridged.ts';

describe('Bridge', () => {
  test('Bridge: says which client it is', async () => {
    const { server, bridge } = await bridged();
    expect(bridge.said).toEqual([{ op: 'seat', c: 1, seat: 1 }]);
    expect([...server.people()]).toMatchObject([{ client: 1, seat: 1 }]);
  });

  test('Bridge: two writes 500 ms apart are exactly two chunks', async () => {
    const { server, bridge, clock, read } = await bridged();
    bridge.say({ op: 'write', parts: ['hell', 'o wor\n'], apartMs: 500 });
    await bridge.has('wrote');
    await until(server, 'chunk', () => read.length === 1);
    await clock.advance(499);
    expect(read).toEqual(['hell']);
    await clock.advance(1);
    await until(server, 'chunk', () => read.length === 2);
    expect(read).toEqual(['hell', 'o wor\n']);
    await bridge.until(({ said }) => said.length === 3);
    expect(bridge.said.slice(1)).toEqual([
      { op: 'wrote', bytes: 4 },
      { op: 'wrote', bytes: 6 },
    ]);
  });

  test('Bridge: every byte goes through', async () => {
    const { server, bridge, read } = await bridged();
    const all = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
    bridge.say({ op: 'write', parts: [all], apartMs: 0 });
    await until(server, 'chunk', () => read.join('').length === 256);
    expect(read.join('')).toBe(all);
  });

  test('Bridge: FIN follows what is written, and later writes are left out', async () => {
    const { server, bridge, clock, read, ends } = await bridged();
    bridge.say({ op: 'write', parts: ['a', 'b\n'], apartMs: 10 }).say({ op: 'end' });
    bridge.say({ op: 'write', parts: ['late\n'], apartMs: 0 });
    await bridge.has('wrote');
    expect(ends).toEqual([]);
    await clock.advance(10);
    await bridge.has('gone');
    await until(server, 'chunkEnd', () => ends.length === 2);
    expect(read.join('')).toBe('ab\n');
    expect(ends).toMatchObject([
      { direction: 'read', how: 'FIN', by: 'peer', from: 3 },
      { direction: 'write', how: 'FIN' },
    ]);
    expect(bridge.said.at(-1)).toEqual({ op: 'gone', why: 'the connection ended' });
    expect(await bridge.end()).toBe(1000);
  });

  test('Bridge: a reset is one at the server, at once', async () => {
    const made = await bridged();
    made.bridge.say({ op: 'write', parts: ['half', 'never'], apartMs: 60_000 });
    await made.bridge.has('wrote');
    await expectReset(made);
  });

  test('Bridge: a paused one reads nothing, and the server drops it', async () => {
    const { address, bridge, drops } = await bridged({ deliver: 'others', maxOutboxBytes: 8_192 });
    bridge.say({ op: 'pause' }).say({ op: 'write', parts: ['here\n'], apartMs: 0 });
    await bridge.has('wrote');
    const flooder = new Peer(await dial(address));
    // Little at a time: one that reads would keep up.
    while (drops.length === 0) {
      flooder.say('x'.repeat(1_000));
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    expect(drops).toEqual(['did not read']);
    await bridge.has('gone');
    expect(bridge.said.at(-1)).toEqual({ op: 'gone', why: 'the server ended it: did not read' });
    flooder.duplex.destroy();
  });

  test('Bridge: a page that asks for more than the server reads is not read', async () => {
    const { server, bridge } = await bridged({
      order: 'strict',
      clients: 1,
      maxQueuedLines: 1,
      transform: () => new Promise(() => {}),
    });
    const part = `${'x'.repeat(999)}\n`.repeat(60);
    for (let i = 0; i < 700; i++) bridge.say({ op: 'write', parts: [part], apartMs: 0 });
    // All that moves has moved.
    let before = -1;
    for (let passes = 0; passes < 500; passes++) {
      if (bridge.socket.bufferedAmount !== before) passes = 0;
      before = bridge.socket.bufferedAmount;
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    expect(before).toBeGreaterThan(20_000_000);
    expect(server.counts.bytesIn).toBeLessThan(1_000_000);
    bridge.socket.terminate();
  });

  test('Bridge: a page that had to wait is read again', async () => {
    const { server, bridge, clock, read } = await bridged({ maxLineBytes: 200_000 });
    const part = 'x'.repeat(30_000);
    bridge.say({ op: 'write', parts: [part, part], apartMs: 10 });
    bridge.say({ op: 'write', parts: [part, `${part}\n`], apartMs: 0 });
    await bridge.has('wrote');
    bridge.say({ op: 'write', parts: ['behind\n'], apartMs: 0 });
    await clock.advance(10);
    await until(server, 'chunk', () => read.join('').endsWith('behind\n'));
    expect(read.join('')).toBe(`${part.repeat(4)}\nbehind\n`);
  });

  test('Bridge: a page that is gone takes its client with it', async () => {
    const { server, bridge } = await bridged();
    const gone = until(server, 'leave', () => [...server.people()].length === 0);
    bridge.socket.terminate();
    await gone;
  });

  test('Bridge: a client that the server closes is gone in order', async () => {
    const { bridge } = await bridged();
    bridge.say({ op: 'write', parts: ['/quit\n'], apartMs: 0 });
    await bridge.has('gone');
    expect(bridge.said.at(-1)).toEqual({ op: 'gone', why: 'the connection ended' });
  });
});
