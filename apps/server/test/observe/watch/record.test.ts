import { execFileSync } from 'node:child_process';
import { chmodSync, closeSync, constants, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Message, MessageReader } from '@proto/watch';
import { describe, expect, onTestFinished, test } from 'vitest';
import { record } from '../../../src/observe/watch/record.ts';
import { memoryServer } from '../../peer.ts';
import { folder } from './page-of.ts';

/** The messages in a file, which must be whole. */
function messagesIn(file: string): Message[] {
  const reader = new MessageReader();
  const read = reader.push(readFileSync(file, 'utf8'));
  expect([...read.damages, ...reader.end().damages]).toEqual([]);
  return [...read.messages];
}

const ofKind = <K extends Message['k']>(messages: Message[], k: K): Extract<Message, { k: K }>[] =>
  messages.filter((message) => message.k === k) as Extract<Message, { k: K }>[];

/** The bytes of one direction, put together. */
function bytesOf(messages: Message[], direction: 'read' | 'write'): string {
  return ofKind(messages, 'chunk')
    .filter(({ d }) => d === direction)
    .map(({ b }) => b)
    .join('');
}

describe('record', () => {
  test('record: every byte is in the file, which only this user may read', async () => {
    const { server, join: enter } = await memoryServer({ order: 'free' });
    const file = join(folder(), 'session.jsonl');
    const warnings: string[] = [];
    const stop = record(server, {
      file,
      maxBytes: 10_000_000,
      loopMs: () => 1,
      warn: (line) => warnings.push(line),
    });
    const peer = enter();
    const sent = Array.from({ length: 500 }, (_, i) => `line ${i}\n`).join('');
    peer.duplex.write(sent);
    await peer.line('LINE 499');
    stop();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const messages = messagesIn(file);
    expect(messages[0]).toMatchObject({ k: 'hello', v: 1, why: 'file', rights: ['watch'] });
    expect(messages[1]).toMatchObject({ k: 'state', t: expect.any(Number) as unknown, all: 0 });
    expect(bytesOf(messages, 'read')).toBe(sent);
    expect(bytesOf(messages, 'write')).toBe(peer.raw);
    expect(ofKind(messages, 'people').at(-1)).toMatchObject({ rows: [{ c: 1, served: 500 }] });
    expect(ofKind(messages, 'tick').at(-1)).toMatchObject({ all: 1, counts: { linesIn: 500 } });
    expect(warnings).toEqual([]);
    const size = statSync(file).size;
    await peer.say('after').line('AFTER');
    expect(statSync(file).size).toBe(size);
    for (const name of server.eventNames()) expect([name, server.listenerCount(name)]).toEqual([name, 0]);
  });

  test('record: it ends at its size, with whole lines and a last one that says so', async () => {
    const { server, join: enter } = await memoryServer({ order: 'free' });
    const file = join(folder(), 'session.jsonl');
    const warnings: string[] = [];
    record(server, { file, maxBytes: 4_096, loopMs: () => 1, warn: (line) => warnings.push(line) });
    const peer = enter();
    for (let i = 0; i < 50; i++) await peer.say(`line ${i}`).line(`LINE ${i}`);
    expect(statSync(file).size).toBeLessThanOrEqual(4_096);
    expect(statSync(file).size).toBeGreaterThan(2_048);
    expect(messagesIn(file).at(-1)).toMatchObject({ k: 'stopped', why: 'the file is full' });
    expect(warnings).toEqual([`Recording ended: ${file} is full: 4096 bytes`]);
    for (const name of server.eventNames()) expect([name, server.listenerCount(name)]).toEqual([name, 0]);
  });

  test('record: an existing file is appended to, and closed to others', async () => {
    const { server } = await memoryServer({ order: 'free' });
    const file = join(folder(), 'session.jsonl');
    writeFileSync(file, '{"k":"warning","t":0,"text":"from before"}');
    chmodSync(file, 0o644);
    record(server, { file, maxBytes: 100_000, loopMs: () => 1, warn: () => {} })();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(messagesIn(file).map(({ k }) => k)).toEqual(['warning', 'hello', 'state', 'tick']);
  });

  test('record: a write of more than 64 KiB is split over several lines', async () => {
    const { server } = await memoryServer({ order: 'free' });
    const file = join(folder(), 'session.jsonl');
    const stop = record(server, { file, maxBytes: 10_000_000, loopMs: () => 1, warn: () => {} });
    const bytes = Buffer.alloc(150_000, 0xff);
    server.emit('chunk', {
      client: 1,
      room: 'main',
      seat: 1,
      direction: 'write',
      from: 7,
      atMs: 0,
      epochMs: 0,
      open: 0,
      length: bytes.length,
      bytes,
    });
    stop();
    const chunks = ofKind(messagesIn(file), 'chunk');
    expect(chunks.map(({ from, len }) => [from, len])).toEqual([
      [7, 65_536],
      [65_543, 65_536],
      [131_079, 18_928],
    ]);
    expect(chunks.map(({ b }) => b).join('')).toBe(bytes.toString('latin1'));
  });

  test('record: a file that cannot be written is one clear error', async () => {
    const { server } = await memoryServer({ order: 'free' });
    const file = join(folder(), 'gone', 'session.jsonl');
    const made = (): unknown => record(server, { file, maxBytes: 1, loopMs: () => 1, warn: () => {} });
    expect(made).toThrow(`Cannot start with record ${file}: there is no such file`);
  });

  test.runIf(process.platform === 'linux').each(['a pipe', 'a device'])(
    'record: %s is refused at once, and its mode stays',
    async (what) => {
      const { server } = await memoryServer({ order: 'free' });
      const file = what === 'a device' ? '/dev/null' : join(folder(), 'session.pipe');
      if (what === 'a pipe') execFileSync('mkfifo', ['-m', '644', file]);
      // With a reader, it can be opened.
      const reader = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
      const { mode } = statSync(file);
      onTestFinished(() => {
        closeSync(reader);
        if (statSync(file).mode !== mode) chmodSync(file, mode);
      });
      const made = (): unknown => record(server, { file, maxBytes: 1, loopMs: () => 1, warn: () => {} });
      expect(made).toThrow(`Cannot start with record ${file}: it is a pipe or a device, expected a file`);
      expect(statSync(file).mode).toBe(mode);
    },
  );

  test.runIf(process.platform === 'linux')(
    'record: a pipe without a reader is no reason to wait',
    async () => {
      const { server } = await memoryServer({ order: 'free' });
      const file = join(folder(), 'session.pipe');
      execFileSync('mkfifo', [file]);
      const made = (): unknown => record(server, { file, maxBytes: 1, loopMs: () => 1, warn: () => {} });
      expect(made).toThrow(/^Cannot start with record .*: ENXIO/);
    },
  );
});
