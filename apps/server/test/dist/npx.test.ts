import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Child } from './child.ts';
import { Client } from './client.ts';
import { portOf, start } from './command.ts';

/** A folder in which both commands are installed. */
let folder: string;
/** A pipe that stays open whoever ends, as a terminal does. */
let input: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'npx-'));
  for (const name of ['@proto', '.bin']) mkdirSync(join(folder, 'node_modules', name), { recursive: true });
  for (const app of ['server', 'client']) {
    symlinkSync(resolve('..', app), join(folder, 'node_modules/@proto', app));
    symlinkSync(resolve('..', app, 'dist/main.js'), join(folder, `node_modules/.bin/proto-${app}`));
  }
  input = join(folder, 'input');
  execFileSync('mkfifo', [input]);
});

afterAll(() => rmSync(folder, { recursive: true }));

/** The npm that runs these tests tells its own settings to every npm that it starts. */
const untold = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => name.startsWith('npm_'))
    .map((name) => [name, undefined]),
);

const npx = (...args: readonly string[]): Child =>
  new Child('sh', ['-c', 'cd "$0" && exec npx --offline "$@" <> input', folder, ...args], untold);

// Its shell outlives a killed npm, and only Linux tells whose child that shell is.
const signals = (['SIGTERM', 'SIGKILL'] as const).filter(
  (signal) => signal === 'SIGTERM' || process.platform === 'linux',
);

describe('npx', () => {
  test.each(signals)('npx @proto/server: a server that has lost its npx to %s quits', async (signal) => {
    const child = npx('@proto/server', '--port', '0', '--clients', '1');
    await child.until(({ lines }) => lines.length > 0, 'its first line');
    const client = await Client.in(portOf(child.lines[0]));
    child.kill(signal);
    await client.line('* BYE SIGTERM');
    // Its output ends with the last process that has it.
    await child.exit;
  });

  test.each(signals)('npx @proto/client: a client that has lost its npx to %s ends', async (signal) => {
    const { child: server, port } = await start('--order', 'free');
    const client = npx('@proto/client', `127.0.0.1:${port}`);
    writeFileSync(input, 'hello\n');
    await client.line('HELLO');
    client.kill(signal);
    await client.exit;
    expect(server.lines.at(-1)).toMatch(/client 1/);
  });
});
