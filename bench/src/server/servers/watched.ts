// A server of a build, with a listener to it: says its port over IPC, and when asked, what the listener was told.
// Arguments: FILE (the built library), ORDER, CLIENTS, LISTENER.
import { pathToFileURL } from 'node:url';
import type * as Library from '@proto/server';
import type { Told } from '../watched.ts';

const [, , file = '', order, clients, listener = ''] = process.argv;
const { createServer } = (await import(pathToFileURL(file).href)) as typeof Library;
const server = createServer(
  order === 'free' ? { port: 0, order } : { port: 0, order: 'strict', clients: Number(clients) },
);

const told = { lines: 0, sends: 0, bytesRead: 0, turns: 0 };

const onLines = (): void => {
  server.on('line', () => void told.lines++).on('send', () => void told.sends++);
};
const onTurns = (): void => {
  server.on('turn', () => void told.turns++);
  server.on('rounds', ({ count }) => void (told.turns += count));
};
const onChunks = (): void => {
  server.on('chunk', ({ direction, bytes }) => {
    if (direction === 'read') told.bytesRead += bytes.length;
  });
};
const LISTENERS: Readonly<Record<string, readonly (() => void)[]>> = {
  nothing: [],
  'line and send': [onLines],
  'line, send and turn': [onLines, onTurns],
  chunk: [onChunks],
  turn: [onTurns],
};
const attaches = LISTENERS[listener];
if (attaches === undefined)
  throw new RangeError(`Cannot listen to ${listener}: expected ${Object.keys(LISTENERS).join(', ')}`);
for (const attach of attaches) attach();

process.on('message', () => process.send?.(told satisfies Told));
process.on('disconnect', () => process.exit());
const address = await server.listen();
process.send?.(Number(address.slice(address.lastIndexOf(':') + 1)));
