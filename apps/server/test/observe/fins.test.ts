import { once } from 'node:events';
import { VirtualClock } from '@proto/scheduler/testing';
import { expect, test } from 'vitest';
import type { ServerOptions } from '../../src/index.ts';
import { type Fin, Fins } from '../../src/observe/fins.ts';
import { logJson, showOnConsole } from '../../src/observe/index.ts';
import { memoryServer, type Peer } from '../peer.ts';

interface Shown {
  readonly join: () => Peer;
  /** What the console has shown since this was last asked, and the FINs among it. */
  readonly shown: () => string[];
  readonly fins: () => string[];
  /** The FINs and the ends of quits in the JSON log. */
  readonly logged: () => Record<string, unknown>[];
  readonly stop: () => void;
  readonly gone: () => Promise<unknown>;
  /** The server has seen the end of what a client sends. */
  readonly halfClosed: () => Promise<unknown>;
  readonly closed: Promise<unknown>;
}

async function shown(options: ServerOptions): Promise<Shown> {
  const { server, join } = await memoryServer(options);
  const [lines, objects]: [string[], string[]] = [[], []];
  const clock = new VirtualClock();
  const stop = showOnConsole(server, { write: (line) => lines.push(line), colour: false, clock });
  const flush = logJson(server, { text: false, write: (line) => objects.push(line) });
  return {
    join,
    shown: () => lines.splice(0),
    fins: () => lines.splice(0).filter((line) => line.includes('FIN')),
    logged: () =>
      objects
        .map((object) => JSON.parse(object) as Record<string, unknown>)
        .filter(({ event, kind }) => event === 'fin' || event === 'quitDone' || kind === 'fin'),
    stop: () => {
      stop();
      flush();
    },
    gone: () => once(server, 'leave'),
    halfClosed: () => once(server, 'chunkEnd'),
    closed: server.closed,
  };
}

test('Fins: a client half-closes before its turn: both ends say so, in their order, and what it still gets', async () => {
  const { join, shown: seen, logged, halfClosed } = await shown({ clients: 2 });
  const [first, second] = [join(), join()];
  await first.line('* TURN 1');
  seen();
  const ended = halfClosed();
  second.say('b').duplex.end();
  await ended;
  first.say('a');
  await second.gone();
  await first.line(/^\* LEAVE 2/);
  expect(seen().filter((line) => !line.includes('client 1 <') && !line.startsWith('turn'))).toEqual([
    'client 2 > b',
    'client 2 sent FIN: it sends no more; 1 line still to be answered',
    'client 1 > a',
    'client 2 < B',
    'client 2 < * BYE end of input',
    'client 2 left: end of input',
    'FIN sent to client 2: both directions have ended',
  ]);
  const who = { client: 2, room: 'main', seat: 2, level: 'info', event: 'fin' };
  expect(logged()).toMatchObject([
    { ...who, by: 'client', bytes: 2, unanswered: 1 },
    { ...who, by: 'server', bytes: second.raw.length, unanswered: 0 },
  ]);
});

test('Fins: a client that has its answers, and one of which more is to be read', async () => {
  const { join, fins } = await shown({ order: 'free' });
  const [first, second] = [join(), join()];
  first.say('a').duplex.end();
  await first.gone();
  expect(fins()).toEqual([
    'client 1 sent FIN: it sends no more; all its lines are answered',
    'FIN sent to client 1: both directions have ended',
  ]);
  // One pass reads at most 64 lines of a client.
  second.say(...Array.from({ length: 100 }, (_, line) => String(line))).duplex.end();
  await second.gone();
  expect(second.replies).toHaveLength(100);
  expect(fins()).toEqual([
    'client 2 sent FIN: it sends no more; more to be read',
    'FIN sent to client 2: both directions have ended',
  ]);
});

test('Fins: two lines that wait', async () => {
  const { join, fins, halfClosed } = await shown({ clients: 2 });
  const [first, second] = [join(), join()];
  await first.line('* TURN 1');
  const ended = halfClosed();
  second.say('1').duplex.end('2\n');
  await ended;
  expect(fins()).toEqual(['client 2 sent FIN: it sends no more; 2 lines still to be answered']);
});

test('Fins: the server ends first', async () => {
  const { join, fins } = await shown({ order: 'free', quit: 'self' });
  const peer = join();
  await peer.say('/quit').until(({ ended }) => ended);
  expect(fins()).toEqual(['FIN sent to client 1: the server sends no more']);
  peer.duplex.end();
  await peer.until(({ duplex }) => duplex.destroyed);
  expect(fins()).toEqual(['client 1 sent FIN: both directions have ended']);
});

test('Fins: a reset is no FIN, in no direction', async () => {
  const { join, shown: seen, gone } = await shown({ order: 'free' });
  const peer = join();
  await peer.line(/^\* WELCOME/);
  seen();
  const left = gone();
  peer.duplex.destroy();
  await left;
  expect(seen()).toEqual(['client 1 left: closed']);
});

test('Fins: a quit of all is told, answered, said goodbye to and ended, in this order, in two lines for all FINs', async () => {
  const { join, shown: seen, logged, closed, halfClosed } = await shown({ clients: 3 });
  const [first, second, third] = [join(), join(), join()];
  await third.line('* TURN 1');
  const ended = halfClosed();
  second.say('b').duplex.end();
  await ended;
  seen();
  third.say('c', 'quit');
  await Promise.all([first.end(), third.end(), second.gone()]);
  await closed;
  const rows = seen().filter((line) => !/^turn|^client 3 >/.test(line));
  expect(rows.map((line) => line.replace(/\d+ ms/, 'N ms'))).toEqual([
    'client 3 quits (quit): this closes everybody, 3 told: client 1, client 2, client 3',
    ...[1, 2, 3].map((seat) => `client ${seat} < * QUIT 3 quit`),
    'client 2 < B',
    'client 3 < C',
    ...[1, 2, 3].map((seat) => `client ${seat} < * BYE quit`),
    'FIN sent to 3: client 1, client 2, client 3',
    // That of client 2 came before.
    'FIN received from 2: client 1, client 3',
    'closed cleanly: 3: client 1, client 2, client 3',
    'server closed in N ms',
  ]);
  expect(logged()).toMatchObject([
    { event: 'fin', by: 'client', client: 2, unanswered: 1 },
    { event: 'quitDone', told: 3, finSent: 3, finReceived: 2, clean: 3 },
  ]);
});

test('Fins: a flood of them is a hundred lines a minute each way, and a number', async () => {
  const { join, fins, logged, stop } = await shown({ order: 'free' });
  for (let client = 0; client < 120; client++) {
    const peer = join();
    peer.duplex.end();
    await peer.gone();
  }
  stop();
  const rows = fins();
  expect(rows.filter((row) => row.includes(' sent FIN: '))).toHaveLength(100);
  expect(rows.filter((row) => row.startsWith('FIN sent to '))).toHaveLength(100);
  expect(rows.slice(-2)).toEqual(['and 20 more: FIN of clients', 'and 20 more: FIN to clients']);
  expect(logged().filter(({ event }) => event === 'fin')).toHaveLength(100);
  expect(logged().at(-1)).toMatchObject({ kind: 'fin', more: 140 });
});

test('Fins: what a quit has reached is forgotten when it is over', async () => {
  const { server, join } = await memoryServer({ order: 'free', quit: 'room' });
  const seen: Fin[] = [];
  const fins = new Fins(server, (fin) => void seen.push(fin));
  const peers = [join(), join(), join()];
  await peers[2]!.line(/^\* WELCOME/);
  const done = once(server, 'quitDone') as Promise<[Parameters<Fins['take']>[0]]>;
  peers[0]!.say('quit');
  await Promise.all(peers.map((peer) => peer.end()));
  const [report] = await done;
  expect(fins.reached).toBe(3);
  expect(fins.take(report).sent).toHaveLength(3);
  expect(fins.reached).toBe(0);
  expect(seen).toEqual([]);
});
