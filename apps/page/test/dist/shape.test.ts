import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bundle } from '../../tools/bundle.ts';
import { crowdSession, expectSmall } from './crowd.ts';
import { DIST, goTo, hasBrowser, openFromFile, TABS, useBrowser } from './browser.ts';

const KIB = 1_000;

test('page: stays within its budget of bytes', () => {
  const { js, css, fonts } = bundle();
  expect(js).toBeGreaterThan(10 * KIB);
  expect(js).toBeLessThanOrEqual(54 * KIB);
  expect(css).toBeLessThanOrEqual(8 * KIB);
  expect(fonts).toBeLessThanOrEqual(40 * KIB);
  expect(js + css + fonts).toBeLessThanOrEqual(100 * KIB);
});

test('page: has no script and no style within its HTML, only data', () => {
  const pages = readdirSync(DIST).filter((file) => file.endsWith('.html'));
  expect(pages.length).toBe(11);
  for (const file of pages) {
    // What stands in a data block is text.
    const html = readFileSync(join(DIST, file), 'utf8').replaceAll(
      /(<script type="application\/jsonl?" id="\w+">)[^<]*(?=<\/script>)/g,
      '$1',
    );
    // Nothing in a recording ends its block.
    expect(html).not.toContain('{"k":');
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|type="module"|crossorigin/);
    expect(html.match(/<script[^>]*>/g)?.toSorted()).toEqual([
      expect.stringMatching(/^<script defer src="\.\/assets\/[^"]+">$/),
      '<script type="application/json" id="lessons">',
      ...(file === 'index.html' ? [] : ['<script type="application/jsonl" id="recording">']),
    ]);
  }
});

describe.skipIf(!hasBrowser)('the shape of the page', () => {
  useBrowser();

  test.each([
    { name: 'a phone', width: 390, height: 844 },
    { name: 'a small phone', width: 320, height: 640 },
    { name: 'a desktop at 200 %', width: 640, height: 400 },
  ])('page: on $name nothing is wider than the screen, in any tab', async ({ width, height }) => {
    const { page } = await openFromFile(undefined, { viewport: { width, height } });
    await goTo(page, 14_800);
    for (const tab of TABS) {
      await page.locator('.tabs button', { hasText: tab }).click();
      const wide = await page.evaluate(() =>
        [document.documentElement, ...document.querySelectorAll('main, main > *, section, header')]
          .filter((element) => element.scrollWidth > Math.max(innerWidth, element.clientWidth) + 1)
          .map(({ className, scrollWidth }) => `${className} ${scrollWidth}`),
      );
      expect({ tab, wide }).toEqual({ tab, wide: [] });
    }
  });

  test('page: at 1280 x 800 nothing has to be scrolled but the list of chunks', async () => {
    const { page } = await openFromFile();
    for (const t of [0, 4_600, 12_700, 14_800, 19_400]) {
      await goTo(page, t);
      const outside = await page.evaluate(() =>
        [...document.querySelectorAll('.headline, .ring, .measures, .time, .wire, .you')]
          .filter(
            (part) =>
              part.getBoundingClientRect().bottom > innerHeight + 1 ||
              part.scrollHeight > part.clientHeight + 2,
          )
          .map(({ className }) => className),
      );
      expect({ t, outside }).toEqual({ t, outside: [] });
    }
  });

  test('page: on a phone what is touched is at least 38 pixels high', async () => {
    const { page } = await openFromFile(undefined, { viewport: { width: 390, height: 844 } });
    await goTo(page, 5_500);
    const small: string[] = [];
    for (const tab of TABS) {
      await page.locator('.tabs button', { hasText: tab }).click();
      small.push(
        ...(await page.locator('button:visible').evaluateAll((buttons) =>
          buttons
            // Chips stand within a sentence.
            .filter((button) => !button.matches('.who') && button.getBoundingClientRect().height < 37.5)
            .map(
              (button) =>
                `${button.className} ${button.textContent} ${button.getBoundingClientRect().height}`,
            ),
        )),
      );
    }
    expect(small).toEqual([]);
  });

  test('page: a thousand clients are few elements and little memory', async () => {
    const { page, errors } = await openFromFile(crowdSession(1_000));
    await goTo(page, 9_000);
    await page.locator('.ring.crowd').waitFor();
    await expectSmall(page);
    expect(errors).toEqual([]);
  });

  test('page: what is not shown of a crowd is said in numbers', async () => {
    const text = crowdSession(1_000).replaceAll('"all":1000', '"all":2345');
    const { page } = await openFromFile(text);
    await goTo(page, 9_000);
    expect(await page.locator('.bounds').textContent()).toBe('1,000 of 2,345 clients are shown.');
  });
});
