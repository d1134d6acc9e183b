import { cpSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import { ROOT } from './entries.ts';
import { documents, PAGES } from './pages.ts';

const ALL = documents();
const pageOf = new Map(ALL.map(({ source, page }) => [source, page]));
const sourceOf = new Map(ALL.map(({ source, page }) => [page, source]));

/** Folders that a document may link to, and what shows them here. */
const FOLDERS: Readonly<Record<string, string>> = {
  'docs/decisions': 'decisions/index.md',
  'docs/transcripts': 'transcripts/index.md',
};

/**
 * Makes the links of a document fit the site. The documents are written for the repository, where they are read as well.
 *
 * A document and the folder of a package lead to their pages. A picture is copied to `public`. Any other file is copied there
 * as text, so that a browser shows it.
 *
 * Errors: an `Error` for a link to nothing.
 */
export function fitLinks(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('fit-links', ({ tokens, env }) => {
    const { relativePath } = env as { readonly relativePath: string };
    const source = sourceOf.get(relativePath);
    if (source === undefined) return;
    const fit = (href: string): string => fitLink(href, source, relativePath);
    for (const token of tokens.flatMap((each) => [each, ...(each.children ?? [])])) {
      for (const name of ['href', 'src']) {
        const href = token.attrGet(name);
        if (href !== null) token.attrSet(name, fit(href));
      }
      if (token.type !== 'html_block' && token.type !== 'html_inline') continue;
      token.content = token.content.replace(
        /\b(src|srcset|href)="([^"]+)"/g,
        (_, name: string, href: string) => `${name}="${fit(href)}"`,
      );
    }
  });
}

function fitLink(href: string, source: string, page: string): string {
  const [path = '', anchor] = href.split('#');
  if (path === '' || /^[a-z]+:/.test(path)) return href;
  const target = posix.join(posix.dirname(source), path).replace(/\/$/, '');
  const fitted = relative(page, pageFor(target, source));
  return anchor === undefined ? fitted : `${fitted}#${anchor}`;
}

function pageFor(target: string, source: string): string {
  const page = pageOf.get(target) ?? pageOf.get(`${target}/README.md`) ?? FOLDERS[target];
  if (page !== undefined) return page;
  const file = join(ROOT, target);
  if (!existsSync(file) || !statSync(file).isFile())
    throw new Error(`${source} links to ${target}: no page shows it`);
  if (/^docs\/.*\.(?:png|svg)$/.test(target)) return `/${target.slice('docs/'.length)}`;
  const copy = `files/${target}${/\.(?:png|svg)$/.test(target) ? '' : '.txt'}`;
  mkdirSync(dirname(join(PAGES, 'public', copy)), { recursive: true });
  cpSync(file, join(PAGES, 'public', copy));
  return `/${copy}`;
}

function relative(from: string, to: string): string {
  if (to.startsWith('/')) return to;
  const path = posix.relative(posix.dirname(from), to);
  return path.startsWith('.') ? path : `./${path}`;
}
