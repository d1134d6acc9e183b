import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { type Message, parseMessage } from '@proto/watch';
import { expect, onTestFinished, test } from 'vitest';
import { chunkMessage, roundsMessage, type Sink, tap, turnMessage } from '../../../src/observe/watch/tap.ts';
import type { Server } from '../../../src/index.ts';
import { memoryServer } from '../../peer.ts';

/** Everything that a tap tells, until the test ends. */
function tapped(server: Server): Message[] {
  const messages: Message[] = [];
  const sink: Sink = {
    t: 0,
    tell: (message) => messages.push(message),
    turn: (turn) => messages.push(turnMessage(0, turn)),
    rounds: (rounds) => messages.push(roundsMessage(0, rounds)),
    chunk: (chunk) => messages.push(chunkMessage(0, chunk)),
  };
  onTestFinished(tap(server, sink));
  return messages;
}

test('tap: every kind of message that a server causes can be parsed', async () => {
  const { server, join } = await memoryServer({ order: 'strict', clients: 1, quit: 'all', maxClients: 2 });
  const messages = tapped(server);
  const ann = join();
  await ann.say('/name ann').line(/NAME/);
  const bob = join();
  await bob.line(/^\* WELCOME/);
  await join().gone();
  ann.say('a', 'caf\u00e9');
  bob.say('b', 'c', 'd');
  ann.say('e', 'f');
  await bob.line('D');
  const [drop] = [join()];
  drop.duplex.destroy();
  server.emit('handlerError', { client: 1, room: 'main', seat: 1, error: new Error('x'.repeat(500)) });
  server.emit('warning', { text: 'careful' });
  server.emit('cut', { address: 'a', code: 'HTTP', text: 'spoke HTTP' });
  server.emit('drop', { client: 1, room: 'main', seat: 1, address: 'a', reason: 'idle' });
  server.audit({ verb: 'kick', rest: `9 ${'z'.repeat(300)}` });
  server.emit('drain', { reason: 'w'.repeat(300), ms: 5_000 });
  bob.say(`/quit ${'y'.repeat(300)}`);
  await ann.end();
  await bob.end();
  await server.closed;
  for (const message of messages)
    expect(parseMessage(JSON.stringify(message))).toEqual({ is: 'known', value: message });
  const kinds = new Set(messages.map(({ k }) => k));
  expect([...kinds].toSorted()).toEqual([
    'admin',
    'chunk',
    'cut',
    'drain',
    'drop',
    'end',
    'fault',
    'handlerError',
    'join',
    'name',
    'quit',
    'quitDone',
    'refuse',
    'turn',
    'waited',
    'warning',
  ]);
  for (const message of messages) {
    if ('text' in message) expect(message.text.length).toBeLessThanOrEqual(200);
    if ('reason' in message) expect(message.reason.length).toBeLessThanOrEqual(200);
  }
});

test('tap: the bytes of a token never reach it', async () => {
  const folder = mkdtempSync(joinPath(tmpdir(), 'proto-token-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const tokenFile = joinPath(folder, 'token');
  writeFileSync(tokenFile, 's3cret-of-the-gate');
  const { server, join } = await memoryServer({ order: 'free', tokenFile });
  const messages = tapped(server);
  const peer = join();
  // In one write with a line behind it, and in two.
  await peer.say('/auth s3cret-of-the-gate', 'hello').line('HELLO');
  const other = join();
  other.duplex.write('/auth s3cret-of-');
  await other.say('the-gate', 'hello').line('HELLO');
  const wrong = join();
  wrong.say('/auth s3cret-of-the-gatf', '/auth s3cret-of-the-gatg', '/auth s3cret-of-the-gath');
  await wrong.gone();
  const told = JSON.stringify(messages);
  expect(told).toContain('hello');
  for (const part of ['s3cret', '/auth', 'the-gat']) expect(told).not.toContain(part);
});

test('tap: it hears nothing more once it is ended', async () => {
  const { server } = await memoryServer({ order: 'free' });
  const sink: Sink = { t: 0, tell: () => {}, turn: () => {}, rounds: () => {}, chunk: () => {} };
  const end = tap(server, sink);
  expect(server.eventNames().length).toBeGreaterThan(10);
  end();
  for (const name of server.eventNames()) expect([name, server.listenerCount(name)]).toEqual([name, 0]);
});

test('chunk: says how many bytes there are, of reads and of writes', async () => {
  const { server, join } = await memoryServer({ order: 'free' });
  const chunks: (readonly [direction: string, length: number, text: string])[] = [];
  server.on('chunk', ({ direction, length, bytes }) =>
    chunks.push([direction, length, Buffer.from(bytes).toString('latin1')]),
  );
  await join().say('hello').line('HELLO');
  expect(chunks).toContainEqual(['read', 6, 'hello\n']);
  expect(chunks.some(([direction, , text]) => direction === 'write' && text.endsWith('HELLO\n'))).toBe(true);
  for (const [, length, text] of chunks) expect(length).toBe(text.length);
});
