import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RoomRecord, Server, ServerEvents, ServerOptions } from '../../src/index.ts';
import { memoryServer, type Peer } from '../peer.ts';
import { uncaught } from '../uncaught.ts';

/** Every event of a server. */
const NAMES = Object.keys({
  entry: 0,
  listening: 0,
  join: 0,
  leave: 0,
  name: 0,
  refuse: 0,
  wrongToken: 0,
  cut: 0,
  warning: 0,
  reload: 0,
  drop: 0,
  passedOver: 0,
  throttle: 0,
  line: 0,
  fault: 0,
  send: 0,
  chunk: 0,
  chunkEnd: 0,
  turn: 0,
  rounds: 0,
  waited: 0,
  hold: 0,
  handlerError: 0,
  admin: 0,
  drain: 0,
  quit: 0,
  quitDone: 0,
  node: 0,
  away: 0,
} satisfies Record<keyof ServerEvents, 0>) as (keyof ServerEvents)[];

interface Write {
  readonly peer: number;
  readonly text: string;
}

const line = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'bb', 'ccc', '') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('/who', '/name n', '/ping x', '/join den', '/pass', '/bad', '\u0001'),
  },
);
/** Lines in one write; the last may be torn. */
const write = fc.record({
  peer: fc.nat({ max: 2 }),
  text: fc
    .tuple(fc.array(line, { maxLength: 70, size: 'max' }), fc.constantFrom('\n', ''))
    .map(([lines, end]) => lines.join('\n') + end),
});
const options = fc.record({
  order: fc.constantFrom('strict', 'fair', 'free'),
  deliver: fc.constantFrom('sender', 'all', 'others'),
  clients: fc.constantFrom(1, 3),
});

/** What three clients got, and what the rooms were told. */
interface Played {
  readonly raw: readonly string[];
  readonly records: readonly RoomRecord[];
}

/** Has three clients write. `watch` is given the server first. */
async function play(
  writes: readonly Write[],
  chosen: ServerOptions,
  watch: (server: Server) => void,
): Promise<Played> {
  const { server, join } = await memoryServer({
    ...chosen,
    greetingGuard: 'off',
    maxErrors: 1_000,
    maxQueuedLines: 10_000,
  });
  const records: RoomRecord[] = [];
  server.on('entry', ({ record }) => records.push(record));
  watch(server);
  const peers: Peer[] = [join(), join(), join()];
  await rest();
  for (const { peer, text } of writes) {
    peers[peer]?.duplex.write(text, 'latin1');
    await rest();
  }
  for (const peer of peers) {
    await peer.say('', '/ping last').line('* PONG last');
    await rest();
  }
  await Promise.all([server.close(), ...peers.map((peer) => peer.end())]);
  return { raw: peers.map(({ raw }) => raw), records };
}

/** Passes of the event loop until nothing that was written is on its way any more. */
async function rest(): Promise<void> {
  for (let pass = 0; pass < 12; pass++) await new Promise(setImmediate);
}

describe('Server', () => {
  test('Telling: whoever listens, and whatever listeners throw, clients and rooms get the same', async () => {
    const thrown = uncaught();
    await fc.assert(
      fc.asyncProperty(fc.array(write, { maxLength: 8 }), options, async (writes, chosen) => {
        const alone = await play(writes, chosen, () => {});
        const kept: { event: unknown; told: string }[] = [];
        const watched = await play(writes, chosen, (server) => {
          for (const name of NAMES)
            server.on(name, (event: unknown) => kept.push({ event, told: JSON.stringify(event) }));
        });
        const hostile = await play(writes, chosen, (server) => {
          for (const name of NAMES) {
            server.on(name, () => {
              throw new Error('no');
            });
          }
        });
        expect(watched).toEqual(alone);
        expect(hostile).toEqual(alone);
        // What was told stays as it was: nothing that is used again is given away.
        for (const { event, told } of kept) expect(JSON.stringify(event)).toBe(told);
        expect(kept.length).toBeGreaterThan(0);
      }),
      { numRuns: 30 },
    );
    expect(new Set(await thrown())).toEqual(new Set(['no']));
  });

  test('Telling: a listener that throws takes no event from the others, and its error is uncaught', async () => {
    const thrown = uncaught();
    const { server, join } = await memoryServer({ order: 'free' });
    const heard: string[] = [];
    server.on('line', () => {
      throw new Error('first');
    });
    server.once('line', ({ text }) => heard.push(`once ${text}`));
    server.on('line', ({ text }) => heard.push(text));
    await join().say('a', 'b').line('B');
    expect(heard).toEqual(['once a', 'a', 'b']);
    expect(await thrown()).toEqual(['first', 'first']);
  });
});

test('Server: people and names, as the rooms have them', async () => {
  const { server, join } = await memoryServer({ order: 'free' });
  const named: unknown[] = [];
  server.on('name', (event) => named.push(event));
  const [first] = [join(), join()];
  await first.say('/name ann', 'one', 'two').line('TWO');
  expect(named).toEqual([{ client: 1, room: 'main', seat: 1, name: 'ann' }]);
  expect([...server.people()]).toMatchObject([
    { client: 1, seat: 1, name: 'ann', address: 'memory:1', waiting: 0, served: 2 },
    { client: 2, seat: 2, name: '-', served: 0 },
  ]);
  expect([...server.people(1)]).toHaveLength(1);
});
