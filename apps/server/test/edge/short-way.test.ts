import { VirtualClock } from '@proto/scheduler/testing';
import fc from 'fast-check';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import {
  createServer,
  MemoryListener,
  type Server,
  type ServerEvents,
  type ServerOptions,
} from '../../src/index.ts';
import { InProcessJournal } from '../../src/journal/in-process.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { Peer } from '../peer.ts';

/** How many lines are said in all. A million take some minutes. */
const LINES = Number(process.env['SHORT_WAY_LINES'] ?? 10_000);
const PEERS = 4;

/** All events that can be compared; those of TCP without their time. */
const TOLD =
  'join leave name refuse drop passedOver throttle line fault send turn rounds waited hold handlerError'.split(
    ' ',
  ) as (keyof ServerEvents)[];

const line = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.constantFrom('a', 'bb', 'The quick brown fox', '', 'x'.repeat(63), 'y'.repeat(70)),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '/who',
      '/name n',
      '/name m',
      '/name o',
      '/name p',
      '/join den',
      '/join main',
      '/pass',
      '/to 1 hi',
      '//z',
    ),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom('quit?', 'QUI', '* star', '/', '\tt', 'r\r', 'r\rr', '\x07', '\x80', '/bad'),
  },
  { weight: 1, arbitrary: fc.constantFrom('\xff\xfd\x06', '\xff\xfb\x01i', '\xff\xff', 'z'.repeat(200)) },
);
const text = fc
  .tuple(
    fc.oneof(
      { weight: 60, arbitrary: fc.array(line, { minLength: 1, maxLength: 3 }) },
      { weight: 9, arbitrary: fc.array(line, { maxLength: 70, size: 'max' }) },
      { weight: 1, arbitrary: fc.array(line, { maxLength: 200, size: 'max' }) },
    ),
    fc.constantFrom('\n', '\n', '\n', '\n', ''),
  )
  .map(([lines, end]) => lines.join('\n') + end);
const who = fc.nat({ max: PEERS - 1 });
const step = fc.oneof(
  { weight: 20, arbitrary: fc.record({ who, text }) },
  // Several in one pass of the event loop.
  {
    weight: 10,
    arbitrary: fc.record({ texts: fc.array(fc.tuple(who, text), { minLength: 2, maxLength: 5 }) }),
  },
  { weight: 2, arbitrary: fc.record({ who, hears: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ who, floods: fc.constant(true) }) },
  { weight: 2, arbitrary: fc.record({ ms: fc.constantFrom(1, 40, 700) }) },
  { weight: 1, arbitrary: fc.record({ holds: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      who,
      over: fc.constantFrom('end', 'reset', 'quit', 'GET / HTTP/1.1\r\n', 'kick'),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const options = fc.record(
  {
    order: fc.constantFrom('free', 'free', 'fair', 'strict'),
    deliver: fc.constantFrom('sender', 'sender', 'sender', 'all', 'others'),
    transform: fc.constantFrom('upper', 'none', 'upper', (said: string) => `${said}!`),
    clients: fc.constantFrom(1, 1, 3),
    events: fc.constantFrom('on', 'off'),
    framing: fc.constantFrom('lines', 'lines', 'lines', 'chunk'),
    greetingGuard: fc.constantFrom('on', 'off'),
    maxLineBytes: fc.constantFrom(10, 100, 1_024),
    maxQueuedLines: fc.constantFrom(1, 3, 64),
    maxOutboxBytes: fc.constantFrom(8_192, 1_048_576),
    maxMemoryBytes: fc.constantFrom(1_048_576, 16_777_216),
    maxErrors: fc.constantFrom(3, 1_000),
    maxLinesPerSecond: fc.constantFrom('none', 'none', 1, 50),
    maxCausedBytesPerSecond: fc.constantFrom('none', 'none', 4_096),
    idleTimeoutMs: fc.constantFrom('never', 'never', 1_000),
    partialLineTimeoutMs: fc.constantFrom('never', 1_000),
    outboxTimeoutMs: fc.constantFrom('never', 1_000),
  },
  { requiredKeys: ['order', 'deliver', 'transform'] },
);

/** Which events are listened to. */
const watching = fc.oneof(
  { weight: 3, arbitrary: fc.constant([]) },
  fc.subarray<keyof ServerEvents>([...TOLD, 'chunk', 'chunkEnd']),
);

/** What came of a conversation. */
interface Played {
  readonly heard: string[];
  readonly told: string[];
  readonly known: unknown[];
  readonly lines: number;
}

/** Plays a conversation. `isShort`: its journal lets lines be answered without a record. */
async function play(
  steps: readonly Step[],
  chosen: ServerOptions,
  names: readonly (keyof ServerEvents)[],
  isShort: boolean,
): Promise<Played & { skipped: number }> {
  const clock = new VirtualClock();
  const listener = new MemoryListener();
  let skipped = 0;
  const server = createServer({ graceMs: 200, ...chosen }, listener, clock, (read): Journal => {
    const journal = new InProcessJournal(clock, read);
    const append: Journal['append'] = (record) => journal.append(record);
    if (!isShort) return { append };
    return {
      append,
      get isIdle() {
        return journal.isIdle;
      },
      skip() {
        skipped++;
        journal.skip();
      },
    };
  });
  const told: string[] = [];
  const known: unknown[] = [];
  watch(server, names, told);
  await server.listen();
  const peers = Array.from({ length: PEERS }, () => new Peer(listener.connect()));
  await rest();
  for (const each of steps) {
    await act(each, { server, clock, peers });
    await rest();
    known.push(look(server));
  }
  for (const { duplex } of peers) duplex.resume();
  const closed = server.close();
  await rest();
  void server.close();
  await clock.advance(10_000);
  for (const { duplex } of peers) duplex.destroy();
  await closed;
  await rest();
  return { heard: peers.map(({ raw }) => raw), told, known, lines: server.counts.linesIn, skipped };
}

function watch(server: Server, names: readonly (keyof ServerEvents)[], told: string[]): void {
  for (const name of names) {
    server.on(name, (event: object) => {
      const what = { ...event, atMs: 0, epochMs: 0, bytes: undefined };
      const bytes = 'bytes' in event ? String(event.bytes) : '';
      told.push(`${name} ${JSON.stringify(what)} ${bytes}`);
    });
  }
}

async function act(
  each: Step,
  { server, clock, peers }: { server: Server; clock: VirtualClock; peers: readonly Peer[] },
): Promise<void> {
  const say = (peer: number, said: string): void => {
    const { duplex } = peers[peer]!;
    if (!duplex.destroyed && !duplex.writableEnded) duplex.write(said, 'latin1');
  };
  if ('texts' in each) for (const [peer, said] of each.texts) say(peer, said);
  else if ('ms' in each) await clock.advance(each.ms);
  else if ('holds' in each) server.hold('main', each.holds);
  else if ('text' in each) say(each.who, each.text);
  else if ('hears' in each) peers[each.who]!.duplex[each.hears ? 'resume' : 'pause']();
  else if ('floods' in each) say(each.who, `${'y'.repeat(900)}\n`.repeat(200));
  else if (each.over === 'end') peers[each.who]!.duplex.end();
  else if (each.over === 'reset') peers[each.who]!.duplex.destroy();
  else if (each.over === 'kick') server.kick(each.who + 1);
  else say(each.who, each.over === 'quit' ? '/quit\n' : each.over);
}

/** Everything that can be asked of a server. */
function look(server: Server): unknown {
  const loads = Array.from({ length: PEERS }, (_, index) => server.loadOf(index + 1));
  return structuredClone([server.counts, server.load(), loads, [...server.people()], [...server.status()]]);
}

/** Passes of the event loop until nothing is on its way any more. */
async function rest(): Promise<void> {
  for (let pass = 0; pass < 10; pass++) await setImmediate();
}

test('short way: without records clients, listeners and all who ask get the same', async () => {
  const all = { lines: 0, skipped: 0 };
  const conversation = fc.asyncProperty(
    fc.array(step, { minLength: 1, maxLength: 40, size: 'max' }),
    options,
    watching,
    async (steps, chosen, names) => {
      const { skipped: short, ...played } = await play(steps, chosen as ServerOptions, names, true);
      const { skipped: none, ...long } = await play(steps, chosen as ServerOptions, names, false);
      expect(played).toEqual(long);
      expect(none).toBe(0);
      all.lines += played.lines;
      all.skipped += short;
    },
  );
  while (all.lines < LINES) await fc.assert(conversation, { numRuns: 10 });
  expect(all.skipped).toBeGreaterThan(LINES / 100);
}, 3_600_000);
