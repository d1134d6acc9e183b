import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type Fence, fencesOf, markdownFiles } from './fences.ts';

/** Blocks that a test compiles, runs or compares. `by`: the test, which names the document or finds it by its folder. */
interface Check {
  readonly by: string;
  readonly names: string;
  readonly covers: (fence: Fence) => boolean;
}

const inDocument =
  (document: RegExp, ...languages: string[]) =>
  (fence: Fence): boolean =>
    document.test(fence.document) && languages.includes(fence.language);

const CHECKS: readonly Check[] = [
  {
    by: 'scripts/test/example.ts',
    names: "readFileSync(join(this.folder, 'README.md')",
    covers: inDocument(/^examples\/[\w-]+\/README\.md$/, 'sh', 'text'),
  },
  {
    by: 'scripts/test/commands.test.ts',
    names: "language === 'sh'",
    covers: ({ language }) => language === 'sh',
  },
  {
    by: 'scripts/test/recipes.test.ts',
    names: 'recipes()',
    covers: ({ document, below }) => document === 'CONTRIBUTING.md' && below[0] === 'Recipes',
  },
  {
    by: 'scripts/test/samples.test.ts',
    names: 'packages/codec/README.md',
    covers: inDocument(/^(?:README|apps\/server\/README|packages\/(?!scheduler)\w+\/README)\.md$/, 'ts'),
  },
  {
    by: 'packages/scheduler/test/readme.test.ts',
    names: 'README.md',
    covers: inDocument(/^packages\/scheduler\/README\.md$/, 'ts'),
  },
  {
    by: 'apps/client/test/dist/readme.test.ts',
    names: 'README.md',
    covers: (fence) =>
      fence.document === 'apps/client/README.md' &&
      (fence.language === 'ts' ||
        (fence.language === 'text' && !/^Cannot go on|^lines by|load --clients 50/.test(fence.body))),
  },
  {
    by: 'apps/site/test/blocks.ts',
    names: 'docs/guides',
    covers: ({ document, language }) =>
      document.startsWith('docs/guides/') &&
      (language === 'ts' || (language === 'console' && !isPlayed(document))),
  },
  {
    by: 'scripts/test/played.test.ts',
    names: 'docs/guides/getting-started.md',
    covers: ({ document, language }) => language === 'console' && isPlayed(document),
  },
  {
    by: 'scripts/test/documents.test.ts',
    names: 'To see it all in one terminal',
    covers: inDocument(/^README\.md$/, 'text'),
  },
  {
    by: 'apps/server/test/observe/metrics.test.ts',
    names: 'docs/operating.md are rules for Prometheus',
    covers: inDocument(/^docs\/operating\.md$/, 'yaml'),
  },
  {
    by: 'apps/server/test/dist/deploy.test.ts',
    names: 'docs/operating.md',
    covers: ({ document, body }) => document === 'docs/operating.md' && body.startsWith('# /etc/'),
  },
  {
    by: 'apps/server/test/admin/admin-socket.test.ts',
    names: 'docs/operating.md shows what an operator says and gets',
    covers: ({ document, body }) =>
      document === 'docs/operating.md' && body.startsWith('$ proto-server admin'),
  },
  {
    by: 'packages/xray/test/readme.test.ts',
    names: 'README.md',
    covers: inDocument(/^packages\/xray\/README\.md$/, 'text'),
  },
];

function isPlayed(document: string): boolean {
  return ['docs/sessions.md', 'docs/lessons.md', 'docs/guides/getting-started.md'].includes(document);
}

/** Blocks that nobody compiles or runs: by their first line, with the reason. */
const EXCEPTIONS: readonly { readonly document: string; readonly begins: string; readonly why: string }[] = [
  {
    document: 'apps/client/README.md',
    begins: 'Cannot go on',
    why: 'the times are random',
  },
  { document: 'apps/client/README.md', begins: 'lines by latency', why: 'figures of one machine' },
  {
    document: 'apps/client/README.md',
    begins: '$ proto-client load --clients 50',
    why: 'figures of one machine',
  },
  { document: 'docs/architecture.md', begins: 'packages/codec       bytes', why: 'a drawing' },
  {
    document: 'docs/architecture.md',
    begins: 'main, index',
    why: 'a drawing; scripts/layers.mjs holds the floors',
  },
  { document: 'docs/architecture.md', begins: 'TCP chunk ->', why: 'a drawing' },
  {
    document: 'docs/operating.md',
    begins: 'server lines 127.0.0.1:6677',
    why: "a line of HAProxy's configuration; the test of F35 runs HAProxy",
  },
  { document: 'docs/operating.md', begins: 'port             7000', why: 'values of an example machine' },
  { document: 'docs/operating.md', begins: '12,345 lines/s', why: 'a figure of an example machine' },
  { document: 'docs/protocol.md', begins: 'line       = content', why: 'a grammar: nothing here reads ABNF' },
  {
    document: 'docs/protocol.md',
    begins: '< * WELCOME 2 3 main 1',
    why: 'one side of docs/sessions.md, which is played',
  },
];

const FENCES = markdownFiles().flatMap((document) => fencesOf(document));

const isExcepted = ({ document, body }: Fence): boolean =>
  EXCEPTIONS.some((exception) => exception.document === document && body.startsWith(exception.begins));

test('fences: every block of every document is compiled, run or compared, or says why not', () => {
  expect(FENCES.length).toBeGreaterThan(200);
  const left = FENCES.filter((fence) => !isExcepted(fence) && !CHECKS.some(({ covers }) => covers(fence)));
  expect(left.map(({ document, at, language }) => `${document}:${at}: ${language}`)).toEqual([]);
});

test('fences: every block names its language', () => {
  expect(
    FENCES.filter(({ language }) => language === 'none').map(({ document, at }) => `${document}:${at}`),
  ).toEqual([]);
});

test('fences: every exception is one block, which no check covers', () => {
  for (const { document, begins } of EXCEPTIONS) {
    const found = FENCES.filter((fence) => fence.document === document && fence.body.startsWith(begins));
    expect({ begins, found: found.length }).toEqual({ begins, found: 1 });
    expect(found.filter((fence) => CHECKS.some(({ covers }) => covers(fence)))).toEqual([]);
  }
});

test.each(CHECKS)('fences: $by checks what it is said to check', ({ by, names, covers }) => {
  expect(readFileSync(by, 'utf8')).toContain(names);
  expect(FENCES.some(covers)).toBe(true);
});
