import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { DIST, pages } from './built.ts';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = PLACES.find((place) => existsSync(place));
if (executablePath === undefined && process.env['CI'] === 'true') throw new Error('there is no chromium');

/** One page of each kind. */
const KINDS = [
  'index.html',
  'about.html',
  'guides/line-protocol.html',
  'packages/codec.html',
  'api/codec.html',
  'decisions/0015-live-page.html',
  'changelog.html',
];

const LOOKS = [
  { width: 390, height: 844, colorScheme: 'light' },
  { width: 1_280, height: 800, colorScheme: 'dark' },
] as const;

let browser: Browser;

/** An empty page without a network, and what goes wrong on it. */
async function blank(look: (typeof LOOKS)[number]): Promise<{ page: Page; wrong: string[] }> {
  const { width, height, colorScheme } = look;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, offline: true });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const wrong: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') wrong.push(message.text());
  });
  page.on('pageerror', (error) => wrong.push(String(error)));
  page.on('request', (request) => {
    if (!/^(?:file|data):/.test(request.url())) wrong.push(`asks for ${request.url()}`);
  });
  return { page, wrong };
}

/** What axe finds. The debugger evaluates its source, so the page keeps its policy. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { violations: found } = await (window as unknown as { axe: typeof axe }).axe.run(
      // The live page in the frame has its own tests.
      { exclude: ['iframe'] },
      {
        iframes: false,
        preload: false,
        // A table in Markdown always has a head, even where a column needs none.
        rules: { 'empty-table-header': { enabled: false } },
      },
    );
    return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
}

const widthOf = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth);

const addressOf = (name: string): string => pathToFileURL(join(DIST, name)).href;

describe.runIf(executablePath !== undefined)('the site, opened from a disk', () => {
  beforeAll(async () => {
    // Root may not have a sandbox.
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());

  test('pages 390 wide: none is too wide, has an error or lacks a picture', async () => {
    const { page, wrong } = await blank(LOOKS[0]);
    for (const name of pages().keys()) {
      await page.goto(addressOf(name));
      const broken = await page
        .locator('img')
        .evaluateAll((all: HTMLImageElement[]) =>
          all.filter((img) => img.naturalWidth === 0).map(({ src }) => src),
        );
      expect({ name, width: await widthOf(page), wrong, broken }).toEqual({
        name,
        width: 390,
        wrong: [],
        broken: [],
      });
    }
  });

  test.each(LOOKS)('pages $width wide, $colorScheme: axe finds nothing', async (look) => {
    const { page, wrong } = await blank(look);
    for (const name of KINDS) {
      await page.goto(addressOf(name));
      expect({ name, width: await widthOf(page), wrong }).toEqual({ name, width: look.width, wrong: [] });
      expect({ name, violations: await violations(page) }).toEqual({ name, violations: [] });
    }
  });

  test('home: the recorded lesson runs in it', async () => {
    const { page, wrong } = await blank(LOOKS[1]);
    await page.goto(addressOf('index.html'));
    const lesson = page.frameLocator('iframe');
    // It begins at its first caption, at 2.30 s, plays by itself to the second one, and stops there.
    await lesson.locator('.clock', { hasText: '6.05 s' }).waitFor();
    await lesson.locator('.caption', { hasText: 'All three are here' }).waitFor();
    await lesson.locator('.play[aria-label=Play]').waitFor();
    expect(wrong).toEqual([]);
  });

  test('links: from the home to a guide, its neighbours and back, with a click each', async () => {
    const { page, wrong } = await blank(LOOKS[1]);
    await page.goto(addressOf('index.html'));
    await page.getByRole('link', { name: 'A line protocol in ten minutes' }).click();
    await page.getByRole('heading', { level: 1, name: 'A line protocol in ten minutes' }).waitFor();
    await page.locator('main').getByRole('link', { name: 'fair turns in ten minutes' }).click();
    await page.getByRole('heading', { level: 1, name: 'Fair turns in ten minutes' }).waitFor();
    await page.locator('header').getByRole('link', { name: 'API' }).click();
    await page.locator('main').getByRole('link', { name: '@proto/codec/node' }).click();
    await page.getByRole('heading', { name: 'frames()' }).waitFor();
    await page.locator('header').getByRole('link', { name: 'proto' }).click();
    await page.locator('iframe').waitFor();
    expect(wrong).toEqual([]);
  });

  test('phone: every page is in the folded list', async () => {
    const { page } = await blank(LOOKS[0]);
    await page.goto(addressOf('about.html'));
    await page.getByText('All pages').click();
    const links = await page
      .locator('.menu nav a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    const others = [...pages().keys()].filter((name) => name !== 'index.html');
    expect(others.filter((name) => !links.includes(name))).toEqual([]);
  });
});
