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
    const lessons = [{ number: 3, title: 'three', try: 'Try it.', flags: ['--max-errors', '7'] }];
    writeFileSync(join(folder, 'dist/page/lessons.json'), JSON.stringify(lessons));
    writeFileSync(join(folder, 'dist/page/lesson-3.html'), '<!doctype html><title>lesson 3</title>');
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

  test('proto-server: --replay of a lesson is a server set up for it, and says where the lesson is', async () => {
    const child = run(copy({ page: true }), '--http', '127.0.0.1:0', '--replay', 'lesson:3');
    await child.until(({ stderr }) => /^lesson 3: .*\n/m.test(stderr));
    const url = /^lesson 3: (http:\/\/\S+)lesson-3\.html$/m.exec(child.stderr)?.[1] ?? '';
    expect(await (await fetch(`${url}lesson-3.html`)).text()).toContain('lesson 3');
    const watch = new WebSocket(`${url.replace('http', 'ws')}watch`, { origin: url.slice(0, -1) });
    const watching = await new Watching(watch).has('state');
    expect(watching.of('hello')).toMatchObject([
      { rights: ['watch', 'join'], settings: { lesson: 3, order: 'free' } },
    ]);
    child.kill('SIGTERM');
    expect(await child.exit).toEqual({ code: 0, signal: null });
  });

  test('proto-server: --replay of a file shows it, listens for no client, and ends at a signal', async () => {
    const folder = copy({ page: true });
    const file = join(folder, 'session.jsonl');
    writeFileSync(file, '{"k":"tick"}\n');
    const child = run(folder, '--http', '127.0.0.1:0', '--replay', file);
    await child.until(({ stderr }) => /^the page: .*\n/m.test(stderr));
    const url = /^the page: (http:\/\/\S+\/)$/m.exec(child.stderr)?.[1] ?? '';
    expect(await (await fetch(url)).text()).toContain('id="recording">{"k":"tick"}');
    child.kill('SIGINT');
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect([child.stdout, child.stderr]).toEqual(['', `the page: ${url}\n`]);
  });

  test('proto-server: --replay of what is not there ends in one line', async () => {
    const folder = copy({ page: true });
    const ended = async (replay: string): Promise<string> => {
      const child = run(folder, '--http', '127.0.0.1:0', '--replay', replay);
      expect(await child.exit).toEqual({ code: 64, signal: null });
      return child.stderr;
    };
    expect(await ended('lesson:4')).toBe(
      `Cannot start with --replay lesson:4: it is not in ${folder}/dist/page/lessons.json. Build the page, or leave out the option\n`,
    );
    expect(await ended('lesson:11')).toBe(
      'Cannot start with --replay lesson:11: expected lesson:1 to lesson:10 or a file or none\n',
    );
    expect(await ended('/missing.jsonl')).toBe(
      'Cannot start with --replay /missing.jsonl: there is no such file\n',
    );
  });
});
