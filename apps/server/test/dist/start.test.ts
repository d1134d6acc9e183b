import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isMissing } from './binary.ts';
import { Child } from './child.ts';
import { Client } from './client.ts';
import { MAIN, portOf, start } from './command.ts';

const ESC = '\u001B';

describe('the first line', () => {
  test('proto-server: says where it listens, and it accepts by then', async () => {
    const { child, port } = await start('--clients', '1');
    const client = await Client.in(port);
    client.say('hello');
    await client.line('HELLO');
    expect(child.lines[0]).toBe(`listening on 127.0.0.1:${port}`);
    expect(child.stderr).toBe('');
  });

  test('proto-server: no colour on a pipe', async () => {
    const { child, port } = await start('--clients', '1');
    (await Client.in(port)).say('quit');
    await child.exit;
    expect(child.stdout).toContain('server closed');
    expect(child.stdout).not.toContain(ESC);
  });

  for (const { name, env, coloured } of [
    { name: 'colour on a terminal', env: { NO_COLOR: undefined }, coloured: true },
    { name: 'no colour on a terminal where NO_COLOR is set', env: { NO_COLOR: '1' }, coloured: false },
  ]) {
    test.skipIf(isMissing('script'))(`proto-server: ${name}`, async () => {
      const shell = `'${process.execPath}' '${MAIN}' --port 0 --clients 1`;
      const terminal = { TERM: 'xterm-256color', FORCE_COLOR: undefined, CI: undefined, ...env };
      const child = new Child('script', ['-qec', shell, '/dev/null'], terminal);
      const listening = await child.line(/^listening on .*\r$/);
      (await Client.in(portOf(stripVTControlCharacters(listening).trimEnd()))).say('quit');
      expect(await child.exit).toEqual({ code: 0, signal: null });
      expect(child.stdout).toContain('server closed');
      expect(child.stdout.includes(ESC)).toBe(coloured);
    });
  }
});

describe('what it is told', () => {
  test('proto-server: a variable that is no option is one line on stderr, and it starts', async () => {
    const child = new Child(process.execPath, [MAIN], {
      PROTO_PORT: '0',
      PROTO_CLIENT: '3',
      PROTO_ORDER: 'free',
    });
    await child.line(/^order free, /);
    await child.until(({ stderr }) => stderr.includes('\n'), 'a warning');
    expect(child.stderr).toBe('PROTO_CLIENT is not an option, and is ignored. Did you mean PROTO_CLIENTS?\n');
  });

  test('proto-server: --print-config says what is in force and loads no module', async () => {
    const child = new Child(process.execPath, [MAIN, '--print-config', '--transform', '/not/there.mjs']);
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.stderr).toBe('');
    expect(child.lines.map((line) => line.split(/ {2,}/))).toContainEqual([
      'transform',
      '/not/there.mjs',
      '--transform',
    ]);
  });

  test('proto-server: --help is on stdout', async () => {
    const child = new Child(process.execPath, [MAIN, '--help']);
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.stdout).toContain('  --turn-timeout-ms\n');
    expect(child.stderr).toBe('');
  });
});

describe('what it cannot start with', () => {
  const folder = mkdtempSync(join(tmpdir(), 'proto-server-'));
  const module = (name: string): string => join(folder, name);
  beforeAll(() => {
    writeFileSync(module('throws.mjs'), 'throw new Error("no licence");');
    writeFileSync(module('named.mjs'), 'export const upper = (line) => line;');
    writeFileSync(module('number.mjs'), 'export default 7;');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const load = (name: string): string => `Cannot load the transform ${module(name)}:`;
  test.each([
    { args: ['--colour', 'red'], want: 'Cannot start: --colour is not an option. See --help' },
    { args: ['6677'], want: 'Cannot start: 6677 is not an option. See --help' },
    {
      args: ['--max-line-bytes', '0'],
      want: 'Cannot start with --max-line-bytes 0: expected an integer from 1 to 16777216',
    },
    {
      args: ['--max-line-bytes', '16777217'],
      want: 'Cannot start with --max-line-bytes 16777217: expected an integer from 1 to 16777216',
    },
    {
      args: ['--port', '65536'],
      want: 'Cannot start with --port 65536: expected an integer from 0 to 65535',
    },
    { args: ['--order', 'lax'], want: 'Cannot start with --order lax: expected strict or fair or free' },
    {
      args: ['--turn-timeout-ms', 'none'],
      want: 'Cannot start with --turn-timeout-ms none: expected an integer from 1 to 86400000 or never',
    },
    {
      args: ['--transform', module('missing.mjs')],
      want: `${load('missing.mjs')} there is no such file. Expected upper, none, or the path of a module`,
    },
    {
      args: ['--transform', module('throws.mjs')],
      want: `${load('throws.mjs')} it fails to load: Error: no licence`,
    },
    {
      args: ['--transform', module('named.mjs')],
      want: `${load('named.mjs')} expected a function as its default export, got none`,
    },
    {
      args: ['--transform', module('number.mjs')],
      want: `${load('number.mjs')} expected a function as its default export, got number`,
    },
  ])('proto-server: 64 and one line for $args', async ({ args, want }) => {
    const child = new Child(process.execPath, [MAIN, ...args]);
    expect(await child.exit).toEqual({ code: 64, signal: null });
    expect(child.stderr).toBe(`${want}\n`);
    expect(child.stdout).toBe('');
  });

  test('proto-server: names a variable and a key of the file by where they were written', async () => {
    const config = module('config.json');
    writeFileSync(config, '{ "port": "abc" }');
    const file = new Child(process.execPath, [MAIN], { PROTO_CONFIG: config });
    expect(await file.exit).toEqual({ code: 64, signal: null });
    expect(file.stderr).toBe(`Cannot start with ${config}: port abc: expected an integer from 0 to 65535\n`);
    const variable = new Child(process.execPath, [MAIN, '--config', config], { PROTO_PORT: 'def' });
    expect(await variable.exit).toEqual({ code: 64, signal: null });
    expect(variable.stderr).toBe('Cannot start with PROTO_PORT def: expected an integer from 0 to 65535\n');
  });

  test('proto-server: 69 and one line for a port that is in use', async () => {
    const { port } = await start();
    const child = new Child(process.execPath, [MAIN, '--port', String(port)]);
    expect(await child.exit).toEqual({ code: 69, signal: null });
    expect(child.stderr).toBe(
      `Cannot listen on 127.0.0.1:${port}: the port is in use. Stop the other server, or pick another port (0: any free one)\n`,
    );
    expect(child.stdout).toBe('');
  });
});
