import { mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Child } from './child.ts';
import { Client } from './client.ts';
import { freePort, MAIN } from './command.ts';

const SETTLES = { timeout: 20_000 };

/** Runs the command with its output in this file, which may have 1,024 bytes: to its writer that is a full disk. */
function limited(file: string, ...flags: string[]): Child {
  const script = 'ulimit -f 1; file="$1"; shift; exec "$0" "$@" >>"$file"';
  return new Child('bash', ['-c', script, process.execPath, file, MAIN, ...flags]);
}

test('the log: a full disk ends nothing, and what was lost is reported when the disk has space again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'proto-full-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const log = join(folder, 'log');
  const lines = (): string[] => readFileSync(log, 'utf8').split('\n').filter(Boolean);
  const port = await freePort();
  const child = limited(log, '--port', String(port), '--order', 'free', '--quit', 'self', '--log', 'json');
  await vi.waitFor(() => expect(lines()).not.toEqual([]), SETTLES);
  for (let visit = 0; visit < 20; visit++) {
    const client = await Client.in(port);
    await client.say('still there').line('STILL THERE');
    await client.say('/quit').end();
  }
  expect(readFileSync(log)).toHaveLength(1_024);
  truncateSync(log, 0);
  const visitor = await Client.in(port);
  await vi.waitFor(() => expect(lines().join()).toContain('"event":"lost"'), SETTLES);
  const [first = ''] = lines();
  expect(JSON.parse(first)).toMatchObject({ level: 'warn', event: 'lost' });
  expect((JSON.parse(first) as { lines: number }).lines).toBeGreaterThan(20);
  expect(lines()[1]).toContain('"event":"join"');
  await visitor.say('bye').line('BYE');
  child.kill('SIGTERM');
  expect(await child.exit).toEqual({ code: 0, signal: null });
  expect(child.stderr).toBe('');
});
