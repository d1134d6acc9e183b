import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { has } from './has.ts';
import { matches, play, scenesOf, setUpOf } from '../played.mjs';

const DOCUMENTS = ['docs/sessions.md', 'docs/lessons.md', 'docs/guides/getting-started.md'];

interface Change {
  readonly block: { readonly name: string; readonly at: number };
  readonly wanted: readonly string[];
  readonly seen: readonly string[];
}

const WHAT = 'the documents that show terminals';
const isHere = ['tmux -V', 'python3 --version', 'nc -h'].every((command) => has(command, WHAT));

describe.runIf(isHere).each(DOCUMENTS)('%s', (document) => {
  const text = readFileSync(document, 'utf8');
  const setUp = setUpOf(text);

  test.concurrent.each(scenesOf(text))('$title: what is typed gives what is shown', async (scene) => {
    const changes: Change[] = [];
    await play(scene, { setUp, differs: (change: Change) => changes.push(change) });
    for (const { block, wanted, seen } of changes)
      expect(seen.join('\n'), `line ${block.at}, ${block.name}`).toBe(wanted.join('\n'));
  });
});

describe('matches', () => {
  test.each<[string[], string[], boolean]>([
    [['a', 'b'], ['a', 'b'], true],
    [['a', 'b'], ['a', 'b', '$'], true],
    [['a', 'b'], ['a', 'b', '[1] >'], true],
    [['a', 'b'], ['a', 'b', '[you: 1]', '>'], true],
    [['a', 'b'], ['a', 'b', '[you: 1 |', ' turn: 2]', '>'], true],
    [['a', 'b'], ['a', 'b', '[you: 1]'], false],
    [['a', '[you: 1]', '>'], ['a', '[you: 2]', '>'], false],
    [['a', '$'], ['a', '$'], true],
    [['a', '$'], ['a'], false],
    [['a', '[1] >'], ['a', '[2] >'], false],
    [['a', '...', 'c'], ['a', 'b', 'b', 'c'], true],
    [['a', '...'], ['a'], true],
    [['...', 'c'], ['a', 'b'], false],
    [['x< read 1 at 0.100 s: 2 bytes'], ['x< read 1 at 7.001 s: 2 bytes'], true],
    [['x< read 1 at 0.100 s: 2 bytes'], ['x< read 1 at 0.100 s: 3 bytes'], false],
    [['server closed in 3 ms'], ['server closed in 12 ms'], true],
  ])('%o and %o: %s', (wanted, seen, want) => expect(matches(wanted, seen)).toBe(want));
});

test('lessons: there are ten, each with something to type', () => {
  const lessons = readFileSync('docs/lessons.md', 'utf8').match(/^## \d+\. .+$/gm) ?? [];
  expect(lessons.map((line) => Number(/\d+/.exec(line)?.[0]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});
