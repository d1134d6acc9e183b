import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  watchFile,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { published, ROOT } from './entries.ts';

/** Where the pages are collected for vitepress. Every build makes it again. */
export const PAGES: string = fileURLToPath(new URL('../pages', import.meta.url));

/** A page: where it is in the repository, and on the site. Both are paths with `.md` at the end. */
interface Page {
  readonly source: string;
  readonly page: string;
}

const markdownIn = (folder: string): string[] =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .toSorted();

/** A document of `docs/` keeps its path; the README of a folder becomes its index. */
const fromDocs = (source: string): Page => ({
  source,
  page: source.slice('docs/'.length).replace(/README\.md$/, 'index.md'),
});

/** Every document of the repository that is a page, in the order of reading. */
export function documents(): Page[] {
  const packages = ['packages', 'apps'].flatMap((group) =>
    readdirSync(join(ROOT, group))
      .map((name) => ({ source: `${group}/${name}/README.md`, page: `packages/${name}.md` }))
      .filter(({ source }) => existsSync(join(ROOT, source))),
  );
  return [
    { source: 'README.md', page: 'about.md' },
    ...markdownIn('docs').map(fromDocs),
    ...packages,
    ...examples(),
    { source: 'CONTRIBUTING.md', page: 'contributing.md' },
  ];
}

/** The examples, each a package of its own. */
function examples(): Page[] {
  return markdownIn('examples')
    .filter((source) => !source.includes('node_modules'))
    .map((source) => ({
      source,
      page: source.replace(/\/README\.md$/, '.md').replace('examples.md', 'examples/index.md'),
    }));
}

/** Collects what the site consists of: the documents as they are, the pages that are made here, and other files. */
export function collectPages(): void {
  rmSync(PAGES, { recursive: true, force: true });
  cpSync(fileURLToPath(new URL('../content', import.meta.url)), PAGES, { recursive: true });
  for (const { source, page } of documents()) copy(source, page);
  write('decisions/index.md', decisions());
  write('changelog.md', changelog());
  for (const file of ['docs/demo.svg', 'docs/pictures'])
    copy(file, join('public', file.slice('docs/'.length)));
  copy('apps/page/dist', 'public/live');
  for (const name of readdirSync(join(PAGES, 'public/live/fonts')))
    cpSync(join(PAGES, 'public/live/fonts', name), join(PAGES, 'public/fonts', name));
}

/** Copies each document again when it has changed. It polls: editors replace files, which other ways of watching lose. */
export function watchPages(): void {
  for (const { source, page } of documents())
    watchFile(join(ROOT, source), { interval: 500 }, () => copy(source, page));
}

function copy(source: string, page: string): void {
  cpSync(join(ROOT, source), join(PAGES, page), { recursive: true });
}

function write(page: string, text: string): void {
  mkdirSync(dirname(join(PAGES, page)), { recursive: true });
  writeFileSync(join(PAGES, page), text);
}

/** The title of a document. */
export const titleOf = (source: string): string =>
  /^# (.+)$/m.exec(readFileSync(join(ROOT, source), 'utf8'))?.[1] ?? source;

function decisions(): string {
  const rows = markdownIn('docs/decisions').map((source) => {
    const [number, ...title] = titleOf(source).split(' ');
    return `| ${parseInt(number ?? '', 10)} | [${title.join(' ')}](${source.split('/').at(-1)}) |`;
  });
  return ['# Decisions', '', 'Why it is the way it is.', '', '| | |', '|---|---|', ...rows, ''].join('\n');
}

/** The changelogs of all packages, one below the other. A package gets one with its first release. */
function changelog(): string {
  const parts = published().map(({ name, folder }) => {
    const file = join(ROOT, folder, 'CHANGELOG.md');
    if (!existsSync(file)) return `## ${name}\n\nNot published yet.\n`;
    const [, ...versions] = readFileSync(file, 'utf8').split(/^## /m);
    return [`## ${name}\n`, ...versions.map((version) => `### ${version.replace(/^### /gm, '#### ')}`)].join(
      '\n',
    );
  });
  return ['# Changelog\n', ...parts].join('\n');
}
