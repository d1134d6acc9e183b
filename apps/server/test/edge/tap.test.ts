import { once } from 'node:events';
import type { Socket } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChunkEnd, Server } from '../../src/index.ts';
import { memoryServer, tcpServer } from '../peer.ts';

describe('Tap', () => {
  test('Tap: however a stream is cut, each chunk says how much of a line lies open before it', async () => {
    const line = fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom('', 'a', 'bcd', 'e'.repeat(40)) },
      { weight: 1, arbitrary: fc.constantFrom('/ping', '\u0001', 'f'.repeat(1_500)) },
    );
    const streams = fc.array(line, { maxLength: 300, size: 'max' });
    await fc.assert(
      fc.asyncProperty(streams, fc.array(fc.nat({ max: 999 }), { maxLength: 6 }), async (lines, places) => {
        const { server, join } = await memoryServer({ order: 'free', maxErrors: 1_000 });
        const text = `${[...lines, '/ping last'].join('\n')}\n`;
        const told: [from: number, open: number][] = [];
        server.on('chunk', ({ direction, from, open }) => {
          if (direction === 'read') told.push([from, open]);
          else expect(open).toBe(0);
        });
        const peer = join();
        const cuts = places.map((place) => Math.floor((place * text.length) / 1_000));
        const bounds = [0, ...cuts.toSorted((a, b) => a - b), text.length];
        bounds.slice(1).forEach((to, index) => peer.duplex.write(text.slice(bounds[index], to), 'latin1'));
        await peer.line('* PONG last');
        peer.duplex.destroy();
        expect(told).toEqual(
          told.map(([from]) => [from, from === 0 ? 0 : from - 1 - text.lastIndexOf('\n', from - 1)]),
        );
        expect(told.length).toBeGreaterThan(0);
      }),
      { numRuns: 100 },
    );
  });

  /** How both directions of the one client end. */
  const ends = (server: Server): Promise<string[]> =>
    new Promise((resolve) => {
      const said: string[] = [];
      server.on('chunkEnd', ({ direction, how, by }: ChunkEnd) => {
        said.push(`${direction} ${how} by the ${by}`);
        if (said.length === 2) resolve(said);
      });
    });

  test('Tap: a peer that ends, and is closed', async () => {
    const { server, join } = await tcpServer({ order: 'free' });
    const said = ends(server);
    const peer = await join();
    await peer.line(/^\* WELCOME/);
    peer.duplex.end();
    await peer.gone();
    expect(await said).toEqual(['read FIN by the peer', 'write FIN by the server']);
  });

  test('Tap: a peer that resets', async () => {
    const { server, join } = await tcpServer({ order: 'free' });
    const said = ends(server);
    const peer = await join();
    await peer.line(/^\* WELCOME/);
    (peer.duplex as Socket).resetAndDestroy();
    expect(await said).toEqual(['read RST by the peer', 'write RST by the peer']);
  });

  test('Tap: a peer that never ends is cut by the server when the linger is over', async () => {
    const { server, join } = await memoryServer({ order: 'free', lingerMs: 1 });
    const said = ends(server);
    const peer = join();
    await once(server, 'chunk');
    peer.say('/quit bye');
    expect(await said).toEqual(['write FIN by the server', 'read RST by the server']);
  });
});
