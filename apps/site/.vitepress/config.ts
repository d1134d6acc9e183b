import { createCssVariablesTheme } from 'shiki';
import { defineConfigWithTheme } from 'vitepress';
import { fitLinks } from '../tools/links.ts';
import { type Group, groups } from '../tools/groups.ts';
import { finish, relocate } from '../tools/relative.ts';
import { tokens } from '../tools/tokens.ts';

/** The anchor of a heading, as GitHub makes it: the documents are read there too. */
const slugify = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '')
    .replaceAll(' ', '-');

export default defineConfigWithTheme<{ readonly groups: readonly Group[] }>({
  title: 'proto',
  description: 'Line protocols and fair turns over TCP',
  lang: 'en',
  srcDir: 'pages',
  outDir: 'dist',
  cacheDir: 'node_modules/.vitepress',
  // Pages without scripts, which open from a disk too.
  mpa: true,
  appearance: false,
  themeConfig: { groups: groups() },
  markdown: {
    config: fitLinks,
    anchor: { slugify },
    headers: { level: [2, 3], slugify },
    // Code in the colours of the page, which change with its theme.
    theme: createCssVariablesTheme({ variablePrefix: '--code-' }),
  },
  buildEnd: ({ outDir }) => finish(outDir),
  transformHtml: (html, _file, { page }) => relocate(html, page),
  vite: { plugins: [tokens()], logLevel: 'warn' },
});
