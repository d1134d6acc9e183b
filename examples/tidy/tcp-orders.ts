import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { formatFault, isFault, lines } from '@proto/codec';
import { frames } from '@proto/codec/node';
import type { QuitGroup, QuitMember } from '@proto/scheduler';
import type { Store } from './store.ts';

const framing = lines({ charset: 'utf8', maxFrameBytes: 1_000 });

/** Takes orders over TCP, one a line. Each connection is a member of the group. */
export function tcpOrders(store: Store, group: QuitGroup<unknown>): Server {
  return createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.once('close', () => group.remove(socket));
    group.add(socket, connectionMember(socket, store));
  });
}

/** Takes no more lines, answers those that have come, and says goodbye. */
function connectionMember(socket: Socket, store: Store): QuitMember {
  const stop = new AbortController();
  const closed = new Promise<void>((resolve) => void socket.once('close', () => resolve()));
  const served = serve(socket, store, stop.signal).catch(() => socket.destroy());
  return {
    drain: async () => {
      stop.abort();
      await served;
      await closed;
    },
    destroy: () => socket.destroy(),
  };
}

async function serve(socket: Socket, store: Store, signal: AbortSignal): Promise<void> {
  const say = async (line: string): Promise<void> => {
    if (!socket.write(`${line}\n`)) await once(socket, 'drain');
  };
  const take = (order: string): Promise<string> =>
    store.save(order).then(
      (nth) => `saved ${nth}`,
      (error: Error) => `not saved: ${error.message}`,
    );
  try {
    for await (const frame of frames(socket, framing, { signal })) {
      await say(isFault(frame) ? formatFault(frame) : await take(frame));
    }
  } catch (error) {
    if (error !== signal.reason) throw error;
    await say('bye');
  }
  socket.end();
  socket.resume(); // what comes now is read and thrown away, or the socket wouldn't close
}

/** Lets nobody in. */
export function listenerMember(server: Server): QuitMember {
  return {
    drain: () => new Promise((resolve) => void server.close(() => resolve())),
    destroy: () => {}, // its connections are members of their own
  };
}
