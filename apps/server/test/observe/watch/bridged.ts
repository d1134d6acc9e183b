import { connect } from 'node:net';
import { join } from 'node:path';
import { VirtualClock } from '@proto/scheduler/testing';
import { expect, onTestFinished } from 'vitest';
import type { ChunkEnd, Server, ServerOptions } from '../../../src/index.ts';
import { folder, pagedServer } from './page-of.ts';
import type { Bridging } from './waiting.ts';

export interface Bridged {
  readonly server: Server;
  readonly address: string;
  readonly bridge: Bridging;
  readonly clock: VirtualClock;
  /** What the server read of the client, a chunk each. */
  readonly read: string[];
  readonly ends: ChunkEnd[];
  readonly drops: string[];
}

/** A server and a page that has joined it. `other`: called again and again while it joins. */
export async function bridged(options: ServerOptions = {}, other?: () => void): Promise<Bridged> {
  const clock = new VirtualClock();
  const { server, page, address } = await pagedServer(options, { clock });
  const read: string[] = [];
  const ends: ChunkEnd[] = [];
  const drops: string[] = [];
  server.on('chunk', ({ direction, bytes }) => {
    if (direction === 'read') read.push(Buffer.from(bytes).toString('latin1'));
  });
  server.on('chunkEnd', (end) => ends.push(end));
  server.on('drop', ({ reason }) => drops.push(reason));
  if (other) server.on('join', other);
  other?.();
  const bridge = await page.bridge().has('seat');
  if (other) server.off('join', other);
  return { server, address, bridge, clock, read, ends, drops };
}

/** The same on a Unix domain socket, where other clients come one after the other until the page has its seat. */
export async function bridgedOnUnix(): Promise<Bridged & { readonly c: number }> {
  const socket = join(folder(), 'socket');
  const one = await bridged({ socket }, () => {
    const client = connect(socket);
    onTestFinished(() => void client.destroy());
  });
  const [said] = one.bridge.said;
  return { ...one, c: said?.op === 'seat' ? said.c : 0 };
}

/** Waits until something holds, and asks again at each of these events. */
export function until(
  server: Server,
  name: 'chunk' | 'leave' | 'chunkEnd' | 'drop',
  holds: () => boolean,
): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!holds()) return;
      server.off(name, look);
      resolve();
    };
    server.on(name, look);
    look();
  });
}

/** A page that resets its client: the server sees a reset, and the page is told. */
export async function expectReset({ server, bridge, ends }: Bridged): Promise<void> {
  bridge.say({ op: 'reset' });
  await until(server, 'chunkEnd', () => ends.length === 2);
  expect(ends).toMatchObject([
    { direction: 'read', how: 'RST', by: 'peer' },
    { direction: 'write', how: 'RST', by: 'peer' },
  ]);
  await bridge.has('gone');
  expect(bridge.said.at(-1)).toEqual({ op: 'gone', why: 'reset' });
}
