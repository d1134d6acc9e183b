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
const isHere = ['tmux -V', 'python3 --version', 'nc -h', 'ss -V'].every((command) => has(command, WHAT));

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

/** The times by the clock in a scene, in ms of the day. */
function times({ blocks }: ReturnType<typeof scenesOf>[number]): number[] {
  const text = blocks.flatMap(({ lines }) => lines).join('\n');
  return [...text.matchAll(/ at (\d\d:\d\d:\d\d\.\d{3}) UTC/g)].map(([, time]) =>
    Date.parse(`1970-01-01T${time}Z`),
  );
}

test.each(DOCUMENTS)('%s: times are not compared, but those of a scene are of one run', (document) => {
  const apart = scenesOf(readFileSync(document, 'utf8'))
    .filter((scene) => Math.max(...times(scene)) - Math.min(...times(scene)) > 60_000)
    .map(({ title }) => title);
  expect(apart).toEqual([]);
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
    [['x< read 1 at 14:35:01.004 UTC: 2 bytes'], ['x< read 1 at 00:00:00.000 UTC: 2 bytes'], true],
    [['x< read 1 at 14:35:01.004 UTC: 2 bytes'], ['x< read 1 at 0.100 s: 2 bytes'], false],
    [
      ['0 826653 127.0.0.1:6677 127.0.0.1:50001'],
      ['0      99999     127.0.0.1:6677   127.0.0.1:50001'],
      true,
    ],
    [['0 826653 127.0.0.1:6677 127.0.0.1:50001'], ['0 9999 127.0.0.1:6677 127.0.0.1:50001'], false],
    [['0 826653 127.0.0.1:6677 127.0.0.1:50001'], ['0 826653 127.0.0.1:6677 127.0.0.1:50002'], false],
  ])('%o and %o: %s', (wanted, seen, want) => expect(matches(wanted, seen)).toBe(want));
});

describe('lessons', () => {
  const text = readFileSync('docs/lessons.md', 'utf8');
  const scenes = scenesOf(text);

  test('lessons: there are ten, and each is played, also with the naive server', () => {
    const lessons = text.match(/^## \d+\. .+$/gm) ?? [];
    expect(lessons.map((line) => Number(/\d+/.exec(line)?.[0]))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    const titles = scenes.map(({ title }) => title);
    for (let lesson = 1; lesson <= 10; lesson++) {
      expect(titles).toContainEqual(expect.stringMatching(new RegExp(`^${lesson}\\. `)));
      expect(titles).toContain(`${lesson}, with the naive server`);
    }
  });

  test('lessons: every block is in a scene, and every scene types something and starts the server it is about', () => {
    const blocks = scenes.flatMap((scene) => scene.blocks);
    expect(blocks).toHaveLength(text.match(/^```console$/gm)?.length ?? 0);
    for (const { title, blocks: all } of scenes) {
      const typed = all.flatMap(({ lines }) => lines.filter((line) => line.startsWith('$ ')));
      const server = title.endsWith('the naive server')
        ? 'python3 docs/naive-server.py 6677'
        : 'proto-server --port 6677';
      expect(`${title}: ${typed[0]}`).toContain(server);
      expect(`${title}: ${Math.min(typed.length, 2)}`).toBe(`${title}: 2`);
    }
  });
});
