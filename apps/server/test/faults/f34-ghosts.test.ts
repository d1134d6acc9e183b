import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { VirtualClock } from '@proto/scheduler/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Server, ServerOptions } from '../../src/index.ts';
import { Certificates } from '../certificates.ts';
import { memoryServer, Peer, tcpServer } from '../peer.ts';
import { tlsOf } from '../tls-of.ts';

const PROBE_MS = 5_000;
const DAY_MS = 86_400_000;

interface House {
  readonly server: Server;
  readonly clock: VirtualClock;
  readonly address: string;
  readonly join: () => Promise<Peer>;
  readonly left: string[];
}

async function house(options: ServerOptions = {}): Promise<House> {
  const clock = new VirtualClock();
  const { server, address, join: enter } = await tcpServer({ quit: 'self', ...options }, clock);
  const left: string[] = [];
  server.on('leave', ({ reason }) => left.push(reason));
  return { server, clock, address, join: enter, left };
}

/** Goes on until it holds: what the kernel does takes its own time, and the clock is ours. */
async function until({ clock }: House, stepMs: number, holds: () => boolean): Promise<void> {
  while (!holds()) {
    await clock.advance(stepMs);
    await delay(1);
  }
}

/** A room of one's own that never serves, and a line in it. */
async function visit(enter: House['join'], room: string, ...lines: string[]): Promise<Peer> {
  const peer = await enter();
  peer.say(`/join ${room}`, 'a line', ...lines);
  await peer.line('* WAIT 1 3');
  return peer;
}

const reset = ({ duplex }: Peer): void => void (duplex as Socket).resetAndDestroy();
const LINES = Array.from({ length: 4_000 }, () => 'x'.repeat(60));

describe('F34: a peer that is gone is found, whatever its room waits for', () => {
  test.each([
    { name: 'by a reset with 240 kB queued', lines: LINES },
    { name: 'by a reset', lines: [] },
  ])('$name', async ({ lines }) => {
    const at = await house({ maxRooms: 20 });
    const peers = await Promise.all(
      Array.from({ length: 19 }, async (_, index) => {
        const peer = await at.join();
        return peer.say(`/join r${index}`, ...lines).line(/^\* WAIT 1 3/);
      }),
    );
    if (lines.length > 0) await until(at, 0, () => at.server.load().queuedLines === 19 * 64);
    for (const peer of peers) reset(peer);
    await until(at, PROBE_MS, () => at.left.filter((reason) => reason === 'reset').length === 19);
    expect(at.server.load()).toMatchObject({ clients: 0, rooms: 0, queuedLines: 0 });
    const honest = await at.join();
    await honest.say('/join r1').line('* WELCOME 1 3 r1 1');
  });

  test.each(['TLS', 'a Unix socket'])('by a reset with 240 kB queued, over %s', async (transport) => {
    const folder = mkdtempSync(join(tmpdir(), 'proto-f34-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const path = join(folder, 'socket');
    const isTls = transport === 'TLS';
    const at = await house(isTls ? tlsOf(new Certificates().server) : { socket: path });
    const socket = isTls ? connect(Number(at.address.split(':')[1]), '127.0.0.1') : connect(path);
    onTestFinished(() => void socket.destroy());
    const peer = new Peer(isTls ? connectTls({ socket, rejectUnauthorized: false }) : socket);
    peer.say(...LINES);
    await until(at, 0, () => at.server.load().queuedLines === 64);
    // A Unix socket knows no reset: to close is enough.
    if (isTls) socket.resetAndDestroy();
    else socket.destroy();
    await until(at, PROBE_MS, () => at.server.load().clients === 0);
    expect(at.server.load()).toMatchObject({ rooms: 0, queuedLines: 0 });
  });

  test('by FIN, and then a reset', async () => {
    const at = await house();
    const peer = await visit(at.join, 'r1');
    peer.duplex.end();
    await until(at, 0, () => peer.duplex.writableFinished);
    reset(peer);
    await until(at, PROBE_MS, () => at.left.includes('reset'));
    expect(at.server.load().clients).toBe(0);
  });

  test('not one whose kernel answers: on loopback it waits for ever', async () => {
    const at = await house();
    const peers = [await visit(at.join, 'r1'), await visit(at.join, 'r2', ...LINES)];
    peers[0]?.duplex.end();
    await until(at, 0, () => at.server.load().queuedLines > 64);
    for (let hour = 0; hour < 3; hour++) {
      await at.clock.advance(DAY_MS / 24);
      await delay(5);
    }
    expect([at.server.load().clients, at.left.filter((reason) => !reason.startsWith('moved'))]).toEqual([
      2,
      [],
    ]);
  });

  test('over memory, a probe says nothing and ends nothing', async () => {
    const clock = new VirtualClock();
    const { server, join: enter } = await memoryServer({}, clock);
    const peer = enter();
    peer.duplex.end('a line\n');
    await peer.line('* WAIT 1 3');
    await clock.advance(4 * PROBE_MS);
    expect([peer.lines.length, server.load().clients]).toEqual([2, 1]);
  });
});

describe('F34: who sends nothing more and is not served leaves in time', () => {
  const endedTimeoutMs = 30_000;

  test.each([
    { name: 'after FIN', options: {}, end: (peer: Peer): void => void peer.duplex.end() },
    { name: 'after a quit', options: {}, end: (peer: Peer): void => void peer.say('/quit') },
    {
      name: 'after too many faults',
      options: { maxErrors: 2 },
      end: (peer: Peer): void => void peer.say('\x01', '\x02'),
    },
    {
      name: 'after a line that did not end in time',
      options: { partialLineTimeoutMs: 10_000 },
      end: (peer: Peer): void => void peer.duplex.write('begun'),
    },
  ])('$name', async ({ options, end }) => {
    const at = await house({ endedTimeoutMs, ...options });
    const peer = await visit(at.join, 'r1');
    end(peer);
    // A tenth of a second of the machine for what TCP does, at a time that stands still.
    await delay(100);
    await at.clock.advance(endedTimeoutMs - 100);
    expect(at.server.load().clients).toBe(1);
    await at.clock.advance(10_000 + endedTimeoutMs / 32);
    await peer.until(({ ended }) => ended);
    expect(peer.lines.at(-1)).toBe('* BYE ended and not served');
    expect(at.left.at(-1)).toBe('ended and not served');
    peer.duplex.end();
    await until(at, 1, () => at.server.load().clients === 0);
    expect(at.server.load()).toMatchObject({ rooms: 0, queuedLines: 0 });
  });

  test('each answer begins the time anew: who is served is not late', async () => {
    const clock = new VirtualClock();
    const answers: (() => void)[] = [];
    const transform = (line: string): Promise<string> =>
      new Promise((resolve) => void answers.push(() => resolve(line)));
    const { server, join: enter } = await tcpServer(
      { order: 'free', clients: 1, transform, handlerTimeoutMs: 'never', endedTimeoutMs },
      clock,
    );
    const peer = await enter();
    peer.say('1', '2', '3').duplex.end();
    for (const line of ['1', '2', '3']) {
      while (answers.length === 0) await delay(1);
      await clock.advance(endedTimeoutMs * 0.9);
      answers.shift()?.();
      await peer.line(line);
    }
    await peer.until(({ ended }) => ended);
    expect(peer.lines.at(-1)).toBe('* BYE end of input');
    onTestFinished(() => void server.close());
  });
});
