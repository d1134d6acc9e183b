import { once } from 'node:events';
import { expect, test, vi } from 'vitest';
import type { ServerEvents } from '../src/index.ts';
import { memoryServer } from './peer.ts';

type Waited = ServerEvents['waited'][0];

test('counts: lines and bytes, both ways, are what went over the wire', async () => {
  const { server, join } = await memoryServer({ order: 'free' });
  const [first, second] = [join(), join()];
  const sent = ['one', '', '/ping mark', 'a\u001bb'];
  first.say(...sent);
  second.say('/who');
  await Promise.all([first.line(/FRAME_BAD_BYTE/), second.line('* END 2 of 2')]);
  const all = first.raw + second.raw;
  expect(server.counts).toEqual({
    clients: 2,
    linesIn: 5,
    malformed: 1,
    linesOut: first.lines.length + second.lines.length,
    bytesIn: [...sent, '/who'].reduce((sum, line) => sum + line.length + 1, 0),
    bytesOut: all.length,
    skips: 0,
    probes: 0,
    telnetCommands: 0,
    pushbacks: 0,
  });
});

test('load: what waits now, and nothing when all are gone', async () => {
  const { server, join } = await memoryServer({ clients: 2, maxOutboxBytes: 16_384, maxLineBytes: 1_000 });
  const [first, second] = [join(), join()];
  await first.line('* TURN 1');
  second.say('b1', 'b2', '/ping read');
  await second.line('* PONG read');
  expect(server.load()).toEqual({
    clients: 2,
    rooms: 1,
    queuedLines: 2,
    outboxBytes: 0,
    slowClients: 0,
    throttledClients: 0,
    // Two lines of two bytes.
    memoryBytes: 2 * (2 + 256),
  });
  for (const peer of [first, second]) {
    const left = once(server, 'leave');
    peer.duplex.destroy();
    await left;
  }
  expect(server.load()).toEqual({
    clients: 0,
    rooms: 0,
    queuedLines: 0,
    outboxBytes: 0,
    slowClients: 0,
    throttledClients: 0,
    memoryBytes: 0,
  });
});

test('load: a client that does not read is slow, and what waits for it is summed', async () => {
  const { server, join } = await memoryServer({ order: 'free', maxOutboxBytes: 16_384, maxLineBytes: 1_000 });
  const deaf = join();
  await deaf.line(/^\* WELCOME/);
  deaf.duplex.pause();
  deaf.say(...Array.from({ length: 200 }, () => 'y'.repeat(500)));
  const other = join();
  await other.line(/^\* WELCOME/);
  for (let turn = 1; server.load().slowClients === 0; turn++) {
    await other.say(`/ping ${turn}`).line(`* PONG ${turn}`);
  }
  expect(server.load().outboxBytes).toBeGreaterThan(8_192);
  expect(server.load().outboxBytes).toBeLessThanOrEqual(16_384);
});

test('waited: how long a room rested on a client, and how that ended', async () => {
  const { server, join } = await memoryServer({ clients: 3, order: 'strict' });
  const seen = vi.fn<(waited: Waited) => void>();
  server.on('waited', seen);
  const [first, second, third] = [join(), join(), join()];
  await first.line('* TURN 1');
  first.say('a');
  await second.line('* TURN 2');
  second.say('/pass');
  await third.line('* TURN 3');
  const left = once(server, 'leave');
  third.duplex.destroy();
  await left;
  expect(seen.mock.calls.map(([{ seat, end }]) => `${seat} ${end}`)).toEqual([
    '1 served',
    '2 skipped',
    '3 left',
  ]);
  for (const [{ ms }] of seen.mock.calls) expect(ms).toBeGreaterThan(0);
  expect(server.counts.skips).toBe(1);
});

test('waited: lines that were there in time waited for nobody', async () => {
  const { server, join } = await memoryServer({ clients: 2 });
  const seen = vi.fn<(waited: Waited) => void>();
  server.on('waited', seen);
  const [first, second] = [join(), join()];
  await first.line('* TURN 1');
  second.say('b1', 'b2', '/ping read');
  await second.line('* PONG read');
  first.say('a1', 'a2', 'a3');
  await second.line('* TURN 2');
  expect(seen.mock.calls.map(([{ seat }]) => seat)).toEqual([1]);
});

test('drop: said once for each client that the server ends, and why', async () => {
  const { server, join } = await memoryServer({
    order: 'free',
    deliver: 'others',
    maxOutboxBytes: 8_192,
    maxLineBytes: 1_000,
    maxErrors: 3,
  });
  const drops = vi.fn<(drop: ServerEvents['drop'][0]) => void>();
  server.on('drop', drops);
  const [sender, deaf, web, clumsy] = [join(), join(), join(), join()];
  await sender.line(/^\* JOIN 4/);
  deaf.duplex.pause();
  const left = once(server, 'leave');
  for (let line = 1; line <= 60; line++) {
    // Three at once, and seven fit: the one after the last straw comes before the connection is gone.
    sender.say('x'.repeat(900), ...Array.from({ length: 2 }, () => `/to 2 ${'x'.repeat(900)}`));
    await sender.until(({ lines }) => lines.filter((text) => /^\* (OK|ERR)/.test(text)).length === 3 * line);
  }
  await left;
  web.say('POST / HTTP/1.1', 'quit');
  await web.end();
  clumsy.say('\u0001', '\u0002', '\u0003', '\u0004');
  await clumsy.end();
  expect(drops.mock.calls.map(([{ seat, reason }]) => `${seat} ${reason}`)).toEqual([
    '2 did not read',
    '3 spoke HTTP',
    '4 too many errors',
  ]);
});
