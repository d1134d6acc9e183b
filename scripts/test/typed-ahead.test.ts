import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Terminals } from '../terminals.mjs';
import { has } from './has.ts';

/** A build lasts until the test says so. */
const PNPM = `#!/bin/sh
case "$1" in
  --version) echo 10.1.0 ;;
  install) mkdir -p node_modules/.pnpm apps/client/node_modules; cp pnpm-lock.yaml node_modules/.pnpm/lock.yaml ;;
  *) echo $$ > building; until [ -e built ]; do sleep 0.05; done
    [ ! -e failing ] || exit 3
    mkdir -p apps/client/dist && cp apps/client/src/*.js apps/client/dist
    echo "apps/client build:js: Done" ;;
esac
`;

/** Answers each line on a terminal, as the client does. */
const PROGRAM = `
import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline';
const mode = execFileSync('stty', ['-a'], { encoding: 'utf8', stdio: ['inherit', 'pipe', 'inherit'] });
console.log(/-?echo\\b/.exec(mode)[0]);
const readline = createInterface({ input: process.stdin, output: process.stdout, prompt: 'said: ' });
readline.on('line', (line) => (console.log('heard: ' + line), readline.prompt()));
readline.prompt();
`;

let clone: string;
let terminals: Terminals;

beforeEach(async () => {
  clone = mkdtempSync(join(tmpdir(), 'ahead-'));
  cpSync('scripts', join(clone, 'scripts'), { recursive: true, filter: (path) => !path.includes('/test') });
  put(
    'package.json',
    JSON.stringify({ type: 'module', packageManager: 'pnpm@10.2.0', engines: { node: '>=20.19' } }),
  );
  put('pnpm-lock.yaml', 'lock: 1');
  put('turbo.json', JSON.stringify({ globalDependencies: [] }));
  put('apps/client/package.json', JSON.stringify({ type: 'module', scripts: { 'build:js': 'tsup' } }));
  put('apps/client/src/main.js', PROGRAM);
  put('bin/pnpm', PNPM);
  terminals = new Terminals();
  await terminals.open('a', [`cd '${clone}'`, 'PATH="$PWD/bin:$PATH"']);
});

afterEach(() => {
  terminals.close();
  rmSync(clone, { recursive: true, force: true });
});

function put(file: string, text: string): void {
  const path = join(clone, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o755 });
}

/** Starts something, and waits until it builds. */
async function building(command: string): Promise<void> {
  terminals.type('a', command);
  expect(await terminals.until('a', () => existsSync(join(clone, 'building')))).toBeDefined();
}

/** Waits until the last lines are these; gives the whole screen. */
async function ends(...want: string[]): Promise<string[] | undefined> {
  return terminals.until('a', (screen) => screen.slice(-want.length).join('\n') === want.join('\n'));
}

describe.runIf(has('tmux -V', 'what is typed while something is built'))('typed ahead', () => {
  test.each(['node scripts/run.mjs client', 'node scripts/run.mjs ready && node apps/client/dist/main.js'])(
    'typed ahead, %s: what is typed while it is built is shown once',
    async (command) => {
      await building(command);
      terminals.type('a', 'one');
      terminals.type('a', 'two');
      put('built', '');
      expect(await ends('heard: two', 'said:')).toEqual([
        `$ ${command}`,
        'echo',
        'said: one',
        'heard: one',
        'said: two',
        'heard: two',
        'said:',
      ]);
    },
  );

  test.each([
    ['Ctrl-C', () => terminals.press('a', 'C-c')],
    ['a failure', () => put('failing', '')],
  ])('typed ahead: after %s the terminal shows again what is typed', async (_, end) => {
    await building('node scripts/run.mjs client');
    end();
    put('built', '');
    terminals.type('a', 'clear; stty -a | grep -ow -e "-\\?icanon" -e "-\\?echo"');
    expect(await ends('icanon', 'echo', '$')).toBeDefined();
  });

  test('typed ahead: in the background it builds, and leaves the terminal alone', async () => {
    await building('node scripts/run.mjs ready & clear');
    terminals.type('a', 'stty -a | grep -ow -e "-\\?echo"');
    expect(await ends('echo', '$')).toBeDefined();
    put('built', '');
    terminals.type('a', 'clear; wait; echo "exit $?"');
    expect(await terminals.until('a', (screen) => screen.includes('exit 0'))).toBeDefined();
  });
});
