import { setImmediate as passOfTheLoop } from 'node:timers/promises';
import { VirtualClock } from '@proto/scheduler/testing';
import { expect, test } from 'vitest';
import type { ServerOptions } from '../../src/index.ts';
import { Arrears } from '../../src/edge/reading/arrears.ts';
import { Bucket } from '../../src/transport/bucket.ts';
import { memoryServer, type Peer } from '../peer.ts';

async function settle(): Promise<void> {
  for (let pass = 0; pass < 8; pass++) await passOfTheLoop();
}

/** A server whose time a test moves, in steps of 100 ms. */
async function house(options: ServerOptions) {
  const clock = new VirtualClock();
  const { server, join } = await memoryServer({ order: 'free', transform: 'none', ...options }, clock);
  const pass = async (ms: number): Promise<void> => {
    await settle();
    for (let left = ms; left > 0; left -= 100) {
      await clock.advance(Math.min(left, 100));
      await settle();
    }
  };
  return { clock, server, join, pass };
}

const numbers = (count: number): string[] => Array.from({ length: count }, (_, line) => `${line}`);

async function crowd(join: () => Peer, clients: number): Promise<Peer[]> {
  const peers = Array.from({ length: clients }, () => join());
  await peers.at(-1)!.line(/^\* WELCOME /);
  await settle();
  for (const { lines } of peers) lines.length = 0;
  return peers;
}

test('Bucket: gives eight seconds at once, what comes back, and never makes anybody wait for more than a minute', async () => {
  const clock = new VirtualClock();
  const bucket = new Bucket(10, clock);
  bucket.take(79);
  expect([bucket.left, bucket.waitMs(1), bucket.isFull]).toEqual([1, 0, false]);
  bucket.take(3);
  expect([bucket.left, bucket.waitMs(1)]).toEqual([-2, 300]);
  await clock.advance(300);
  expect([bucket.left, bucket.waitMs(1)]).toEqual([1, 0]);
  await clock.advance(60_000);
  expect([bucket.left, bucket.isFull]).toEqual([80, true]);
  bucket.take(1e9);
  expect(bucket.waitMs(1)).toBe(60_100);
  bucket.take(-1e9);
  expect(bucket.left).toBe(80);
});

test('maxLinesPerSecond: what is sent beyond it is read later, in order, and nothing is lost or refused', async () => {
  const { server, join, pass } = await house({
    maxLinesPerSecond: 5,
    idleTimeoutMs: 500,
    endedTimeoutMs: 500,
  });
  const throttled: unknown[] = [];
  server.on('throttle', (told) => throttled.push(told));
  const peer = join().say(...numbers(60), '/ping over');
  peer.duplex.end();
  await pass(0);
  expect(peer.replies).toEqual(numbers(40));
  expect(server.load().throttledClients).toBe(1);
  await pass(1_000);
  expect(peer.replies).toEqual(numbers(45));
  await pass(4_000);
  expect(peer.lines).toEqual(['* WELCOME 1 1 main 1', ...numbers(60), '* PONG over', '* BYE end of input']);
  expect(throttled).toEqual([
    { client: 1, room: 'main', seat: 1, address: expect.stringMatching(/^memory:/) as string, of: 'lines' },
  ]);
  expect(server.load().throttledClients).toBe(0);
});

test('maxLinesPerSecond: a client that is throttled and goes away leaves no timer', async () => {
  const { clock, server, join, pass } = await house({ maxLinesPerSecond: 1 });
  const idle = clock.pending;
  const gone = join().say(...numbers(20));
  const closed = join().say(...numbers(20));
  await pass(0);
  expect(server.load().throttledClients).toBe(2);
  gone.duplex.destroy();
  await pass(0);
  expect(server.load().throttledClients).toBe(1);
  void server.close({ reason: 'enough' });
  await pass(0);
  expect([server.load().clients, server.load().throttledClients]).toEqual([1, 0]);
  await closed.end();
  await server.closed;
  expect(clock.pending).toBeLessThanOrEqual(idle);
});

test('maxCausedBytesPerSecond: a client that has ended its stream and is throttled is not given up', async () => {
  const { join, pass } = await house({ maxCausedBytesPerSecond: 3_000, endedTimeoutMs: 200 });
  const peer = join().say(...numbers(20).map(() => '/help'), 'last');
  peer.duplex.end();
  await pass(30_000);
  expect(peer.lines.filter((line) => line.startsWith('* HELP /who'))).toHaveLength(20);
  expect(peer.lines.slice(-2)).toEqual(['last', '* BYE end of input']);
});

test('maxCausedBytesPerSecond: a client is throttled until it is read on, if the handler says less than feared', async () => {
  let go = (): void => {};
  const held = new Promise<void>((resolve) => (go = resolve));
  const transform = (): Promise<undefined> => held.then(() => undefined);
  const { server, join, pass } = await house({
    maxCausedBytesPerSecond: 1_000,
    deliver: 'others',
    transform,
  });
  const [speaker] = await crowd(join, 2);
  speaker!.say(...numbers(30).map((line) => `${line} ${'x'.repeat(900)}`));
  await pass(0);
  expect(server.load().throttledClients).toBe(1);
  go();
  await speaker!.until(({ lines }) => lines.filter((line) => line === '* OK').length === 30);
  expect(server.load().throttledClients).toBe(0);
});

test('maxLinesPerSecond: a client that is throttled is not idle', async () => {
  const { join, pass } = await house({ maxLinesPerSecond: 1, idleTimeoutMs: 1_500 });
  const peer = join().say(...numbers(12));
  await pass(4_000);
  expect(peer.replies).toEqual(numbers(12));
  await pass(3_500);
  expect(peer.lines.at(-1)).toBe('* BYE idle');
});

const BYTES = 1_000;

/** How often one of ten clients gets something done in ten seconds, after what it may do at once. */
async function often(options: ServerOptions, lines: readonly string[], seen: (server: Seen) => number) {
  const { server, join, pass } = await house({ maxCausedBytesPerSecond: BYTES, ...options });
  const peers = await crowd(join, 10);
  for (let times = 0; times < 300; times++) peers[9]!.say(...lines);
  await pass(8_000);
  const before = seen({ server, peers });
  await pass(10_000);
  return seen({ server, peers }) - before;
}

type Seen = {
  readonly server: { readonly counts: { readonly linesIn: number } };
  readonly peers: readonly Peer[];
};

const read = ({ server }: Seen): number => server.counts.linesIn;

test.each([
  { what: '/to', lines: ['/to 1 x'], least: 3, most: 5 },
  { what: '/name', lines: ['/name bob', '/name eve'], least: 3, most: 5 },
  { what: '/who', lines: ['/who'], least: 2, most: 4 },
  { what: '/help', lines: ['/help'], least: 2, most: 5 },
  { what: 'a relayed line', lines: ['hello'], options: { deliver: 'others' }, least: 3, most: 5 },
  { what: 'a long relayed line', lines: ['x'.repeat(1_000)], options: { deliver: 'all' }, least: 0, most: 2 },
] as const)(
  'maxCausedBytesPerSecond: $what is paid for by the bytes that it causes',
  async ({ lines, least, most, ...given }) => {
    const done = await often('options' in given ? given.options : {}, lines, read);
    expect(done).toBeGreaterThanOrEqual(least);
    expect(done).toBeLessThanOrEqual(most);
  },
);

test.each([
  { what: 'a line that only its sender gets an answer to', lines: ['hello'] },
  { what: '/ping', lines: ['/ping x'] },
])('maxCausedBytesPerSecond: $what costs nothing', async ({ lines }) => {
  const { server, join, pass } = await house({ maxCausedBytesPerSecond: BYTES });
  const peers = await crowd(join, 10);
  for (let times = 0; times < 300; times++) peers[9]!.say(...lines);
  await pass(0);
  expect(peers[9]!.lines).toHaveLength(300);
  expect(server.load().throttledClients).toBe(0);
});

test('maxCausedBytesPerSecond: what a handler makes of a line is what counts', async () => {
  const grows = {
    deliver: 'others',
    transform: (line: string) => (line === 'a' ? 'x'.repeat(1_000) : undefined),
  } as const;
  const long = await often(grows, ['a'], read);
  expect(long).toBeLessThanOrEqual(2);
  const { server, join, pass } = await house({ maxCausedBytesPerSecond: BYTES, ...grows });
  const peers = await crowd(join, 10);
  peers[9]!.say(...numbers(300));
  await pass(1_000);
  expect(peers[9]!.lines).toEqual(numbers(300).map(() => '* OK'));
  expect(server.load().throttledClients).toBe(0);
});

test('maxCausedBytesPerSecond: clients that move pay for both rooms', async () => {
  const { server, join, pass } = await house({ maxCausedBytesPerSecond: BYTES });
  const peers = await crowd(join, 12);
  for (const peer of peers.slice(0, 5)) peer.say('/join side');
  await pass(0);
  const before = server.counts.linesIn;
  for (let times = 0; times < 20; times++) peers[11]!.say('/join side', '/join main');
  await pass(0);
  // Eight seconds' worth: two moves, each told to twelve.
  expect(server.counts.linesIn - before).toBeLessThanOrEqual(2);
});

test.each([
  { what: 'lines for all', line: 'x'.repeat(100), deliver: 'others' },
  { what: 'lines for one', line: `/to 1 ${'x'.repeat(100)}`, deliver: 'sender' },
] as const)(
  'maxCausedBytesPerSecond: $what that a client takes from an empty room to a full one are paid for',
  async ({ line, deliver }) => {
    const perSecond = 5_000;
    const { join, pass } = await house({ maxCausedBytesPerSecond: perSecond, clients: 2, deliver });
    const peers = await crowd(join, 12);
    // Nobody else is in the other room, so lines wait there.
    const round = ['/join side', ...Array.from({ length: 60 }, () => line), '/join main'];
    for (let times = 0; times < 20; times++) peers[11]!.say(...round);
    await pass(40_000);
    const heard = peers[0]!.lines.filter((each) => each.startsWith('* MSG '));
    // What comes along is paid for as a whole: at most one load more than there is time for.
    const most = (48 * perSecond) / (11 * (100 + 16 + 256)) + 60;
    expect(heard.length).toBeGreaterThanOrEqual(60);
    expect(heard.length).toBeLessThanOrEqual(most);
  },
);

test('Bucket: what many lines use together is waited for as if each had come by itself', () => {
  const bucket = new Bucket(10, new VirtualClock());
  bucket.take(1e9, 3);
  expect(bucket.waitMs(1)).toBe(180_100);
  bucket.take(1);
  expect(bucket.left).toBe(-1_800);
});

test('maxCausedBytesPerSecond: a client that connects again goes on with what it had left; others have all', async () => {
  const { join, pass } = await house({ maxCausedBytesPerSecond: BYTES, deliver: 'others' });
  const peers = await crowd(join, 10);
  const heardOf = async (host: string): Promise<number> => {
    const before = peers[0]!.lines.length;
    const peer = join(host).say(...numbers(100));
    await pass(0);
    peer.duplex.destroy();
    await pass(0);
    return peers[0]!.lines.slice(before).filter((line) => line.startsWith('* MSG ')).length;
  };
  const first = await heardOf('192.0.2.1');
  expect(first).toBeGreaterThan(1);
  // One line each: nothing is used up beyond what may be used at once.
  for (let times = 0; times < 20; times++) expect(await heardOf('192.0.2.1')).toBeLessThanOrEqual(1);
  expect(await heardOf('192.0.2.2')).toBe(first);
  expect(await heardOf('127.0.0.1')).toBe(first);
  expect(await heardOf('127.0.0.1')).toBe(first);
});

test('Arrears: they are kept by network, shared out, and forgotten once they have come back', async () => {
  const clock = new VirtualClock();
  const arrears = new Arrears({ maxLinesPerSecond: 10, maxCausedBytesPerSecond: 1_000 }, clock);
  const leave = (host: string, lines: number, bytes: number): void => {
    const allowance = arrears.enter(host)!;
    allowance.said(lines);
    allowance.caused(bytes);
    arrears.leave(host, allowance);
  };
  const [both, one] = [arrears.enter('2001:db8::1')!, arrears.enter('2001:db8::2')!];
  both.said(60);
  one.said(50);
  arrears.leave('2001:db8::1', both);
  arrears.leave('2001:db8::2', one);
  expect([arrears.enter('2001:db8::3'), arrears.enter('2001:db8::4'), arrears.enter('2001:db8::5')]).toEqual([
    expect.objectContaining({ excess: expect.objectContaining({ of: 'lines' }) }),
    expect.objectContaining({ excess: undefined }),
    expect.objectContaining({ isFull: true }),
  ]);
  leave('192.0.2.1', 0, 1e9);
  expect(arrears.enter('192.0.2.1')!.excess).toMatchObject({ of: 'bytes' });
  await clock.advance(700_000);
  leave('192.0.2.2', 0, 0);
  leave('192.0.2.2', 1, 0);
  expect(arrears.size).toBe(1);
  for (let host = 0; host < 10_010; host++) leave(`10.0.${host >> 8}.${host & 255}`, 1, 1);
  expect(arrears.size).toBe(10_000);
});
