import { readdirSync, readlinkSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { figure, size } from '../../faults/figure.ts';
import { Client } from '../client.ts';
import { start } from '../command.ts';

// With the first one these are all the rooms of a server with its defaults.
const VISITS = size(99, 999);
const QUEUED = `${'x'.repeat(59)}\n`.repeat(4_000);

/** One visit to a room of its own, which never serves; gone when it settles. */
type Visit = (port: number, room: string) => Promise<void>;

function visit(leave: (socket: Socket) => void, queued = ''): Visit {
  return (port, room) =>
    new Promise((resolve) => {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
      socket.on('error', () => {});
      socket.once('close', () => resolve());
      let got = '';
      socket.on('data', (chunk: Buffer) => {
        got += chunk.toString('latin1');
        if (!got.includes(` ${room} 1\n`) || !got.endsWith('* WAIT 1 3\n')) return;
        socket.removeAllListeners('data');
        leave(socket);
      });
      socket.write(`/join ${room}\na line\n${queued}`);
    });
}

/** How many sockets a process has. */
function sockets(pid: number): number {
  const folder = `/proc/${pid}/fd`;
  const targets = readdirSync(folder).map((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`);
    } catch {
      // It was closed meanwhile.
      return '';
    }
  });
  return targets.filter((target) => target.startsWith('socket:')).length;
}

const VISITS_BY: readonly { name: string; go: Visit; flags: string[] }[] = [
  { name: 'FIN', go: visit((socket) => socket.end(() => socket.destroy())), flags: [] },
  {
    name: 'quit',
    go: visit((socket) => socket.write('/quit\n', () => socket.destroy())),
    flags: ['--quit', 'self'],
  },
  {
    name: 'a reset with 240 kB queued',
    // What it has sent must be there, or the reset takes it along.
    go: visit((socket) => setTimeout(() => socket.resetAndDestroy(), 300), QUEUED),
    flags: [],
  },
];

test.each(VISITS_BY)(
  'F34: visits that end by $name keep no seat, room or descriptor',
  async ({ name, go, flags }) => {
    // A peer that has closed and reset nothing answers as long as its kernel remembers it, 60 s on Linux.
    const ended = ['--ended-timeout-ms', String(size(1_000, 30_000))];
    const rooms = ['--max-rooms', String(VISITS + 1)];
    const { child, port } = await start(...flags, ...ended, ...rooms);
    const before = sockets(child.pid);
    for (let room = 0; room < VISITS; room += 50) {
      const some = Array.from({ length: Math.min(50, VISITS - room) }, (_, index) => `r${room + index}`);
      await Promise.all(some.map((each) => go(port, each)));
    }
    const gone = performance.now();
    while (sockets(child.pid) > before) await delay(50);
    const tookMs = performance.now() - gone;
    const honest = await Client.in(port, '/join r1');
    await honest.line('* WELCOME 1 3 r1 1');
    expect(sockets(child.pid)).toBe(before + 1);
    figure({
      id: 'F34',
      what: `left over of ${VISITS} by ${name}`,
      value: sockets(child.pid) - before - 1,
      unit: '',
      atMost: 0,
    });
    figure({ id: 'F34', what: `until all had left, by ${name}`, value: tookMs, unit: 'ms', atMost: 40_000 });
  },
);
