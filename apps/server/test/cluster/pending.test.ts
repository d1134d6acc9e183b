import { expect, onTestFinished, test, vi } from 'vitest';
import { loopClock } from '../../src/edge/loop-clock.ts';
import { MemoryListener, type RoomRecord, Server } from '../../src/index.ts';
import type { Journal, Read, Shared } from '../../src/journal/journal.ts';
import { roomsOptions } from '../../src/journal/rooms-options.ts';
import { settingsOf } from '../../src/options/settings.ts';
import { Rooms } from '../../src/room/rooms.ts';
import { memoryServer, Peer } from '../peer.ts';
import { serversOf } from './sharing.ts';

test('Server: a line is handled by the server of its client, and by no other', async () => {
  const handled: string[] = [];
  const transform = (line: string): string => {
    handled.push(line);
    return line.toUpperCase();
  };
  const [a, b] = await serversOf(['a', 'b'], { order: 'free', deliver: 'all', transform });
  const [one, two] = [a!.join(), b!.join()];
  await one.line(/^\* WELCOME/);
  await two.line(/^\* WELCOME/);
  one.say('hello');
  await two.line('* MSG 1 HELLO');
  two.say('and you?');
  await one.line('* MSG 2 AND YOU?');
  expect(handled).toEqual(['hello', 'and you?']);
});

test('ClusterNode: append refuses the record of a client of another server', async () => {
  const [a, b] = await serversOf(['a', 'b']);
  const client = b!.node.firstClient + 1;
  expect(() => a!.node.append({ type: 'done', client, ticket: 1, result: { text: 'x' } })).toThrow(
    `Cannot append: client ${client} is not one of this server`,
  );
});

test.each(['/ping x', '/who', '/nosuch'])(
  'Server: while the log is out of reach, %s is read as long as it may wait, and answered later',
  async (line) => {
    const [a] = await serversOf(['a'], { order: 'free', maxErrors: 10_000, maxQueuedLines: 16 });
    const { server, log } = a!;
    const one = a!.join();
    await one.line(/^\* WELCOME/);
    log.isStill = true;
    one.say(...Array.from({ length: 1_000 }, () => line));
    await vi.waitFor(() => expect(server.loadOf(1)?.isPaused).toBe(true), { timeout: 20_000 });
    expect(server.counts.linesIn).toBe(16);
    log.isStill = false;
    await vi.waitFor(() => expect(server.counts.linesIn).toBe(1_000), { timeout: 20_000 });
  },
);

/** A journal from which records come back when it is told to. */
class HeldJournal implements Journal {
  readonly shared: Shared;
  readonly held: RoomRecord[] = [];
  isFull = false;
  readonly #read: Read;
  #seq = 0;

  constructor(read: Read, rooms: Rooms) {
    this.#read = read;
    const counts = { gone: 0, position: 0, pending: 0, entryMs: 0, resent: 0, awayMs: 0 };
    const isFull = (): boolean => this.isFull;
    this.shared = {
      rooms,
      firstClient: 0,
      isAway: false,
      get isFull() {
        return isFull();
      },
      isOwn: () => true,
      nodeOf: () => 'a',
      nodes: () => [],
      status: () => ({ node: 'a', nodes: ['a'], ...counts }),
    };
  }

  append(record: RoomRecord): void {
    this.held.push(record);
  }

  release(): void {
    for (const record of this.held.splice(0)) this.#read({ seq: ++this.#seq, at: 0, record });
  }
}

test('Server: nobody is read while the journal is full, and everybody when it no longer is', async () => {
  const settings = settingsOf({ order: 'free', graceMs: 200 });
  let journal!: HeldJournal;
  const listener = new MemoryListener();
  const server = new Server(settings, listener, {
    clock: loopClock,
    exemptsLoopback: true,
    journal: (read) => (journal = new HeldJournal(read, new Rooms(roomsOptions(settings)))),
  });
  await server.listen();
  onTestFinished(async () => {
    await server.close();
  });
  const peers = [new Peer(listener.connect()), new Peer(listener.connect())];
  await vi.waitFor(() => expect(journal.held).toHaveLength(2), { timeout: 20_000 });
  journal.release();
  journal.isFull = true;
  peers[0]!.say('first');
  await vi.waitFor(() => expect(journal.held).toHaveLength(1), { timeout: 20_000 });
  for (const peer of peers) peer.say('second');
  await vi.waitFor(
    () => expect([1, 2].map((client) => server.loadOf(client)?.isPaused)).toEqual([true, true]),
    { timeout: 20_000 },
  );
  expect(server.counts.linesIn).toBe(1);
  journal.isFull = false;
  journal.release();
  await vi.waitFor(() => expect(server.counts.linesIn).toBe(3), { timeout: 20_000 });
  journal.release();
  await peers[1]!.line('SECOND');
  const releasing = setInterval(() => journal.release(), 1);
  onTestFinished(() => clearInterval(releasing));
});

test('Server: a turn passes while a line of its client is at the handler of another room', async () => {
  let handle: (() => void) | undefined;
  const transform = (line: string): string | Promise<string> =>
    line === 'slow' ? new Promise((resolve) => (handle = () => resolve(line))) : line;
  const { join } = await memoryServer({ clients: 1, turnTimeoutMs: 100, transform });
  const [one, two] = [join(), join()];
  await two.say('/join b').line('* WELCOME 1 1 b 1');
  await one.say('slow', '/join b').line(/^\* WELCOME \d 1 b/);
  await two.say('first', 'second').line('second');
  expect(two.lines).toContain('* SKIP 2 waited 100 ms');
  handle!();
  await one.line('slow');
});

test('Server: a client that has ended its stream is not given up while its line is on its way', async () => {
  const [a] = await serversOf(['a'], { order: 'free', deliver: 'all', endedTimeoutMs: 50 });
  const [one, two] = [a!.join(), a!.join()];
  await one.line(/^\* WELCOME/);
  await two.line(/^\* WELCOME/);
  a!.log.isStill = true;
  one.say('pay 100').duplex.end();
  await vi.waitFor(() => expect(a!.node.isAway).toBe(true), { timeout: 20_000 });
  a!.log.isStill = false;
  await two.line('* MSG 1 PAY 100');
  await one.end();
  expect(one.replies).toEqual(['PAY 100']);
  expect(one.lines.at(-1)).toBe('* BYE end of input');
});

test('Server: a client that is given up is told so once nobody can serve its line any more', async () => {
  const [a] = await serversOf(['a'], { clients: 2, endedTimeoutMs: 50 });
  const one = a!.join();
  await one.line(/^\* WELCOME/);
  one.say('waits').duplex.end();
  await vi.waitFor(() => expect([...a!.server.status()][0]?.waiting).toBe(1), { timeout: 20_000 });
  a!.log.faults = { random: () => 1, delayMs: 300 };
  await one.end();
  expect(one.lines.at(-1)).toBe('* BYE ended and not served');
  expect([...a!.server.status()]).toEqual([]);
});

test('Server: a client that comes while a quit of everybody is on its way gets its goodbye', async () => {
  const [a, b] = await serversOf(['a', 'b'], { order: 'free', graceMs: 60_000 });
  const one = a!.join();
  await one.line(/^\* WELCOME/);
  a!.log.faults = { random: () => 1, delayMs: 50 };
  one.say('/quit bye');
  await vi.waitFor(() => expect(a!.node.status().pending).toBe(1), { timeout: 20_000 });
  const two = b!.join();
  const report = await b!.server.closed;
  await two.end();
  expect(two.lines.at(-1)).toBe('* BYE bye');
  expect(report.forced).toEqual([]);
});
