import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { blankPage, DIST, goTo, hasBrowser, LESSON, openFromFile, pageWith, useBrowser } from './browser.ts';
import { PAGE_HEADERS } from '../../../server/src/observe/watch/guard.ts';

/** What the server puts on every answer. */
const POLICY = PAGE_HEADERS['content-security-policy']!;

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.woff2': 'font/woff2',
};

/** Serves the page with a recording in it, under the policy of the server. Gives its address. */
async function serve(): Promise<string> {
  const server = createServer(({ url = '/' }, response) => {
    const type = TYPES[extname(url)] ?? 'text/html; charset=utf-8';
    response.writeHead(200, { 'content-security-policy': POLICY, 'content-type': type });
    response.end(url === '/' ? pageWith(LESSON) : readFileSync(join(DIST, url)));
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

describe.skipIf(!hasBrowser)('access to the page', () => {
  useBrowser();

  test('page: a policy without inline code, styles and markup is kept, whatever is done', async () => {
    const { page, errors } = await blankPage();
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        console.error(`violated: ${violatedDirective} ${blockedURI}`),
      );
    });
    await page.goto(await serve());
    await page.waitForSelector('[data-ready=file]');
    for (const t of [0, 4_600, 5_500, 12_700, 14_800, 16_400, 19_500]) await goTo(page, t);
    for (const key of [
      'ArrowLeft',
      'Shift+ArrowLeft',
      '1',
      '3',
      '+',
      '-',
      '-',
      't',
      '?',
      'Escape',
      'End',
      ' ',
      ' ',
    ])
      await page.keyboard.press(key);
    for (const name of ['table', 'from it', 'drip', 'CR LF', 'more', 'garbage', 'coalesce'])
      await page.locator('button', { hasText: name }).first().click();
    await page.locator('#say').fill('some text');
    await page.locator('.snip').nth(3).click();
    expect(await page.evaluate(() => document.fonts.check('12px "Proto Mono"'))).toBe(true);
    expect(errors).toEqual([]);
  });

  test('page: everything that can be used has a name', async () => {
    const { page } = await openFromFile();
    await goTo(page, 14_800);
    await page.keyboard.press('?');
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll('button, input, select, [role=slider], [tabindex]')]
        .filter((element) => {
          const label = element.closest('label')?.textContent ?? '';
          const own =
            element.getAttribute('aria-label') ??
            (element instanceof HTMLButtonElement ? element.textContent : '');
          return `${own}${label}`.trim() === '' && element.className !== 'table';
        })
        .map(({ outerHTML }) => outerHTML.slice(0, 80)),
    );
    expect(nameless).toEqual([]);
  });

  test('page: the tab key goes through it from top to bottom, and what has the focus can be seen', async () => {
    const { page } = await openFromFile();
    await goTo(page, 4_600);
    const tops: number[] = [];
    const unseen: string[] = [];
    await page.locator('body').evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    for (let i = 0; i < 14; i++) {
      await page.keyboard.press('Tab');
      const { top, outline, what } = await page.evaluate(() => {
        const element = document.activeElement!;
        const shown = element.classList.contains('sr') ? element.closest('label')! : element;
        const style = getComputedStyle(shown);
        return {
          top: shown.getBoundingClientRect().top,
          outline: style.outlineStyle,
          what: shown.outerHTML.slice(0, 60),
        };
      });
      tops.push(top);
      if (outline === 'none') unseen.push(what);
    }
    expect(unseen).toEqual([]);
    expect(tops[0]).toBeLessThan(50);
    expect(new Set(tops).size).toBeGreaterThan(3);
  });

  test('page: keys act on the page, never while somebody types, and can be switched off', async () => {
    const { page } = await openFromFile();
    await goTo(page, 4_600);
    const pressed = page.locator('.lane[aria-pressed=true]');
    await page.keyboard.press('2');
    expect(await pressed.textContent()).toContain('client 2');
    await page.keyboard.press('0');
    expect(await pressed.count()).toBe(0);
    await page.keyboard.press('/');
    await page.locator('#say:focus').waitFor();
    await page.keyboard.type('2t ?');
    expect(await page.locator('#say').inputValue()).toContain('2t ?');
    expect(await pressed.count()).toBe(0);
    await page.locator('h1').click();
    await page.keyboard.press('?');
    await page.locator('.keys input').uncheck();
    await page.locator('h1').click();
    await page.keyboard.press('3');
    expect(await pressed.count()).toBe(0);
  });

  test('page: the lines that the lanes show are a table too', async () => {
    const { page } = await openFromFile();
    await goTo(page, 5_500);
    await page.locator('.transport button', { hasText: 'table' }).click();
    const rows = await page
      .locator('.table tbody tr')
      .evaluateAll((all) => all.map((row) => [...row.children].map(({ textContent }) => textContent)));
    expect(rows.map(([who, line, , , turn, answer]) => [who, line, turn, answer])).toEqual([
      ['client 1', 'hello', '1', 'HELLO'],
      ['client 1', 'world', '4', 'WORLD'],
      ['client 2', 'early bird', '2', 'EARLY BIRD'],
      ['client 2', 'fifth', '5', 'FIFTH'],
      ['client 3', 'third, and too early', '3', 'THIRD, AND TOO EARLY'],
    ]);
    expect(await page.locator('canvas').getAttribute('aria-valuetext')).toBe('5.5 s');
  });

  test('page: nothing moves for somebody who wants less motion', async () => {
    const { page } = await openFromFile(undefined, { reducedMotion: 'reduce' });
    await goTo(page, 4_780);
    expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
    expect(await page.locator('.flight').count()).toBe(0);
  });
});
