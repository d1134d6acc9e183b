import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { observe, type ObserveOptions } from '../../src/observe/observe.ts';
import { createServer, MemoryListener } from '../../src/index.ts';
import { Peer } from '../peer.ts';

const NAMES = ['line', 'send', 'turn', 'chunk'] as const;

/** What is printed of a short conversation, and who listened to lines meanwhile. */
async function printed(
  options: Partial<ObserveOptions>,
  isTTY: boolean,
): Promise<{ text: string; warnings: string; listeners: number }> {
  let text = '';
  let warnings = '';
  const stdout = Object.assign(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        text += chunk.toString();
        done();
      },
    }),
    { isTTY },
  );
  const listener = new MemoryListener();
  const server = createServer({ order: 'free' }, listener);
  const observation = await observe(server, {
    log: 'console',
    logText: 'off',
    xray: 'off',
    http: 'none',
    page: 'none',
    pageFolder: '',
    pageTokenFile: 'none',
    pageHost: 'none',
    record: 'none',
    recordMaxBytes: 0,
    colour: false,
    columns: undefined,
    ...options,
    stdout,
    warn: (line) => (warnings += `${line}\n`),
  });
  await server.listen();
  const peer = new Peer(listener.connect());
  await peer.say('secret', '/ping').line(/^\* PONG/);
  const listeners = NAMES.reduce((sum, name) => sum + server.listenerCount(name), 0);
  server.emit('warning', { text: 'a \u0007 warning' });
  const closed = server.close();
  await peer.end();
  await closed;
  await observation.stop();
  observation.flush();
  return { text, warnings, listeners };
}

test('observe: on a terminal lines are shown', async () => {
  const { text, listeners } = await printed({}, true);
  expect(text).toContain('\nclient 1 > secret\nclient 1 < SECRET\n');
  expect(listeners).toBe(3);
});

test('observe: off a terminal nobody is quoted and nobody listens, and the first line is the same', async () => {
  const { text, listeners } = await printed({}, false);
  expect(text).toMatch(/^listening on memory\n/);
  expect(text).toContain('\n2 lines from 1 client, not shown one by one\n');
  expect(text).not.toMatch(/secret/i);
  expect(listeners).toBe(0);
});

test('observe: off a terminal with the text of messages, as on one', async () => {
  const { text } = await printed({ logText: 'on' }, false);
  expect(text).toContain('\nclient 1 > secret\nclient 1 < SECRET\n');
});

test.each([true, false])(
  'observe: --log none is one line, warnings elsewhere, terminal %s',
  async (isTTY) => {
    expect(await printed({ log: 'none', logText: 'on' }, isTTY)).toEqual({
      text: 'listening on memory\n',
      warnings: 'warning: a \\x07 warning\n',
      listeners: 0,
    });
  },
);
