import { join } from 'node:path';
import { VirtualClock } from '@proto/scheduler/testing';
import { afterEach, expect, onTestFinished, test, vi } from 'vitest';
import { Collections } from './collections.ts';
import type { Peer } from './peer.ts';
import type { ServerOptions } from '../src/index.ts';

afterEach(() => void vi.unstubAllGlobals());

/** What these keep goes by time, and its number is limited. */
const LIMITED: Readonly<Record<string, number>> = {
  'observe/rate-limit.ts': 1_000,
  'door/guesses.ts': 10_000,
  'transport/networks.ts': 10_000,
};

const WORLDS: readonly { readonly name: string; readonly options: ServerOptions; readonly first?: string }[] =
  [
    { name: 'strict order', options: { clients: 1, turnTimeoutMs: 1_000 } },
    {
      name: 'fair order, relayed, a quit of the room',
      options: { order: 'fair', deliver: 'all', quit: 'room' },
    },
    { name: 'an exposed address', options: { host: '0.0.0.0', order: 'free' } },
    { name: 'those who say a line', options: { order: 'free', joinWith: 'line' } },
    {
      name: 'those who know the token',
      options: { order: 'free', tokenFile: 'token' },
      first: '/auth the token of the test',
    },
  ];

test.each(WORLDS)(
  'server: no Map and no Set keeps anything of who has left: $name',
  async ({ options, first }) => {
    const collections = new Collections();
    const { createServer, MemoryListener } = await import('../src/index.ts');
    const { logJson, serverMetrics, showOnConsole, showXRay } = await import('../src/observe/index.ts');
    const { record } = await import('../src/observe/watch/record.ts');
    const { folder, pageOf } = await import('./observe/watch/page-of.ts');
    const { Peer: ThePeer } = await import('./peer.ts');
    const path = folder();
    const { writeFileSync } = await import('node:fs');
    writeFileSync(join(path, 'token'), 'the token of the test', { mode: 0o600 });
    const clock = new VirtualClock();
    const listener = new MemoryListener();
    const server = createServer(
      {
        quit: 'self',
        transform: (line) => (line === 'later' ? Promise.resolve('LATER') : line.toUpperCase()),
        ...options,
        ...(options.tokenFile !== undefined && { tokenFile: join(path, 'token') }),
      },
      listener,
      clock,
    );
    const ignore = (): void => {};
    const stops = [
      showOnConsole(server, { write: ignore, colour: false }),
      logJson(server, { write: ignore, text: true }),
      record(server, { file: join(path, 'record'), maxBytes: 1e9, loopMs: () => 0, warn: ignore }),
    ];
    onTestFinished(() => stops.forEach((stop) => stop()));
    showXRay(server, { write: ignore, json: false });
    const metrics = serverMetrics(server);
    const page = await pageOf(server);
    await server.listen();
    onTestFinished(async () => void (await server.close()));
    const watching = page.watch();
    onTestFinished(() => watching.socket.terminate());

    let visitors = 0;
    const enter = (): Peer => {
      visitors++;
      const peer = new ThePeer(listener.connect(`10.0.${visitors >> 8}.${visitors & 255}`));
      return first === undefined ? peer : peer.say(first);
    };
    /** One visit for each way to leave, by clients whose addresses, names, rooms and reasons nobody else has. */
    const visit = async (): Promise<void> => {
      const n = visitors;
      const there = enter().say(`/join room${n}`, 'hello', 'later', 'bad \u0007', '/who', '/nothing');
      await there.line('LATER');
      there.say(`/name name${n}`, '/to 1 whisper', `/to name${n} whisper`, `/quit reason ${n}`);
      await there.gone();
      for (const leave of [
        (peer: Peer) => void peer.duplex.destroy(),
        (peer: Peer) => void peer.duplex.end('half'),
        (peer: Peer) => void peer.say('GET / HTTP/1.1'),
        (peer: Peer) => void peer.say('/auth wrong', '/auth wrong', '/auth wrong', '/quit'),
        (peer: Peer) => void peer.say(`/join other${n}`, '/quit'),
      ]) {
        const peer = enter();
        leave(peer);
        if (!peer.duplex.destroyed) await peer.gone();
      }
      const probe = new ThePeer(listener.connect(`10.1.0.${visitors}`));
      probe.duplex.destroy();
    };
    const settled = async (): Promise<void> => {
      while (server.load().clients > 0) {
        await clock.advance(1_000);
        await new Promise(setImmediate);
      }
      // Refusals and guesses are over.
      await clock.advance(3_600_000);
      await metrics.metrics();
    };
    for (let times = 0; times < 3; times++) await visit();
    await settled();
    const few = collections.entries();
    for (let times = 0; times < 30; times++) await visit();
    await settled();
    expect(Object.keys(few).length).toBeGreaterThan(30);
    // The console, the page and a recording look once a second.
    await expect
      .poll(() => grown(few, collections.entries()), { timeout: 20_000, interval: 500 })
      .toEqual([]);
  },
);

/** The places with more entries than before, or than their limit. */
function grown(
  before: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
): readonly (readonly [string, number])[] {
  return Object.entries(now).filter(([at, entries]) => {
    const [file = ''] = at.split(':');
    return entries > (LIMITED[file] ?? before[at] ?? 0);
  });
}
