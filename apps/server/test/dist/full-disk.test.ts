import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { Child } from './child.ts';
import { Client } from './client.ts';
import { freePort, MAIN } from './command.ts';

const SETTLES = { timeout: 20_000 };

/** Runs the command with its output in this file, which may have 1,024 bytes: to its writer that is a full disk. */
function limited(file: string, ...flags: string[]): Child {
  return through('ulimit -f 1; exec "$0" "$@" >>"$file"', file, ...flags);
}

function through(script: string, file: string, ...flags: string[]): Child {
  return new Child('bash', ['-c', `file="$1"; shift; ${script}`, process.execPath, file, MAIN, ...flags]);
}

/** Comes in as soon as the server listens. */
async function entered(port: number): Promise<Client> {
  for (;;) {
    try {
      return await Client.in(port);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
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
  expect(lines().join()).toContain('"event":"join"');
  await visitor.say('bye').line('BYE');
  child.kill('SIGTERM');
  expect(await child.exit).toEqual({ code: 0, signal: null });
  expect(child.stderr).toBe('');
});

test.each([
  { name: 'both streams go to a full disk', script: 'ulimit -f 1; exec "$0" "$@" >>"$file" 2>>"$file"' },
  { name: 'nobody reads stderr', script: 'exec "$0" "$@" 2> >(exec true)' },
  { name: 'nobody reads stdout', script: 'exec "$0" "$@" > >(exec true)' },
  { name: 'both streams are closed', script: 'exec "$0" "$@" >&- 2>&-' },
])('the log: a server starts and serves when $name', async ({ script }) => {
  const folder = mkdtempSync(join(tmpdir(), 'proto-full-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'full');
  writeFileSync(file, 'x'.repeat(1_024));
  const port = await freePort();
  const http = await freePort();
  const flags = ['--port', String(port), '--order', 'free', '--http', `127.0.0.1:${http}`];
  const child = through(script, file, ...flags);
  await (await entered(port)).say('hello').line('HELLO');
  expect((await fetch(`http://127.0.0.1:${http}/healthz`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await child.exit).toEqual({ code: 0, signal: null });
});
