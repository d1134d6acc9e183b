import { existsSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { published } from '../../tools/entries.ts';
import { documents } from '../../tools/pages.ts';
import { DIST, pages } from './built.ts';

const PAGES = pages();

/** What an element refers to. */
const REFERENCE = /<(\w+)\b[^>]*?\s(href|src|srcset)="([^"]*)"/g;

const anchors = new Map<string, ReadonlySet<string>>();

function anchorsOf(page: string): ReadonlySet<string> {
  const known = anchors.get(page);
  if (known !== undefined) return known;
  const found = new Set([...(PAGES.get(page) ?? '').matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id!));
  anchors.set(page, found);
  return found;
}

const unescaped = (text: string): string => decodeURIComponent(text.replaceAll('&amp;', '&'));

/** What is wrong with the references of a page. */
function wrongIn(page: string, html: string): string[] {
  return [...html.matchAll(REFERENCE)].flatMap(([, , , to = '']) => {
    if (/^https?:\/\//.test(to)) return [];
    const [path = '', anchor] = unescaped(to).split('#');
    if (path.startsWith('/') || path.endsWith('/'))
      return [`${page}: ${to} is not the address of a file from here`];
    const target = path === '' ? page : posix.join(posix.dirname(page), path);
    const file = join(DIST, target);
    if (!existsSync(file) || !statSync(file).isFile()) return [`${page}: ${to} leads to nothing`];
    if (anchor === undefined || !PAGES.has(target) || anchorsOf(target).has(anchor)) return [];
    return [`${page}: ${to} leads to a page without that place`];
  });
}

test('site: every link leads to a file and to an anchor that is there', () => {
  expect(PAGES.size).toBeGreaterThan(50);
  expect([...PAGES].flatMap(([page, html]) => wrongIn(page, html))).toEqual([]);
});

test.each([
  ['<a class="x" href="nowhere.html">', 'leads to nothing'],
  ['<a href="about.html#nowhere">', 'without that place'],
  ['<a href="/about.html">', 'not the address of a file'],
  ['<img src="pictures/">', 'not the address of a file'],
])('site: a link that is wrong is found: %s', (html, why) => {
  expect(wrongIn('index.html', html)).toEqual([expect.stringContaining(why)]);
});

test('site: every document, and every entry point of every package, is a page that another one leads to', () => {
  const wanted = [
    ...documents().map(({ page }) => page.replace(/\.md$/, '.html')),
    ...published().flatMap(({ entries }) =>
      [...entries.keys()].map((entry) => `api/${entry.split('/').slice(1).join('/')}.html`),
    ),
    'changelog.html',
  ];
  const about = PAGES.get('about.html') ?? '';
  expect(wanted.filter((page) => !PAGES.has(page))).toEqual([]);
  expect(wanted.filter((page) => page !== 'about.html' && !about.includes(`href="${page}"`))).toEqual([]);
});

test('site: it asks nothing of the network, and runs no script of its own', () => {
  const policy = `http-equiv="Content-Security-Policy" content="default-src 'none'`;
  const loads = (html: string): boolean =>
    [...html.matchAll(REFERENCE)].some(([, tag, , to = '']) => tag !== 'a' && /^\w+:/.test(to));
  const strange = [...PAGES].filter(
    ([, html]) => !html.includes(policy) || html.includes('<script') || loads(html),
  );
  expect(strange.map(([page]) => page)).toEqual([]);
});

test('site: its styles name only fonts that are there', () => {
  const [, style = ''] = /href="(assets\/style[^"]+)"/.exec(PAGES.get('index.html') ?? '') ?? [];
  const css = readFileSync(join(DIST, style), 'utf8');
  const urls = [...css.matchAll(/url\(["']?([^"')]+)/g)].map(([, url]) => url!);
  expect(urls.length).toBe(2);
  expect(urls.filter((url) => !existsSync(join(DIST, 'assets', url)))).toEqual([]);
  expect(css).toMatch(/@media \(prefers-color-scheme: ?dark\)/);
});
