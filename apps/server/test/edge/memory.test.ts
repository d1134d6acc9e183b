import { VirtualClock } from '@proto/scheduler/testing';
import fc from 'fast-check';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Memory } from '../../src/edge/memory.ts';
import { memoryServer, type Peer } from '../peer.ts';

const MOST = 8_000;

/** A budget of 8,000 bytes for four clients, and what was done about it. */
function budget() {
  const clock = new VirtualClock();
  const did: string[] = [];
  const memory: Memory = new Memory(MOST, {
    clock,
    clients: 4,
    tight: () => did.push('tight'),
    short: () => did.push('short'),
    goOn: () => did.push('go on'),
    shed: (bytes) => {
      did.push(`shed to ${bytes}`);
      memory.add(bytes - memory.held);
    },
  });
  return { clock, memory, did: () => did.splice(0) };
}

test('memory: above a half the largest are held back, until it is below three eighths', () => {
  const { clock, memory, did } = budget();
  memory.add(4_000);
  expect([did(), memory.isTight]).toEqual([[], false]);
  memory.add(1);
  expect([did(), memory.isTight, memory.isShort, memory.share]).toEqual([['tight'], true, false, 1_000]);
  memory.add(-1_001);
  expect([did(), memory.isTight]).toEqual([[], true]);
  memory.add(-1);
  expect([did(), memory.isTight, clock.pending]).toEqual([['go on'], false, 0]);
});

test('memory: above three quarters nobody is read, until it is below five eighths', () => {
  const { clock, memory, did } = budget();
  memory.add(6_001);
  expect([did(), memory.isShort]).toEqual([['tight', 'short'], true]);
  memory.add(-1_001);
  expect([did(), memory.isShort]).toEqual([[], true]);
  memory.add(-1);
  expect([did(), memory.isShort, memory.isTight, clock.pending]).toEqual([['go on'], false, true, 0]);
});

test('memory: what is short for 100 ms is shed down to a half', async () => {
  const { clock, memory, did } = budget();
  memory.add(6_500);
  await clock.advance(99);
  expect(did()).toEqual(['tight', 'short']);
  await clock.advance(1);
  expect([did(), memory.isShort, clock.pending]).toEqual([['shed to 4000', 'go on'], false, 0]);
});

test('memory: what is over is shed at once, and once', async () => {
  const { clock, memory, did } = budget();
  for (let more = 0; more < 10; more++) memory.add(1_000);
  await setImmediate();
  expect([did(), memory.held, clock.pending]).toEqual([
    ['tight', 'short', 'shed to 4000', 'go on'],
    4_000,
    0,
  ]);
});

/** Lets everything that is under way arrive. */
async function settled(): Promise<void> {
  for (let pass = 0; pass < 12; pass++) await setImmediate();
}

const text = fc.integer({ min: 0, max: 1_000 }).map((length) => 'x'.repeat(length));
const said = fc.oneof(
  text,
  text.map((line) => `/to 1 ${line}`),
  fc.constantFrom('/who', '/join side', '/join main', '/name n', '/nonsense', '\x07', '/quit'),
);
const step = fc.record({
  who: fc.nat(5),
  does: fc.oneof(
    { weight: 8, arbitrary: fc.constant('says' as const) },
    fc.constantFrom('floods', 'half', 'deaf', 'hears', 'ends', 'resets', 'holds', 'goes on'),
  ),
  lines: fc.array(said, { minLength: 1, maxLength: 80 }),
});

test.each(['strict', 'fair', 'free'] as const)(
  'memory: the sum is what every connection holds, whatever happens, %s, and nothing when all are gone',
  async (order) => {
    const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const { server, join } = await memoryServer({
        order,
        clients: 2,
        quit: 'self',
        deliver: order === 'free' ? 'others' : 'sender',
        maxMemoryBytes: 1_048_576,
        maxErrors: 1_000,
      });
      const peers: Peer[] = Array.from({ length: 6 }, () => join());
      let most = 0;
      for (const { who, does, lines } of steps) {
        const { duplex } = peers[who]!;
        if (duplex.destroyed || duplex.writableEnded) continue;
        if (does === 'says') peers[who]!.say(...lines);
        else if (does === 'floods') peers[who]!.say(...Array.from({ length: 400 }, () => 'y'.repeat(900)));
        else if (does === 'half') duplex.write('half a line');
        else if (does === 'deaf') duplex.pause();
        else if (does === 'hears') duplex.resume();
        else if (does === 'ends') duplex.end();
        else if (does === 'resets') duplex.destroy();
        else server.hold('main', does === 'holds');
        await settled();
        const { memoryBytes } = server.load();
        let walked = 0;
        for (let client = 1; client <= peers.length; client++)
          walked += server.loadOf(client)?.memoryBytes ?? 0;
        expect(memoryBytes).toBe(walked);
        most = Math.max(most, memoryBytes);
      }
      for (const { duplex } of peers) duplex.destroy();
      await settled();
      expect(server.load().memoryBytes).toBe(0);
      // A read and an answer beyond the budget are there until the end of the pass.
      expect(most).toBeLessThanOrEqual(1_048_576);
    });
    await fc.assert(property, { numRuns: 40 });
  },
);
