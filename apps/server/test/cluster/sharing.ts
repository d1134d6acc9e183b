import { onTestFinished } from 'vitest';
import { ClusterNode } from '../../src/cluster/node.ts';
import { MemoryLog } from '../../src/cluster/logs/memory.ts';
import { loopClock } from '../../src/edge/loop-clock.ts';
import { MemoryListener, Server, type ServerOptions } from '../../src/index.ts';
import { roomsOptions } from '../../src/journal/rooms-options.ts';
import { settingsOf } from '../../src/options/settings.ts';
import { Peer } from '../peer.ts';

/** One of several servers that share their rooms. */
export interface Sharing {
  readonly server: Server;
  readonly node: ClusterNode;
  readonly join: () => Peer;
  readonly log: MemoryLog;
}

/** Servers in this process that share their rooms. */
export async function serversOf(names: readonly string[], options: ServerOptions = {}): Promise<Sharing[]> {
  const log = new MemoryLog(loopClock);
  const settings = settingsOf({ graceMs: 200, ...options });
  const all: Sharing[] = [];
  for (const name of names) {
    const rooms = roomsOptions(settings);
    const node = new ClusterNode({
      log: log.open(),
      clock: loopClock,
      name,
      incarnation: `${name}.1`,
      rooms,
      rules: 1,
      alike: JSON.stringify(rooms),
      maxOutboxBytes: settings.maxOutboxBytes,
      failed: (error) => {
        throw error;
      },
    });
    await node.join();
    const listener = new MemoryListener();
    const { journal } = node;
    const server = new Server(settings, listener, { clock: loopClock, exemptsLoopback: true, journal });
    await server.listen();
    all.push({ server, node, log, join: () => new Peer(listener.connect()) });
  }
  onTestFinished(async () => {
    for (const { server } of all) await server.close();
    for (const { node } of all) await node.part();
  });
  return all;
}
