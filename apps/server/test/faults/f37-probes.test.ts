import { VirtualClock } from '@proto/scheduler/testing';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { showOnConsole } from '../../src/observe/index.ts';
import { memoryServer, Peer, tcpServer } from '../peer.ts';
import { figure, size } from './figure.ts';

/** Connects, perhaps says something, and leaves by FIN or by RST. */
async function probe(port: number, leaves: 'FIN' | 'RST', says: string): Promise<void> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => {}).resume();
  const closed = new Promise((resolve) => socket.once('close', resolve));
  await new Promise((resolve) => socket.once('connect', resolve).once('close', resolve));
  if (says !== '') socket.write(says);
  if (leaves === 'FIN') socket.end();
  else socket.resetAndDestroy();
  await closed;
}

async function join(port: number, line: string): Promise<Peer> {
  const socket: Socket = connect({ host: '127.0.0.1', port });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  return new Peer(socket).say(line);
}

const PROBES = size(400, 10_000);

test.each(['FIN', 'RST'] as const)(
  'F37: probes that leave by %s take no seat, tell nobody and start no game',
  async (leaves) => {
    // Time stands still: on a busy machine, a probe may take longer than the 250 ms after which a client is present.
    const { server, address } = await tcpServer({ clients: 3, joinWith: 'line' }, new VirtualClock());
    const port = Number(address.split(':').at(-1));
    const lines: string[] = [];
    const stop = showOnConsole(server, { write: (line) => lines.push(line), colour: false });
    const players = [await join(port, 'one'), await join(port, 'two')];
    for (const player of players) await player.line(/^\* WELCOME /);
    const before = players.map(({ raw }) => raw);
    for (let sent = 0; sent < PROBES; sent += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, at) =>
          probe(port, leaves, ['', 'hel', 'GET / HTTP/1.1\r\n\r\n'][at % 3]!),
        ),
      );
    }
    // Those who came after a reset are gone when the next one is in.
    const third = await join(port, 'three');
    await third.line(/^\* WELCOME 3 /);
    const heard = players.map(({ raw }, at) => raw.slice(before[at]!.length));
    expect(
      heard
        .join('')
        .match(/^\* (?:JOIN|LEAVE) .*$/gm)
        ?.filter((line) => !/ 3 /.test(line)) ?? [],
    ).toEqual([]);
    // The third one starts the game.
    await players[0]!.line('ONE');
    await third.line(/^\* TURN 3|^THREE$/);
    expect(server.counts.clients).toBe(3);
    stop();
    const said = lines.filter((line) => /cut|probe|connect/.test(line));
    expect(said.length).toBeLessThanOrEqual(10);
    figure({
      id: 'F37',
      what: `seats that probes took, by ${leaves}`,
      value: server.counts.clients - 3,
      unit: '',
      atMost: 0,
    });
  },
);

test('F37: a client that says nothing is present after a moment, and what it says in pieces is whole', async () => {
  const { server, address } = await tcpServer({ order: 'free', joinWith: 'line' });
  const port = Number(address.split(':').at(-1));
  const silent = await join(port, '');
  silent.duplex.write('hel');
  await silent.line(/^\* WELCOME 1 /);
  silent.duplex.write('lo\n');
  await silent.line('HELLO');
  const listens = connect({ host: '127.0.0.1', port });
  onTestFinished(() => void listens.destroy());
  await new Peer(listens).line(/^\* WELCOME 2 /);
  expect(server.counts.probes).toBe(0);
});

test('F37: a client that waits is told of a quit, and is no probe', async () => {
  const { server, join: arrive } = await memoryServer({ order: 'free', joinWith: 'line' });
  const peer = arrive();
  void server.close({ reason: 'closing time' });
  await peer.end();
  expect([peer.lines, server.counts.probes]).toEqual([['* BYE closing time'], 0]);
});
