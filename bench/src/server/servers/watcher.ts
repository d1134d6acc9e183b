// Watchers, as open pages are: each follows six clients and reads everything. Says over IPC that they are there, and when asked,
// how many lines the server has told each of. Arguments: PORT (of the server's HTTP), COUNT.
import { once } from 'node:events';
import { MessageReader, type WatchOp } from '@proto/watch';
import { WebSocket } from 'ws';

const [, , port, count] = process.argv;
const address = `127.0.0.1:${port}`;
const lines = Array.from({ length: Number(count) }, () => 0);

async function watch(watcher: number): Promise<void> {
  const socket = new WebSocket(`ws://${address}/watch`, { origin: `http://${address}` });
  const reader = new MessageReader();
  socket.on('message', (data) => {
    // A batch ends with a tick. What comes before it is not needed.
    const text = (data as Buffer).toString();
    const at = text.lastIndexOf('{"k":"tick"');
    const { messages } = reader.push(at === -1 ? '' : text.slice(at));
    for (const message of messages) if (message.k === 'tick') lines[watcher] = message.counts.linesIn;
  });
  socket.on('close', () => {
    throw new Error('Cannot go on: the server has ended the watch');
  });
  await once(socket, 'open');
  socket.send(JSON.stringify({ op: 'follow', clients: [1, 2, 3, 4, 5, 6] } satisfies WatchOp));
}

await Promise.all(lines.map((_, watcher) => watch(watcher)));
process.send?.('there');
process.on('message', () => process.send?.(lines));
process.on('disconnect', () => process.exit());
