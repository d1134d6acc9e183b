import fc from 'fast-check';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import type { Journal, Read } from '../../src/journal/journal.ts';
import { loopClock } from '../../src/edge/loop-clock.ts';
import { MemoryListener, type RoomRecord, Server, type ServerOptions } from '../../src/index.ts';
import { settingsOf } from '../../src/options/settings.ts';
import { memoryServer, Peer } from '../peer.ts';

/** A journal as behind a network: an entry is text, and comes back some passes of the event loop later. */
class LateJournal implements Journal {
  readonly #read: Read;
  readonly #passes: number;
  readonly #waiting: string[] = [];
  #seq = 0;
  /** The most messages that were on their way at once. */
  mostLines = 0;
  #lines = 0;

  constructor(read: Read, passes: number) {
    this.#read = read;
    this.#passes = passes;
  }

  append(record: RoomRecord): void {
    this.#lines += messages(record);
    this.mostLines = Math.max(this.mostLines, this.#lines);
    this.#waiting.push(JSON.stringify(record));
    this.#wait(this.#passes);
  }

  #wait(passes: number): void {
    setImmediate(() => {
      if (passes > 1) return this.#wait(passes - 1);
      const record = JSON.parse(this.#waiting.shift()!) as RoomRecord;
      this.#lines -= messages(record);
      this.#seq++;
      this.#read({ seq: this.#seq, at: 0, record });
    });
  }
}

function messages(record: RoomRecord): number {
  if (record.type === 'lines') return record.count;
  return record.type === 'line' ? 1 : 0;
}

async function lateServer(
  options: ServerOptions,
  passes: number,
): Promise<{ server: Server; journal: LateJournal; join: () => Peer }> {
  const listener = new MemoryListener();
  let journal: LateJournal | undefined;
  const server = new Server(settingsOf({ graceMs: 200, ...options }), listener, {
    clock: loopClock,
    exemptsLoopback: true,
    journal: (read) => (journal = new LateJournal(read, passes)),
  });
  await server.listen();
  onTestFinished(async () => void (await server.close()));
  return { server, journal: journal!, join: () => new Peer(listener.connect()) };
}

test('Server: behind a journal that answers later, each client gets the answers it gets without', async () => {
  const line = fc.constantFrom('a', 'bb', 'ccc', '/bad');
  const said = fc.array(fc.array(line, { maxLength: 80, size: 'max' }), { minLength: 3, maxLength: 3 });
  const order = fc.constantFrom('strict', 'fair', 'free');
  await fc.assert(
    fc.asyncProperty(said, order, fc.integer({ min: 1, max: 3 }), async (lines, chosen, passes) => {
      const options: ServerOptions = {
        order: chosen,
        clients: 3,
        maxErrors: 1_000,
        transform: (text) => text,
      };
      const [late, now] = [await lateServer(options, passes), await memoryServer(options)];
      const answers = async (join: () => Peer): Promise<string[][]> => {
        const peers = [join(), join(), join()];
        // A client that sends nothing more lets the turn pass.
        peers.forEach((peer, index) => peer.say(...(lines[index] ?? [])).duplex.end());
        await Promise.all(peers.map((peer) => peer.gone()));
        // What a refused command gets comes at once, whatever waits.
        const notices = /^\* (?:ERR|BYE)/;
        return peers.map(({ lines: got, replies }) => [
          ...replies,
          ...got.filter((text) => notices.test(text)),
        ]);
      };
      expect(await answers(late.join)).toEqual(await answers(now.join));
    }),
    { numRuns: 25 },
  );
});

test('Server: no more lines of a client are on their way than may wait for their turn', async () => {
  const { journal, join } = await lateServer({ order: 'free', maxQueuedLines: 100 }, 3);
  const peer = join();
  await peer.line(/^\* WELCOME/);
  peer.say(...Array.from({ length: 5_000 }, (_, index) => `a${index}`));
  await peer.line('A4999');
  expect(peer.replies).toEqual(Array.from({ length: 5_000 }, (_, index) => `A${index}`));
  expect(journal.mostLines).toBeLessThanOrEqual(100);
});

test('Server: a quit that is on its way closes everybody, and a second call to close() forces', async () => {
  const { server, join } = await lateServer({ order: 'free' }, 3);
  const peers = [join(), join()];
  await Promise.all(peers.map((peer) => peer.line(/^\* WELCOME/)));
  peers[0]?.say('one', '/quit over');
  await Promise.all(peers.map((peer) => peer.end()));
  expect(peers[0]?.replies).toEqual(['ONE']);
  expect(peers[1]?.lines.slice(-2)).toEqual(['* QUIT 1 over', '* BYE over']);
  expect(await server.closed).toMatchObject({ scope: 'all', reason: 'over' });
});

test('Server: a second quit that was on its way changes nothing, and the next room of that name stays open', async () => {
  // The first room is being closed for as long as its handler has a line.
  const transform = (): Promise<string> => new Promise(() => {});
  const { server, join } = await lateServer({ order: 'free', quit: 'room', transform }, 30);
  const quits: unknown[] = [];
  server.on('quit', (quit) => quits.push(quit));
  const [ann, bob] = [join().say('slow'), join()];
  await Promise.all([ann, bob].map((peer) => peer.line(/^\* WELCOME/)));
  const isUnderway = once(server, 'line');
  ann.say('/quit');
  await isUnderway;
  const eve = join();
  bob.say('/quit');
  await eve.line('* WELCOME 1 1 main 1');
  await eve.say('/ping').line('* PONG ');
  await join().line('* WELCOME 2 1 main 1');
  expect(quits).toMatchObject([{ scope: 'room', seat: 1 }]);
});
