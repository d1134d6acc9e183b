import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { blankPage, goTo, hasBrowser, openFromFile, TABS, useBrowser } from './browser.ts';
import { liveServer } from './live-server.ts';

/** What is told by a ground: who has the turn, whose bytes, which frame, how much. */
const GROUNDS = [
  '.headline .who b',
  '.lane.holds .disc',
  '.pill.is-line',
  '.pill.odd',
  '.rail.above::before',
  '.tape .part',
  '.bars i',
  '.bins .served',
];

async function groundsOf(page: Page): Promise<readonly string[]> {
  return page.evaluate(
    (selectors) =>
      selectors.map((selector) => {
        const [name = '', pseudo] = selector.split('::');
        const element = document.querySelector(name)!;
        return getComputedStyle(element, pseudo === undefined ? null : `::${pseudo}`).backgroundColor;
      }),
    GROUNDS,
  );
}

/** What moves on the page: animations, and answers on their way. */
async function moving(page: Page): Promise<{ readonly animations: number; readonly flights: number }> {
  return page.evaluate(() => ({
    animations: document.getAnimations().length,
    flights: document.querySelectorAll('.flight').length,
  }));
}

/** What can be touched and is smaller than a finger, in a view of the phone. Chips stand within a sentence. */
async function smallTargets(page: Page): Promise<readonly string[]> {
  return page
    .locator('button:visible, a:visible, select:visible, input:visible, label:has(> .sr):visible')
    .evaluateAll((all) =>
      all
        .filter((target) => !target.matches('.who, .sr'))
        .map((target) => ({ target, place: target.getBoundingClientRect() }))
        .filter(({ place }) => Math.min(place.width, place.height) < 37.5)
        .map(({ target, place }) => `${target.outerHTML.slice(0, 80)} ${place.width} x ${place.height}`),
    );
}

describe.skipIf(!hasBrowser)('what somebody prefers', () => {
  useBrowser();

  test('page: with the colours of the system, what is told by a ground keeps its own', async () => {
    const { page } = await openFromFile();
    await goTo(page, 5_500);
    await page.keyboard.press('1');
    const own = await groundsOf(page);
    await page.emulateMedia({ forcedColors: 'active' });
    expect(await page.evaluate(() => matchMedia('(forced-colors: active)').matches)).toBe(true);
    expect(await groundsOf(page)).toEqual(own);
    const [on, off] = await page
      .locator('.wire .choice button')
      .evaluateAll((all) => all.map((button) => getComputedStyle(button).backgroundColor));
    expect(on).not.toBe(off);
  });

  test('page: nothing moves for somebody who wants less motion, and something for anybody else', async () => {
    const { page } = await openFromFile();
    await goTo(page, 4_780);
    const before = await moving(page);
    expect(before.animations).toBeGreaterThan(0);
    expect(before.flights).toBeGreaterThan(0);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await goTo(page, 4_790);
    expect(await moving(page)).toEqual({ animations: 0, flights: 0 });
  });

  test('page: on a phone everything that is touched is as large as a finger, live too', async () => {
    const phone = { viewport: { width: 390, height: 844 } };
    const server = await liveServer('hold', '--clients', '1');
    const live = await blankPage(phone);
    await live.page.goto(server.page);
    await live.page.locator('.badge.open').waitFor();
    const { page } = await openFromFile(undefined, phone);
    await goTo(page, 5_500);
    const press = (on: Page, tab: string): Promise<void> =>
      on.locator('.tabs button', { hasText: tab }).click();
    for (const tab of TABS) {
      for (const on of [page, live.page]) await press(on, tab);
      if (tab === 'You') await page.locator('.you button', { hasText: 'more' }).click();
      expect({ tab, recorded: await smallTargets(page), live: await smallTargets(live.page) }).toEqual({
        tab,
        recorded: [],
        live: [],
      });
    }
    await live.page.locator('button', { hasText: 'Join as a client' }).click();
    await live.page.locator('.you', { hasText: 'client 1' }).waitFor();
    expect(await smallTargets(live.page)).toEqual([]);
    await press(live.page, 'Time');
    await live.page.locator('button:visible', { hasText: 'hold the turns' }).waitFor();
    expect(await smallTargets(live.page)).toEqual([]);
  });
});
