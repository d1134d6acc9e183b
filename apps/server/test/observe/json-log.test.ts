import { expect, test } from 'vitest';
import { logJson } from '../../src/observe/index.ts';
import type { Server, ServerOptions } from '../../src/index.ts';
import { memoryServer, type Peer } from '../peer.ts';

type Entry = Record<string, unknown> & { event: string; level: string };

async function logged(
  options: ServerOptions,
  text = false,
): Promise<{ server: Server; join: () => Peer; entries: () => Entry[] }> {
  const made = await memoryServer(options);
  const lines: string[] = [];
  logJson(made.server, { text, write: (line) => lines.push(line) });
  return { ...made, entries: () => lines.map((line) => JSON.parse(line) as Entry) };
}

test('logJson: one object for each event, with its time, its level and where it happened', async () => {
  const { server, join, entries } = await logged({ clients: 2, maxErrors: 2 });
  const [first, second] = [join(), join()];
  await first.line('* TURN 1');
  first.say('/pass');
  await second.line('* TURN 2');
  second.say('\u0001', '\u0002');
  await second.end();
  await server.close({ reason: 'over' });
  // When the FIN of a client comes is up to the client.
  const inOrder = entries().filter(({ event }) => event !== 'fin');
  const seen = inOrder.map(({ level, event, seat, code, reason }) =>
    [level, event, seat, code ?? reason]
      .filter((part) => part !== undefined)
      .map(String)
      .join(' '),
  );
  expect(seen).toEqual([
    'info join 1',
    'info join 2',
    'info skip 1',
    'warn fault 2 FRAME_BAD_BYTE',
    'warn fault 2 FRAME_BAD_BYTE',
    'warn drop 2 too many errors',
    'info leave 2 too many errors',
    'info quit over',
    'info quitDone over',
  ]);
  for (const { time } of entries()) expect(new Date(String(time)).toISOString()).toBe(time);
  expect(entries().at(-1)).toMatchObject({ told: 1, clean: 1, forced: [] });
  expect(entries()[0]).toMatchObject({ client: 1, room: 'main', seat: 1, address: 'memory:1' });
});

test('logJson: no message text, unless asked for', async () => {
  for (const text of [false, true]) {
    const { join, entries } = await logged({ order: 'free' }, text);
    const peer = join();
    peer.say('a secret', '/nosecret', '/ping secret');
    await peer.line('* PONG secret');
    expect(JSON.stringify(entries()).includes('secret')).toBe(text);
    const messages = entries().filter(({ event }) => event === 'line' || event === 'send');
    expect(messages.map((entry) => `${entry.event} ${String(entry['text'])}`)).toEqual(
      text
        ? [
            'send * WELCOME 1 1 main 1',
            'line a secret',
            'send A SECRET',
            'line /nosecret',
            expect.stringMatching(/^send \* ERR UNKNOWN_COMMAND/),
            'line /ping secret',
            'send * PONG secret',
          ]
        : [],
    );
  }
});

test('logJson: a flood of the same is a few lines and a number', async () => {
  const { server, join, entries } = await logged({ order: 'free', maxClients: 1 });
  await join().line(/^\* WELCOME/);
  for (let refused = 0; refused < 1_000; refused++) await join().end();
  await server.close();
  const refusals = entries().filter(({ event }) => event === 'refuse' || event === 'more');
  expect(refusals).toHaveLength(6);
  expect(refusals[0]).toMatchObject({ level: 'warn', code: 'SERVER_FULL' });
  expect(refusals.at(-1)).toMatchObject({ event: 'more', kind: 'refuse SERVER_FULL', more: 995 });
});

test('logJson: turns that one client passes are a hundred lines a minute, and a number', async () => {
  const { server, join, entries } = await logged({ clients: 1 });
  const peer = join();
  await peer.line('* TURN 1');
  for (let passed = 1; passed <= 150; passed++) {
    peer.say('/pass');
    await peer.until(({ lines }) => lines.filter((line) => line === '* TURN 1').length > passed);
  }
  await server.close();
  expect(entries().filter(({ event }) => event === 'skip')).toHaveLength(100);
  expect(entries().at(-2)).toMatchObject({ event: 'more', kind: 'skip', more: 50 });
});

test('logJson: while no text is logged, nobody listens to lines', async () => {
  const { server } = await logged({ clients: 1 });
  for (const name of ['line', 'send', 'turn', 'chunk'] as const) expect(server.listenerCount(name)).toBe(0);
});

test('logJson: what a handler throws, whatever it is', async () => {
  const thrown: unknown[] = [new RangeError('boom'), 'just text', undefined, { toString: 0 }];
  const { join, entries } = await logged({
    order: 'free',
    transform: () => {
      throw thrown.shift();
    },
  });
  const peer = join();
  peer.say('1', '2', '3', '4');
  await peer.until(({ lines }) => lines.filter((line) => line.startsWith('* ERR HANDLER')).length === 4);
  const errors = entries().filter(({ event }) => event === 'handlerError');
  expect(errors.map(({ level, error }) => [level, error])).toEqual([
    ['error', 'RangeError: boom'],
    ['error', "'just text'"],
    ['error', 'undefined'],
    ['error', '{ toString: 0 }'],
  ]);
  expect(errors[0]?.['stack']).toContain('json-log.test.ts');
});
