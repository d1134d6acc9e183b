// A watcher, as an open page is: follows six clients, reads everything, and says over IPC that it is there. When asked, it
// says how many lines the server has told it of. Arguments: PORT (of the server's HTTP).
import { MessageReader, type WatchOp } from '@proto/watch';
import { WebSocket } from 'ws';

const [, , port] = process.argv;
const address = `127.0.0.1:${port}`;
const socket = new WebSocket(`ws://${address}/watch`, { origin: `http://${address}` });
const reader = new MessageReader();
let lines = 0;

socket.on('message', (data) => {
  // A batch ends with a tick. What comes before it is not needed.
  const text = (data as Buffer).toString();
  const at = text.lastIndexOf('{"k":"tick"');
  const { messages } = reader.push(at === -1 ? '' : text.slice(at));
  for (const message of messages) if (message.k === 'tick') lines = message.counts.linesIn;
});
socket.on('close', () => {
  throw new Error('Cannot go on: the server has ended the watch');
});
socket.on('open', () => {
  socket.send(JSON.stringify({ op: 'follow', clients: [1, 2, 3, 4, 5, 6] } satisfies WatchOp));
  process.send?.('there');
});
process.on('message', () => process.send?.(lines));
process.on('disconnect', () => process.exit());
