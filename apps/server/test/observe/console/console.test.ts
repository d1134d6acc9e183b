import { VirtualClock } from '@proto/scheduler/testing';
import { describe, expect, test } from 'vitest';
import { logJson, showOnConsole } from '../../../src/observe/index.ts';
import type { Server, ServerOptions } from '../../../src/index.ts';
import { memoryServer, type Peer } from '../../peer.ts';

const count = (text: string, number: number): string[] =>
  Array.from({ length: number }, (_, index) => `${text}${index}`);

interface Shown {
  readonly server: Server;
  readonly join: () => Peer;
  readonly clock: VirtualClock;
  readonly stop: () => void;
  /** What the console has shown since this was last asked. */
  readonly shown: () => string[];
}

async function shown(options: ServerOptions, text = true): Promise<Shown> {
  const made = await memoryServer(options);
  const clock = new VirtualClock();
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  const stop = showOnConsole(made.server, { write, colour: false, text, clock });
  return { ...made, clock, stop, shown: () => lines.splice(0) };
}

const listeners = (server: Server): number =>
  (['line', 'send', 'turn'] as const).reduce((sum, name) => sum + server.listenerCount(name), 0);

/** Says lines and waits until the last is answered. */
async function say(peer: Peer, ...lines: string[]): Promise<void> {
  const { length } = peer.replies;
  await peer.say(...lines).until(({ replies }) => replies.length === length + lines.length);
}

describe('console', () => {
  test('showOnConsole: few lines are shown one by one, each with its answer', async () => {
    const { join, shown: seen } = await shown({ clients: 2 });
    const [first, second] = [join(), join()];
    await first.line('* TURN 1');
    await second.line('* TURN 1');
    seen();
    await second.say('b', '/ping now').line('* PONG now');
    first.say('a');
    await first.until(({ lines }) => lines.filter((line) => line === '* TURN 1').length === 2);
    expect(seen()).toEqual([
      'client 2 > b',
      'client 2 > /ping now',
      'client 2 < * PONG now',
      'client 1 > a',
      'turn 1: client 1',
      'client 1 < A',
      'turn 2: client 2',
      'client 2 < B',
      'turn 3: client 1, nothing queued',
      'client 1 < * TURNS 2 2 2',
      'client 1 < * TURN 1',
      'client 2 < * TURNS 2 2 2',
      'client 2 < * TURN 1',
    ]);
  });

  test('showOnConsole: of a burst the first fifty are shown, the rest is a number, and nobody listens', async () => {
    const { server, join, clock, shown: seen } = await shown({ order: 'free' });
    const peer = join();
    await peer.line(/^\* WELCOME/);
    seen();
    await say(peer, ...count('a', 10_000));
    // The first line of a connection is read by itself, the others as they come: 64 at a time.
    const rows = [...count('client 1 > a', 50), ...count('client 1 < A', 50)];
    expect(seen()).toEqual([rows[0], rows[50], ...rows.slice(1, 50), ...rows.slice(51)]);
    expect(listeners(server)).toBe(0);
    await clock.advance(1_000);
    expect(seen()).toEqual(['9,950 lines/s from 1 client, not shown one by one']);
    expect(listeners(server)).toBe(0);
    expect(peer.replies).toEqual(count('A', 10_000));
  });

  test('showOnConsole: shows lines again after a second with few', async () => {
    const { server, join, clock, shown: seen } = await shown({ order: 'free' });
    const [first, second] = [join(), join()];
    await second.line(/^\* WELCOME/);
    seen();
    await say(first, ...count('a', 1_050));
    await say(second, ...count('b', 200));
    await clock.advance(1_000);
    expect(seen().slice(100)).toEqual(['1,200 lines/s from 2 clients, not shown one by one']);
    await say(first, ...count('c', 26));
    await clock.advance(1_000);
    expect(seen()).toEqual(['26 lines/s from 1 client, not shown one by one']);
    expect(listeners(server)).toBe(0);
    await say(second, 'd');
    await clock.advance(1_000);
    expect(seen()).toEqual(['1 line from 1 client, not shown one by one']);
    expect(listeners(server)).toBe(3);
    await say(first, 'hello');
    expect(seen()).toEqual(['client 1 > hello', 'client 1 < HELLO']);
  });

  test('showOnConsole: each second shows its own fifty, and a quiet one says nothing', async () => {
    const { join, clock, shown: seen } = await shown({ order: 'free' });
    const peer = join();
    await peer.line(/^\* WELCOME/);
    seen();
    for (let second = 0; second < 3; second++) {
      await say(peer, ...count('a', 50));
      expect(seen()).toHaveLength(100);
      await clock.advance(1_000);
      expect(seen()).toEqual([]);
    }
    await say(peer, ...count('a', 51));
    expect(seen()).toHaveLength(100);
    await clock.advance(1_000);
    expect(seen()).toEqual(['1 line from 1 client, not shown one by one']);
    await clock.advance(1_000);
    expect(seen()).toEqual([]);
  });

  test('showOnConsole: what one line sets off is bounded too', async () => {
    const { join, clock, shown: seen } = await shown({ order: 'free', deliver: 'others' });
    const peers = count('', 40).map(() => join());
    await Promise.all(peers.map((peer) => peer.line(/^\* WELCOME/)));
    await clock.advance(2_000);
    seen();
    const [first, ...others] = peers;
    first?.say(...count('a', 10));
    await Promise.all(others.map((peer) => peer.line('* MSG 1 A9')));
    expect(seen()).toHaveLength(250);
    await clock.advance(1_000);
    // Ten rows of lines, and 240 of the 400 that they set off.
    expect(seen()).toEqual(['160 lines/s to clients, not shown one by one']);
  });

  test('showOnConsole: no more answers are shown than lines, whatever was shown before it counted', async () => {
    const { join, clock, shown: seen } = await shown({ clients: 2 });
    const [first, second] = [join(), join()];
    await second.line('* TURN 1');
    await second.say(...count('b', 60), '/ping now').line('* PONG now');
    await clock.advance(2_000);
    seen();
    await say(first, ...count('a', 60));
    const rows = seen();
    const shownOf = (sign: string): number =>
      rows.filter((row) => new RegExp(`^client \\d ${sign} [^*]`).test(row)).length;
    expect(shownOf('>')).toBe(50);
    // B0 comes with A0, before anything is hidden.
    expect(shownOf('<')).toBeLessThanOrEqual(51);
  });

  test('showOnConsole: malformed lines are shown as faults, and not counted as lines', async () => {
    const { join, clock, shown: seen } = await shown({ order: 'free', maxErrors: 1_000 });
    const peer = join();
    await peer.line(/^\* WELCOME/);
    peer.say(...count('\u0001', 40));
    await say(peer, ...count('a', 51));
    seen();
    await clock.advance(1_000);
    expect(seen()).toEqual(['1 line from 1 client, not shown one by one']);
  });

  test('showOnConsole: a quit says what was counted until then', async () => {
    const { server, join, clock, shown: seen } = await shown({ order: 'free' });
    const peer = join();
    await peer.line(/^\* WELCOME/);
    seen();
    await say(peer, ...count('a', 5_000));
    await clock.advance(100);
    await server.close({ reason: 'over' });
    expect(seen().slice(100, 102)).toEqual([
      '4,950 lines from 1 client, not shown one by one',
      'the server quits (over): this closes everybody, 1 told: client 1',
    ]);
    expect(clock.pending).toBe(0);
    expect(listeners(server)).toBe(0);
  });

  test('showOnConsole: lines that came while they were counted are answered in full when they are shown again', async () => {
    const { server, join, clock, shown: seen } = await shown({ clients: 2 });
    const [first, second] = [join(), join()];
    await second.line('* TURN 1');
    await second.say(...count('b', 60), '/ping now').line('* PONG now');
    expect(listeners(server)).toBe(0);
    await clock.advance(2_000);
    expect(listeners(server)).toBe(3);
    seen();
    await say(first, 'a0', 'a1');
    await second.until(({ replies }) => replies.length === 2);
    expect(seen().filter((line) => !line.includes('* TURN'))).toEqual([
      'client 1 > a0',
      'turn 1: client 1',
      'client 1 < A0',
      'turn 2: client 2',
      'client 2 < B0',
      'client 1 > a1',
      'turn 3: client 1',
      'client 1 < A1',
      'turn 4: client 2',
      'client 2 < B1',
      'turn 5: client 1, nothing queued',
    ]);
  });

  test('showOnConsole: without text nobody is quoted, no line is listened to, and each minute has its count', async () => {
    const { server, join, clock, stop, shown: seen } = await shown({ order: 'free' }, false);
    const [first, second] = [join(), join()];
    await second.line(/^\* WELCOME/);
    expect(listeners(server)).toBe(0);
    await say(first, ...count('secret', 6_000));
    first.say('/to 2 secret', '/secret', 'a\u0001secret');
    await first.line(/FRAME_BAD_BYTE/);
    await second.line(/ SECRET$/);
    await clock.advance(60_000);
    const said = seen();
    expect(said.join('\n')).not.toMatch(/secret/i);
    expect(said.slice(2)).toEqual([
      'client 1 ! UNKNOWN_COMMAND',
      'client 1 ! FRAME_BAD_BYTE',
      '100 lines/s from 1 client, not shown one by one',
    ]);
    await say(second, 'secret');
    await clock.advance(59_999);
    expect(seen()).toEqual([]);
    await clock.advance(1);
    expect(seen()).toEqual(['1 line from 1 client, not shown one by one']);
    await join().line(/^\* WELCOME/);
    await clock.advance(60_000);
    expect(seen()).toEqual([expect.stringMatching(/^client 3 connected/)]);
    await say(first, 'last');
    stop();
    expect(seen()).toEqual(['1 line from 1 client, not shown one by one']);
    expect(clock.pending).toBe(0);
  });

  test('showOnConsole: nothing is left when it is stopped', async () => {
    const { server, clock, stop } = await shown({ order: 'free' });
    expect(listeners(server)).toBe(3);
    stop();
    stop();
    expect(listeners(server)).toBe(0);
    expect(clock.pending).toBe(0);
  });
});

test('showOnConsole, logJson: rooms that quit are a hundred a minute, and a number', async () => {
  const { server, join, stop, shown: seen } = await shown({ order: 'free', quit: 'room', lingerMs: 0 });
  const logged: string[] = [];
  const flush = logJson(server, { text: false, write: (line) => logged.push(line) });
  for (let quit = 0; quit < 120; quit++) await join().say('/quit').end();
  stop();
  flush();
  const rows = seen();
  expect(rows.filter((row) => / quits \(/.test(row))).toHaveLength(100);
  expect(rows).toContain('and 20 more: quits of a room');
  expect(logged.filter((line) => line.includes('"event":"quit"'))).toHaveLength(100);
  expect(logged.join('\n')).toContain('"kind":"quit","more":20');
});

describe('reminders', () => {
  test('showOnConsole: says why nothing happens, less and less often', async () => {
    const { join, clock, shown: seen } = await shown({ clients: 2 });
    await join().line('* WAIT 1 2');
    seen();
    await clock.advance(61_000);
    expect(seen()).toEqual(
      [2, 10, 30, 60].map((s) => `waiting for 1 more to connect, 1 of 2, ${s} s; 0 lines wait`),
    );
  });

  test('showOnConsole: a room that was gone is a new one', async () => {
    const { join, clock, shown: seen } = await shown({ clients: 2 });
    const peer = join();
    await peer.line('* WAIT 1 2');
    for (let time = 0; time < 2; time++) {
      await peer.say('/join den').line(/^\* WELCOME \d+ \d+ den/);
      await clock.advance(3_000);
      expect(seen().filter((line) => line.startsWith('den: '))).toEqual([
        'den: waiting for 1 more to connect, 1 of 2, 2 s; 0 lines wait',
      ]);
      peer.lines.splice(0);
      await peer.say('/join main').line(/^\* WELCOME \d+ \d+ main/);
      peer.lines.splice(0);
      await clock.advance(1_000);
      seen();
    }
  });

  test('showOnConsole: many rooms that wait are sixty lines a minute', async () => {
    const { join, clock, stop, shown: seen } = await shown({ clients: 2 });
    const peers = count('', 100).map(() => join());
    await Promise.all(peers.map((peer, index) => peer.say(`/join r${index}`).line(/^\* WELCOME \d+ \d+ r/)));
    seen();
    await clock.advance(3_000);
    expect(seen().filter((line) => line.includes('more to connect'))).toHaveLength(60);
    stop();
    expect(seen()).toContain('and 40 more: rooms that wait');
  });
});
