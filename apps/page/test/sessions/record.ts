// Plays three clients in strict order against a server, and writes the messages to a watcher into lesson.jsonl:
//   pnpm --filter @proto/page exec tsx --conditions=@proto/source test/sessions/record.ts
import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeLine } from '@proto/watch';
import { createServer } from '../../../server/src/index.ts';
import { dial } from '../../stage/dial.ts';
import { recorded } from '../../stage/recorded.ts';

const server = createServer({ port: 6679, order: 'strict', clients: 3, turnTimeoutMs: 4_000, quit: 'all' });
const began = performance.now();
const stop = recorded(server);
await server.listen();

/** Waits for a moment of the session. In milliseconds. */
const until = (t: number): Promise<void> => sleep(Math.max(0, t - (performance.now() - began)));

const open: Socket[] = [];
async function enter(t: number): Promise<Socket> {
  await until(t);
  const socket = await dial(6679);
  open.push(socket);
  socket.on('end', () => socket.end());
  return socket;
}

async function say(t: number, socket: Socket, text: string): Promise<void> {
  await until(t);
  socket.write(text, 'latin1');
}

/** A handler that computes: the event loop is blocked. */
async function stall(t: number, ms: number): Promise<void> {
  await until(t);
  const end = performance.now() + ms;
  while (performance.now() < end);
}

const first = await enter(500);
const second = await enter(1_100);
await say(1_500, second, 'early bird\n');
const third = await enter(2_100);
await say(2_700, third, 'third, and too early\n');
await say(3_100, second, 'fifth\n');
await say(4_200, first, 'he');
await say(4_720, first, 'llo\nwor');
await say(5_350, first, 'ld\n');
await say(6_000, third, 'one\ntwo\nthree\n');
for (const [at, char] of 'drip\n'.split('').entries()) await say(6_500 + at * 130, second, char);
await say(7_700, first, '/pass\n');
await say(8_400, first, 'caf\xe9\n');
await say(8_900, first, 'again\n');
await until(9_700);
second.end('last words\n');
const fourth = await enter(10_700);
await say(11_100, fourth, 'hi\nhow are');
await say(11_600, first, 'my turn\n');
await stall(12_400, 190);
await until(14_700);
fourth.resetAndDestroy();
const web = await enter(15_300);
await say(15_350, web, 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
const last = await enter(15_900);
await say(16_300, last, 'new here\n');
await say(16_310, first, 'a\nb\n');
await say(16_500, third, 'for ');
await say(16_600, third, 'all of you\n');
await say(17_400, first, 'c\nd\ne\n');
await say(18_200, last, 'still waiting\n');
await say(19_400, third, '/quit good night\n');
await until(20_200);
await server.close();
writeFileSync(new URL('lesson.jsonl', import.meta.url), stop().map(writeLine).join(''));
for (const socket of open) socket.destroy();
