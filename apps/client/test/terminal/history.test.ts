import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { History, historyPath, recall } from '../../src/terminal/history.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'history-'));
  path = historyPath({ XDG_STATE_HOME: folder }, '/nowhere');
});

afterEach(() => rmSync(folder, { recursive: true }));

const kept = (): string[] => readFileSync(path, 'latin1').split('\n').slice(0, -1);

test.each([
  [{ XDG_STATE_HOME: '/state' }, '/state/proto-client/history'],
  [{}, '/home/me/.local/state/proto-client/history'],
  [{ XDG_STATE_HOME: '' }, '/home/me/.local/state/proto-client/history'],
  [{ XDG_STATE_HOME: 'relative' }, '/home/me/.local/state/proto-client/history'],
])('historyPath: %o', (env, want) => expect(historyPath(env, '/home/me')).toBe(want));

test('History: gives back what was typed, the newest first, in the next run', () => {
  const first = new History(path);
  expect(first.lines).toEqual([]);
  for (const line of ['one', 'two', 'two', '', '  ']) first.add(line);
  expect(first.lines).toEqual(['two', 'one']);
  expect(new History(path).lines).toEqual(['two', 'one']);
});

test('History: two clients at once lose nothing of each other', () => {
  const [one, two] = [new History(path), new History(path)];
  one.add('a');
  two.add('b');
  one.add('c');
  expect(new History(path).lines).toEqual(['c', 'b', 'a']);
});

test.each(['/auth secret', '/AUTH secret', '  /auth secret', '//auth secret', '/auth'])(
  'History: never keeps %s, nor gives it back from a file that has it',
  (line) => {
    const history = new History(path);
    history.add(line);
    expect(kept()).toEqual([]);
    writeFileSync(path, `${line}\nok\n`);
    expect(new History(path).lines).toEqual(['ok']);
  },
);

test('History: is readable by nobody but its owner, also where it was before', () => {
  const modes = (): number[] => [statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777];
  new History(path).add('a');
  expect(modes()).toEqual([0o600, 0o700]);
  chmodSync(path, 0o644);
  new History(path).add('b');
  expect(modes()).toEqual([0o600, 0o700]);
});

test('History: gives back 1,000 lines, and cuts a file of more than 2,000', () => {
  mkdirSync(dirname(path), { recursive: true });
  const lines = (count: number): string => Array.from({ length: count }, (_, i) => `${i}\n`).join('');
  writeFileSync(path, lines(2000));
  const history = new History(path);
  expect([history.lines.length, history.lines[0], kept().length]).toEqual([1000, '1999', 2000]);
  history.add('more');
  expect(new History(path).lines[0]).toBe('more');
  expect([kept().length, kept().at(-1), statSync(path).mode & 0o777]).toEqual([1000, 'more', 0o600]);
});

test('History: keeps no escape bytes and no novels', () => {
  const history = new History(path);
  for (const line of ['\u001b[2J', 'ü', 'x'.repeat(4097), 'x'.repeat(4096)]) history.add(line);
  expect(kept()).toEqual(['x'.repeat(4096)]);
  writeFileSync(path, '\u001b]0;title\u0007\nok\n');
  expect(new History(path).lines).toEqual(['ok']);
});

test('History: says why there is none, and goes on without', () => {
  writeFileSync(join(folder, 'proto-client'), '');
  const history = new History(path);
  history.add('a');
  expect(new History(path).lines).toEqual([]);
  expect(history.problem).toMatch(/^Cannot keep a history: (EEXIST|ENOTDIR): /);
});

test.each([
  ['a line that is not ASCII', ['gr\u00fc\u00df', 'a'], ['gr\u00fc\u00df', 'a']],
  ['a line that is too long', ['x'.repeat(5000), 'a'], ['x'.repeat(5000), 'a']],
  ['of long lines only the newest', ['b', 'x'.repeat(5000), 'a'], ['b', 'a']],
  ['no secret', ['/auth secret', 'a'], ['a']],
  ['nothing empty', [' ', 'a'], ['a']],
  ['nothing', [], []],
])('recall: Up brings back %s', (_, lines, want) => {
  const recalled = [...lines];
  recall(recalled);
  expect(recalled).toEqual(want);
});
