import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { figure } from '../../faults/figure.ts';
import { Child } from '../child.ts';
import { Client } from '../client.ts';
import { MAIN, portOf } from '../command.ts';

const folder = mkdtempSync(join(tmpdir(), 'proto-f29-'));
afterAll(() => rmSync(folder, { recursive: true }));

const NAMES = ['__proto__', 'constructor', 'prototype', 'hasownproperty', 'tostring', 'valueof'];
const strict = (...args: string[]): Child =>
  new Child(process.execPath, ['--disable-proto=throw', MAIN, ...args]);

let held = 0;

test('F29: rooms and clients may be called so, as by any other name', async () => {
  const child = strict('--port', '0', '--order', 'free', '--quit', 'self');
  await child.line(/^listening on /);
  const port = portOf(child.lines[0]);
  for (const name of NAMES) {
    const client = await Client.in(port);
    client.say(`/join ${name}`);
    await client.line(`* WELCOME 1 1 ${name} 1`);
    client.say(`/to ${name} nobody`);
    await client.line(/^\* ERR NO_SEAT /);
    client.say(`/name ${name}`);
    // A name begins with a letter.
    await client.line(name.startsWith('_') ? /^\* ERR BAD_ARGUMENT / : `* NAME 1 ${name}`);
    client.say('hello', '/join main');
    await client.line('HELLO');
    await client.line(/^\* WELCOME \d+ 1 main 1$/);
    client.say('/quit');
    await client.end();
    held++;
  }
  child.kill('SIGTERM');
  expect(await child.exit).toEqual({ code: 0, signal: null });
  expect(child.stderr).toBe('');
  figure({ id: 'F29', what: 'names as any other', value: held, unit: '', atLeast: NAMES.length });
});

test.each(NAMES)('F29: %s is no key of the config file, no flag and no variable', async (name) => {
  const config = join(folder, `${name}.json`);
  writeFileSync(config, `{ "${name}": { "port": 1 } }`);
  const file = strict('--config', config);
  expect(await file.exit).toEqual({ code: 64, signal: null });
  expect(file.stderr).toBe(`Cannot start with ${config}: "${name}" is not an option. See --help\n`);
  const flag = strict(`--${name}`, '1');
  expect(await flag.exit).toEqual({ code: 64, signal: null });
  expect(flag.stderr).toMatch(/^Cannot start: --\S+ is not an option\. See --help\n$/);
});
