import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { blankPage, goTo, hasBrowser, openFromFile, TABS, useBrowser } from './browser.ts';
import { liveServer } from './live-server.ts';

/** What has the focus. */
interface Focused {
  readonly what: string;
  readonly isWanted: boolean;
  /** Whether a ring is around it, and nothing lies over it. */
  readonly isSeen: boolean;
  readonly isPage: boolean;
  readonly place: {
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  };
}

/** Presses the tab key, and says what has the focus then. */
async function tab(page: Page, { key = 'Tab', wanted = 'body' } = {}): Promise<Focused> {
  await page.keyboard.press(key);
  return page.evaluate((selector) => {
    const element = document.activeElement!;
    // An input that is drawn by its label.
    const shown = element.classList.contains('sr') ? element.closest('label')! : element;
    const { outlineStyle, outlineWidth } = getComputedStyle(shown);
    const { left, right, top, bottom } = shown.getBoundingClientRect();
    const middle = (Math.max(0, top) + Math.min(innerHeight, bottom)) / 2;
    const over = document.elementFromPoint((left + right) / 2, middle);
    return {
      what: shown.outerHTML.slice(0, 80),
      isWanted: element.matches(selector),
      isSeen: outlineStyle === 'solid' && outlineWidth === '2px' && shown.contains(over),
      isPage: element === document.body,
      place: { left, right, top, bottom },
    };
  }, wanted);
}

/** Goes on with the tab key, and only with it, until this has the focus. On the way all can be seen. */
async function reach(page: Page, wanted: string, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
  const way: string[] = [];
  for (let i = 0; i < 80; i++) {
    const at = await tab(page, { key, wanted });
    way.push(at.what);
    if (!at.isPage && !at.isSeen) throw new Error(`the focus cannot be seen on ${at.what}`);
    if (at.isWanted) return;
  }
  throw new Error(`${wanted} is not reached: ${way.join('\n')}`);
}

/** Every place of the focus from the top of the page to its end. */
async function walk(page: Page): Promise<readonly Focused[]> {
  for (let i = 0; i < 80 && !(await tab(page)).isPage; i++);
  const all: Focused[] = [];
  for (let at = await tab(page); !at.isPage && all.length < 200; at = await tab(page)) all.push(at);
  return all;
}

/** Who reads goes down, and to the right: never to what lies above or to the left of it. */
function goesBack({ place: from }: Focused, { place: to }: Focused): boolean {
  const isAbove = to.bottom <= from.top && to.left < from.right;
  const isLeft = to.right <= from.left && to.top < from.bottom && to.bottom > from.top;
  return isAbove || isLeft;
}

async function moment(page: Page): Promise<number> {
  return Number(await page.locator('#moment').inputValue());
}

describe.skipIf(!hasBrowser)('without a mouse', () => {
  useBrowser();

  test('page: a whole session is possible by keys: join, cut, send, half-close, look back, save', async () => {
    const server = await liveServer('join', '--clients', '1');
    const { page, errors } = await blankPage();
    await page.goto(server.page);
    await page.locator('.badge.open').waitFor();

    await reach(page, '.invitation .primary');
    await page.keyboard.press('Enter');
    await page.locator('#say:focus').waitFor();
    await page.keyboard.press('Control+A');
    await page.keyboard.type('hi you');
    await reach(page, '[aria-label="Cut after byte 2"]');
    await page.keyboard.press('Space');
    await reach(page, '[aria-label="Cut after byte 4"]');
    await page.keyboard.press('Space');
    expect(await page.locator('.plan').textContent()).toBe('2 writes, 500 ms apart: 4 + 3 bytes');
    await reach(page, '#say', 'Shift+Tab');
    await page.keyboard.press('Enter');
    await page.locator('.row.write', { hasText: 'HI·YOU' }).waitFor();
    const reads = server.recorded().filter((message) => message.k === 'chunk' && message.d === 'read');
    expect(reads.map((message) => 'b' in message && message.b)).toEqual(['hi y', 'ou\n']);

    await reach(page, '[title^="Half-close"]');
    await page.keyboard.press('Enter');
    await page.locator('.notes', { hasText: 'Half-close: the client sends no more' }).waitFor();
    await page.locator('.invitation', { hasText: 'Your connection is gone' }).waitFor();

    await reach(page, '[aria-label="Save the session"]');
    const saving = page.waitForEvent('download');
    await page.keyboard.press('Enter');
    expect(readFileSync(await (await saving).path(), 'utf8')).toContain('"b":"hi y"');
    await reach(page, '[aria-label="Keys"]');
    await page.keyboard.press('Enter');
    await reach(page, '[aria-label="Light or dark"]');
    await page.keyboard.press('Enter');
    await page.locator('html[data-theme=dark]').waitFor();
    await reach(page, '.keys [type=checkbox]');
    await page.keyboard.press('Escape');
    expect(await page.locator('.keys').count()).toBe(0);

    await reach(page, '.lane');
    await page.keyboard.press('Enter');
    await page.locator('.lane[aria-pressed=true]', { hasText: 'client 1' }).waitFor();
    await reach(page, '[aria-label="Pause"]');
    await page.keyboard.press('Enter');
    await page.locator('[aria-label="Play"]').waitFor();
    const end = await moment(page);
    // Events can be closer to each other than a millisecond.
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowLeft');
    await expect.poll(() => moment(page)).toBeLessThan(end);
    const back = await moment(page);
    await page.keyboard.press('Shift+ArrowLeft');
    await expect.poll(() => moment(page)).toBeLessThan(back);
    const turn = await moment(page);
    await reach(page, '#moment');
    for (let i = 0; i < 4; i++) await page.keyboard.press('ArrowRight');
    await expect.poll(() => moment(page)).toBeGreaterThan(turn);
    await page.keyboard.press('Home');
    await expect.poll(() => moment(page)).toBe(0);
    await reach(page, '.transport .wide[aria-pressed]');
    await page.keyboard.press('Enter');
    await page.locator('.table').waitFor();
    await reach(page, '.transport .live');
    await page.keyboard.press('Enter');
    await page.locator('.live[aria-pressed=true]').waitFor();
    await reach(page, '.table');
    await reach(page, '.wire .choice button:last-child');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('.row.read').count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test('page: the focus goes as one reads, is always seen, and comes out at the end', async () => {
    const { page } = await openFromFile();
    await goTo(page, 14_800);
    await page.locator('.transport button', { hasText: 'table' }).press('Enter');
    await page.locator('.you button', { hasText: 'more' }).press('Enter');
    await expectOrder(page, 35);
    await page.setViewportSize({ width: 390, height: 844 });
    for (const name of TABS) {
      await page.locator('.tabs button', { hasText: name }).press('Enter');
      await expectOrder(page, 7);
    }
  });
});

async function expectOrder(page: Page, atLeast: number): Promise<void> {
  const all = await walk(page);
  expect(all.length).toBeGreaterThan(atLeast);
  expect(all.length).toBeLessThan(200);
  expect(all.filter(({ isSeen }) => !isSeen).map(({ what }) => what)).toEqual([]);
  const backward = all.flatMap((to, i) =>
    i > 0 && goesBack(all[i - 1]!, to) ? [[all[i - 1]!.what, to.what]] : [],
  );
  expect(backward).toEqual([]);
}
