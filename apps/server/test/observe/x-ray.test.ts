import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Chunk, ServerOptions } from '../../src/index.ts';
import { showXRay } from '../../src/observe/index.ts';
import { memoryServer, type Peer } from '../peer.ts';

async function xrayed(options: ServerOptions, json = false): Promise<{ join: () => Peer; lines: string[] }> {
  const { server, join } = await memoryServer({ order: 'free', ...options });
  const lines: string[] = [];
  showXRay(server, { write: (line) => lines.push(line.replace(/ at \d+\.\d{3} s/, ' at T')), json });
  return { join, lines };
}

test('showXRay: a line that comes in two reads, and what was written, at their positions in the stream', async () => {
  const { join, lines } = await xrayed({});
  const peer = join();
  await peer.line(/^\* WELCOME/);
  peer.duplex.write('he');
  peer.duplex.write('llo\nwor');
  await peer.line('HELLO');
  peer.duplex.end();
  await peer.until(({ duplex }) => duplex.destroyed);
  expect(lines.filter((line) => /^x[<>]|^x  frame/.test(line))).toEqual(
    [
      'x> client 1 write 1 at T: 21 bytes, 0 to 20',
      'x  frame 1 whole: "* WELCOME 1 1 main 1"',
      'x< client 1 read 1 at T: 2 bytes, 0 to 1',
      'x  frame 1 began: "he"',
      'x< client 1 read 2 at T: 7 bytes, 2 to 8',
      'x  frame 1 finished, begun in read 1: "hello"',
      'x  frame 2 began: "wor"',
      'x> client 1 write 2 at T: 6 bytes, 21 to 26',
      'x  frame 2 whole: "HELLO"',
      'x< client 1 read ended at T: FIN after 9 bytes',
      'x  frame 2 was cut off after 3 bytes, begun in read 2',
      'x> client 1 write 3 at T: 111 bytes, 27 to 137',
      'x  frame 3 whole: "* ERR FRAME_INCOMPLETE',
      'x  frame 4 whole: "* BYE end of input"',
      'x> client 1 write ended at T: FIN after 138 bytes',
    ].map((line) => expect.stringContaining(line)),
  );
});

test('showXRay: a reset of the client is not shown as one that the server wrote', async () => {
  const { join, lines } = await xrayed({});
  const peer = join();
  await peer.line(/^\* WELCOME/);
  peer.duplex.destroy();
  await vi.waitFor(() => expect(lines.filter((line) => line.includes('ended'))).toHaveLength(2));
  expect(lines.filter((line) => line.includes('ended'))).toEqual([
    'x< client 1 read ended at T: RST after 0 bytes',
    'x> client 1 write ended at T: RST from client 1, after 21 bytes',
  ]);
});

test('chunk: all bytes of every client, both ways, wherever the listener came in', async () => {
  const { server, join } = await memoryServer({ order: 'free', deliver: 'all', quit: 'self' });
  const [first, second] = [join(), join()];
  await second.say('before').line('BEFORE');
  await first.line('* MSG 2 BEFORE');
  const streams = new Map<string, string>();
  const collect = ({ seat, direction, bytes, from }: Chunk): void => {
    const key = `${seat} ${direction}`;
    // What went by before is a gap of that length.
    const so = streams.get(key) ?? '.'.repeat(from);
    expect(so).toHaveLength(from);
    streams.set(key, so + Buffer.from(bytes).toString('latin1'));
  };
  server.on('chunk', collect);
  const said = Array.from({ length: 50 }, (_, line) => `line ${line}\nnot\u0001one\n`);
  for (const text of said) first.duplex.write(text, 'latin1');
  second.say('/who', '/quit');
  await second.end();
  await first.line('LINE 49');
  const gap = (raw: string, seen = ''): string => seen.replace(/^\.+/, (dots) => raw.slice(0, dots.length));
  expect(gap(first.raw, streams.get('1 write'))).toBe(first.raw);
  expect(gap(second.raw, streams.get('2 write'))).toBe(second.raw);
  expect(streams.get('1 read')).toBe(said.join(''));
  expect(streams.get('2 read')).toBe('......./who\n/quit\n');
});

test('chunkEnd: a client that vanishes is a reset, one that is closed is not', async () => {
  const { server, join } = await memoryServer({ order: 'free', quit: 'self' });
  const ends: string[] = [];
  server.on('chunkEnd', ({ seat, direction, how, from }) => ends.push(`${seat} ${direction} ${how} ${from}`));
  const [gone, closed] = [join(), join()];
  await closed.line(/^\* WELCOME/);
  const left = once(server, 'leave');
  gone.duplex.destroy();
  await left;
  await closed.say('/quit').end();
  await closed.until(({ duplex }) => duplex.destroyed);
  expect(ends.map((end) => end.replace(/(write \w+) \d+$/, '$1 N'))).toEqual([
    '1 read RST 0',
    '1 write RST N',
    '2 write FIN N',
    '2 read FIN 6',
  ]);
});

test('showXRay: clock wall: the time of day, on the clock of everybody, when it happened and not when it was told', async () => {
  const { server, join } = await memoryServer({ order: 'free' });
  const [lines, objects]: [string[], string[]] = [[], []];
  const before = Date.now();
  let told = 0;
  // What listens before the x-ray takes its time.
  server.on('chunk', () => {
    while (Date.now() === told);
    told = Date.now();
    while (Date.now() === told);
  });
  showXRay(server, { write: (line) => lines.push(line), json: false, clock: 'wall' });
  showXRay(server, { write: (line) => objects.push(line), json: true, clock: 'wall' });
  const times: number[] = [];
  server.on('chunk', ({ epochMs }) => times.push(epochMs));
  await join().say('hello').line('HELLO');
  const after = Date.now();
  expect(times.length).toBeGreaterThan(1);
  for (const time of times) {
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThan(after);
  }
  expect(objects.map((object) => (JSON.parse(object) as { atMs: number }).atMs)).toEqual(times);
  expect(lines.flatMap((line) => / at (\S+) UTC: /.exec(line)?.[1] ?? [])).toEqual(
    times.map((time) => new Date(time).toISOString().slice(11, -1)),
  );
});

test('showXRay: with a token, offsets count what was sent before the client was let in, as the client counts', async () => {
  const folder = mkdtempSync(joinPath(tmpdir(), 'proto-xray-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const tokenFile = joinPath(folder, 'token');
  writeFileSync(tokenFile, 'sesame\n', { mode: 0o600 });
  const { join, lines } = await xrayed({ tokenFile });
  const before = '/auth wrong\n/auth sesame\n';
  const refused = '* ERR AUTH_FAILED Cannot let you in: wrong token\n';
  const peer = join();
  // DO ECHO, which is refused.
  peer.duplex.write(`\xff\xfd\x01${before}hello\n\x01\n`, 'latin1');
  await peer.line(/FRAME_BAD_BYTE/);
  expect(peer.raw).toContain('(at stream offset 34)');
  expect(peer.raw.indexOf('* WELCOME')).toBe(3 + refused.length);
  const offsets = lines.flatMap(
    (line) => /^x. client 1 (\w+) \d+ at T: .*, (\d+) to/.exec(line)?.slice(1) ?? [],
  );
  expect(offsets.slice(0, 4)).toEqual([
    'read',
    String(3 + before.length),
    'write',
    String(3 + refused.length),
  ]);
});

test('showXRay: as JSON, one object for each chunk', async () => {
  const { join, lines } = await xrayed({ framing: 'chunk', events: 'off' }, true);
  const peer = join();
  peer.duplex.write('two words');
  await peer.until(({ raw }) => raw === 'TWO WORDS');
  const seen = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  expect(seen).toMatchObject([
    { kind: 'chunk', direction: 'read', who: 'client 1', bytes: Buffer.from('two words').toString('hex') },
    { kind: 'chunk', direction: 'write', who: 'client 1', from: 0, to: 9 },
  ]);
});
