import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from './our-server.ts';
import { run } from './run.ts';

/** What an x-ray says of a chunk, as JSON. */
interface Chunk {
  readonly kind: string;
  readonly direction: 'read' | 'write';
  readonly atMs: number;
  readonly from: number;
  readonly to: number;
  readonly bytes: string;
}

const chunksIn = (lines: readonly string[]): Chunk[] =>
  lines.filter((line) => line.startsWith('{"kind":"chunk"')).map((line) => JSON.parse(line) as Chunk);

/** Each byte by its offset, and when it went by there. */
function bytesOf(
  chunks: readonly Chunk[],
  direction: Chunk['direction'],
): Map<number, [byte: string, atMs: number]> {
  const all = new Map<number, [string, number]>();
  for (const { from, bytes, atMs } of chunks.filter((chunk) => chunk.direction === direction)) {
    for (let at = 0; at < bytes.length; at += 2) all.set(from + at / 2, [bytes.slice(at, at + 2), atMs]);
  }
  return all;
}

test.each([
  ['in the open', []],
  ['with a token', ['--token-file', 'TOKEN']],
])(
  '--xray-clock wall: what one end writes, the other reads at the same offsets and not before: %s',
  async (_, access) => {
    const folder = mkdtempSync(join(tmpdir(), 'proto-ends-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const token = join(folder, 'token');
    writeFileSync(token, 'sesame\n', { mode: 0o600 });
    const flags = [
      '--max-line-bytes',
      '200000',
      '--xray-clock',
      'wall',
      ...access.map((flag) => flag.replace('TOKEN', token)),
    ];
    await using server = await startServer('--order', 'free', '--log', 'json', '--xray', 'on', ...flags);
    const input = `hello\n${'x'.repeat(150_000)}\nquit\n`;
    const [{ err, code }, lines] = await Promise.all([
      run(['--xray=json', '--cut', '2', ...flags, `:${server.port}`], { input }),
      server.output,
    ]);
    expect(code).toBe(0);
    const [client, served] = [chunksIn(err.split('\n')), chunksIn(lines)];
    for (const [writer, reader] of [
      [client, served],
      [served, client],
    ] as const) {
      const [written, read] = [bytesOf(writer, 'write'), bytesOf(reader, 'read')];
      expect(written.size).toBeGreaterThan(150_000);
      expect([...read.keys()]).toEqual([...written.keys()]);
      const wrong = [...read].filter(([at, [byte, atMs]]) => {
        const [sent, sentAtMs] = written.get(at)!;
        return byte !== sent || atMs < sentAtMs;
      });
      expect(wrong.slice(0, 3)).toEqual([]);
    }
  },
);
