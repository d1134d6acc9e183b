import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MessageReader } from '@proto/watch';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Bridging, Watching } from '../observe/watch/waiting.ts';
import { WebSocket } from 'ws';
import { Child } from './child.ts';

/** A copy of the built server, with a page or without one. */
function copy({ page }: { readonly page: boolean }): string {
  const folder = mkdtempSync(join(tmpdir(), 'proto-dist-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const isPage = (file: string): boolean => file === resolve('dist/page');
  cpSync(resolve('dist'), join(folder, 'dist'), { recursive: true, filter: (file) => !isPage(file) });
  cpSync('package.json', join(folder, 'package.json'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  if (page) {
    mkdirSync(join(folder, 'dist/page'));
    writeFileSync(join(folder, 'dist/page/index.html'), '<!doctype html><title>the page</title>');
  }
  return folder;
}

const run = (folder: string, ...flags: string[]): Child =>
  new Child(process.execPath, [join(folder, 'dist/main.js'), '--port', '0', '--order', 'free', ...flags]);

describe('the page of the command', () => {
  test('proto-server: without the files of the page it does not start, and says so in one line', async () => {
    const folder = copy({ page: false });
    const child = run(folder, '--http', '127.0.0.1:0', '--page', 'watch');
    expect(await child.exit).toEqual({ code: 64, signal: null });
    expect(child.stderr).toBe(
      `Cannot start with --page watch: its files are not in ${folder}/dist/page/. Build them, or leave out the option\n`,
    );
    expect(child.stdout).toBe('');
  });

  test('proto-server: serves the page, its watch, its bridge and a recording, to the end of a quit', async () => {
    const folder = copy({ page: true });
    const file = join(folder, 'session.jsonl');
    const child = run(folder, '--http', '127.0.0.1:0', '--page', 'join', '--record', file, '--quit', 'self');
    await child.line(/^listening on /);
    await child.until(({ stderr }) => /^the page: .*\n/m.test(stderr));
    const url = /^the page: (http:\/\/\S+\/)$/m.exec(child.stderr)?.[1] ?? '';
    const answer = await fetch(url);
    expect(await answer.text()).toContain('the page');
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const open = (path: string): WebSocket =>
      new WebSocket(`${url.replace('http', 'ws')}${path}`, { origin: url.slice(0, -1) });
    const watching = await new Watching(open('watch')).has('state');
    const bridge = await new Bridging(open('bridge')).has('seat');
    bridge.say({ op: 'write', parts: ['hel', 'lo\n'], apartMs: 50 });
    await watching.until((self) => self.of('chunk').some(({ b }) => b.includes('HELLO\n')));
    const read = (messages: Watching): string[] =>
      messages
        .of('chunk')
        .filter(({ d }) => d === 'read')
        .map(({ b }) => b);
    expect(read(watching)).toEqual(['hel', 'lo\n']);
    // Those who watch do not keep it.
    child.kill('SIGTERM');
    expect(await child.exit).toEqual({ code: 0, signal: null });
    await watching.end();
    expect(watching.of('quitDone')).toHaveLength(1);
    expect(watching.closed).toBe(1001);
    expect(watching.damages).toEqual([]);
    const { messages, damages } = new MessageReader().push(readFileSync(file, 'utf8'));
    expect(damages).toEqual([]);
    expect(messages.filter(({ k }) => k === 'quitDone')).toHaveLength(1);
  });
});
