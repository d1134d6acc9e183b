import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const read = (file: string): string => readFileSync(file, 'utf8');

/** Every document of the repository: at the top, in docs/, and beside the packages. */
const documents = [
  ...readdirSync('.').filter((file) => file.endsWith('.md')),
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join('docs', file)),
  ...['packages', 'apps'].flatMap((folder) =>
    readdirSync(folder)
      .map((name) => join(folder, name, 'README.md'))
      .filter(existsSync),
  ),
];

/** Turns of phrase that a native editor strikes out, each with a sentence that has it. */
const QUAINT: readonly { readonly words: RegExp; readonly example: string }[] = [
  { words: /\bwhoever\b/i, example: 'Whoever listens gets lines one by one.' },
  { words: /\bso many\b/i, example: 'Reads and discards so many bytes.' },
  { words: /\b(?:is|are) to be\b/i, example: 'It is to be called before the end.' },
  { words: /\b(?:it|that|this|which|what) is (?:none|no (?!longer\b))/i, example: 'a line that is none' },
  { words: /\bnone of (?:its|their) own\b/i, example: 'a client with none of its own' },
  { words: /\bof (?:its|their) own accord\b/i, example: 'ends it of its own accord' },
  { words: /\b(?:ought|anew|nought|besides)\b/i, example: 'the timer is set anew' },
  { words: /\bthis user may not\b/i, example: 'Cannot read it: this user may not' },
  { words: /\bone behind the other\b/i, example: 'lines one behind the other' },
];

/** The first block of code after a line. */
function blockAfter(text: string, line: string): string {
  return text.split(line)[1]?.split('```text\n')[1]?.split('\n```')[0] ?? '';
}

/** The files and folders in the table of docs/architecture.md. */
function namedPaths(): string[] {
  return [...read('docs/architecture.md').matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? '');
}

describe('the documents', () => {
  test('README: the demo prints what it shows, ports aside, and ends with 0', () => {
    const printed = execFileSync(process.execPath, ['scripts/demo.mjs'], { encoding: 'utf8' });
    const shown = blockAfter(read('README.md'), 'To see it all in one terminal');
    expect(printed.trimEnd().replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')).toBe(shown);
  });

  test('architecture: every file that it names is there', () => {
    const named = namedPaths();
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((file) => !existsSync(file))).toEqual([]);
  });

  test('architecture: it names every folder of the client, and of its files only the doors', () => {
    const source = 'apps/client/src';
    // From the files, not the folders: Git leaves empty folders behind.
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const folders = [...new Set(files.map((file) => join(source, dirname(file))))].filter(
      (folder) => folder !== source,
    );
    const doors = ['index.ts', 'main.ts'].map((file) => join(source, file));
    const named = namedPaths().filter((path) => path.startsWith('apps/client/'));
    expect(folders.length).toBeGreaterThan(7);
    expect(named.toSorted()).toEqual([...folders, ...doors].toSorted());
  });

  test.each(QUAINT)('prose: what people read does without $words', ({ words, example }) => {
    expect(example).toMatch(words);
    const sources = execFileSync('git', ['ls-files', 'packages/*/src/*.ts', 'apps/*/src/*.ts'], {
      encoding: 'utf8',
    });
    const files = [...documents, ...sources.trim().split('\n')].filter(existsSync);
    expect(files.length).toBeGreaterThan(150);
    const found = files.flatMap((file) => {
      const hit = words.exec(read(file).replace(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' '));
      return hit === null ? [] : [`${file}: ${hit[0]}`];
    });
    expect(found).toEqual([]);
  });

  test('npx: it is never told a name without our scope, which anybody can publish', () => {
    const unscoped = /\b(?:npx|bunx|(?:npm|bun) x|npm exec|(?:pnpm|yarn) dlx)(?: -\S+)* ['"`]?proto-[a-z]+/;
    expect('run `npx --yes proto-server` now').toMatch(unscoped);
    expect('npx -p @proto/client proto-client').not.toMatch(unscoped);
    const listed = execFileSync('git', ['ls-files', '*.md', '*.ts', '*.tsx', '*.mjs', '*.json', '*.yml'], {
      encoding: 'utf8',
    });
    const files = listed
      .trim()
      .split('\n')
      .filter((file) => existsSync(file) && !file.endsWith('documents.test.ts'));
    const found = files.flatMap(
      (file) => unscoped.exec(read(file).replace(/\s*\n\s*(?:\*|\/\/)?\s*/g, ' '))?.[0] ?? [],
    );
    expect(found).toEqual([]);
  });

  test.each(documents)('%s: every file it links to is there', (document) => {
    const links = [...read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '');
    expect(links.filter((link) => !existsSync(join(dirname(document), link)))).toEqual([]);
  });

  test('pictures: each is used, has a text that says what is seen, and is small', () => {
    const used = documents.flatMap((document) =>
      [...read(document).matchAll(/<(?:img|source) [^>]*?(?:src|srcset)="([^"]+)"[^>]*>/g)].map(
        ([tag, path]) => {
          if (tag.startsWith('<img')) expect(tag).toMatch(/ alt="[^"]{100,}"/);
          return join(dirname(document), path ?? '');
        },
      ),
    );
    const pictures = readdirSync('docs/pictures').map((file) => join('docs/pictures', file));
    expect(used.toSorted()).toEqual(pictures.toSorted());
    expect(pictures.length).toBeLessThanOrEqual(10);
    for (const picture of pictures) expect(statSync(picture).size).toBeLessThanOrEqual(100_000);
  });

  test('README: every package of the workspace is in its table', () => {
    const readme = read('README.md');
    for (const folder of ['packages', 'apps']) {
      for (const name of readdirSync(folder))
        expect(readme).toContain(`[\`@proto/${name}\`](${folder}/${name})`);
    }
  });

  test('decisions: numbered from 1, each with the five parts, none over 40 lines', () => {
    const files = readdirSync('docs/decisions').toSorted();
    for (const [index, file] of files.entries()) {
      const text = read(join('docs/decisions', file));
      expect(file).toMatch(new RegExp(`^${String(index + 1).padStart(4, '0')}-[a-z-]+\\.md$`));
      expect(text).toMatch(new RegExp(`^# ${index + 1}\\. `));
      for (const part of ['Context', 'Choice', 'Instead of', 'Cost', 'Undo when'])
        expect(text).toContain(`**${part}.**`);
      expect(text.split('\n').length).toBeLessThanOrEqual(41);
    }
  });
});
