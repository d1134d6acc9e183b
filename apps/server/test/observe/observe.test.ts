import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
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
    xrayClock: 'start',
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

/** There is nothing. */
const GONE = join(tmpdir(), 'proto-gone', 'file');

/** A folder that is gone after the test. */
function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'proto-observe-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

test('observe: the page is served, and it says where and which token is asked for', async () => {
  const pageFolder = folder();
  writeFileSync(join(pageFolder, 'index.html'), '<!doctype html>');
  const pageTokenFile = join(pageFolder, 'token');
  writeFileSync(pageTokenFile, 's3cret\n', { mode: 0o600 });
  const page = { page: 'join', pageFolder, http: '127.0.0.1:0' } as const;
  expect((await printed(page, false)).warnings).toMatch(
    /^serving http:\S+ \/readyz and \/metrics\nthe page: http:\/\/127\.0\.0\.1:\d+\/\n$/,
  );
  const { warnings } = await printed({ ...page, pageTokenFile }, false);
  expect(warnings).toContain(`/#t=TOKEN, with the token in ${pageTokenFile}\n`);
  expect(warnings).not.toContain('s3cret');
});

test.each([
  [{ page: 'join', http: '127.0.0.1:0', pageFolder: GONE }, 'Cannot start with page join: its files'],
  [
    { page: 'join', http: '127.0.0.1:0', pageTokenFile: GONE },
    `Cannot start with pageTokenFile ${GONE}: there is no such file`,
  ],
  [{ record: GONE }, `Cannot start with record ${GONE}: there is no such file`],
] as const)('observe: %o is one clear error', async (options, text) => {
  const pageFolder = folder();
  writeFileSync(join(pageFolder, 'index.html'), '<!doctype html>');
  await expect(printed({ pageFolder, recordMaxBytes: 10_000, ...options }, false)).rejects.toThrow(text);
});

test('observe: a recording holds the whole session, to the end of the quit', async () => {
  const record = join(folder(), 'session.jsonl');
  const { warnings, listeners } = await printed({ record, recordMaxBytes: 1_000_000 }, false);
  expect(warnings).toContain(`recording every byte, including passwords, to ${record}\n`);
  expect(listeners).toBe(2);
  const lines = readFileSync(record, 'utf8').trimEnd().split('\n');
  const kinds = lines.map((line) => (JSON.parse(line) as { k: string }).k);
  expect(kinds.slice(0, 3)).toEqual(['hello', 'state', 'listening']);
  for (const kind of ['join', 'chunk', 'quit', 'quitDone']) expect(kinds).toContain(kind);
  expect(kinds.at(-1)).toBe('tick');
});
