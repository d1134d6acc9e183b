import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Message, MessageReader, writeLine } from '@proto/watch';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Told } from '../../src/model/shapes.ts';
import { lesson as session } from '../model/told.ts';
import { blankPage, DIST, hasBrowser, type Opened, openFromFile, useBrowser } from './browser.ts';

const NUMBERS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
/** A page with less motion goes to the next caption at once. */
const STILL = { reducedMotion: 'reduce' } as const;
const PHONE = { width: 390, height: 844 };

const at = (file: string): string => pathToFileURL(join(DIST, file)).href;

/** A lesson from the disk, with the network off. */
async function opened(number: number, options: Parameters<typeof blankPage>[0] = STILL): Promise<Opened> {
  const lesson = await blankPage({ offline: true, ...options });
  await lesson.page.goto(at(`lesson-${number}.html`));
  await lesson.page.waitForSelector('[data-ready=file]');
  return lesson;
}

/** What a lesson shows, and which parts of the page are cut off or wider than their place. */
const shown = (page: Page): Promise<Record<string, unknown>> =>
  page.evaluate(() => {
    const text = (selector: string): string | undefined =>
      document.querySelector(selector)?.textContent ?? undefined;
    return {
      text: text('.caption [aria-live]'),
      pin: text('.pin'),
      place: text('.lesson .aside'),
      isPicked: document.querySelector('.spoke.picked, .lane[aria-pressed=true]') !== null,
      isRingThere: document.querySelector('.ring')!.clientHeight > 200,
      outside: [...document.querySelectorAll('.lesson, .headline, .ring, .time, .wire')]
        .filter(
          (part) =>
            part.getBoundingClientRect().bottom > innerHeight + 1 ||
            part.scrollHeight > part.clientHeight + 2 ||
            part.scrollWidth > part.clientWidth + 1,
        )
        .map(({ className }) => className),
    };
  });

/** What a lesson says, as recorded. */
function recorded(number: number): { lesson: Told<'lesson'>; captions: Told<'caption'>[] } {
  const text = readFileSync(new URL(`../../lessons/${number}.jsonl`, import.meta.url), 'utf8');
  const { messages, damages } = new MessageReader().push(text);
  expect(damages).toEqual([]);
  const lesson = messages.find((message) => message.k === 'lesson');
  return { lesson: lesson!, captions: messages.filter((message) => message.k === 'caption') };
}

const caption = (t: number, text: string, c?: number): Message => ({
  k: 'caption',
  t,
  text,
  ...(c !== undefined && { c }),
});

/** The session of the tests as a lesson with these captions. */
function lessonOf(...captions: readonly Message[]): string {
  const [hello, ...others] = session();
  const lesson: Message = { k: 'lesson', t: 0, number: 3, title: 'Cut', try: 'Cut a line.', flags: [] };
  const rest = [...others, ...captions].toSorted((a, b) => ('t' in a && 't' in b ? a.t - b.t : 0));
  return [hello!, lesson, ...rest].map(writeLine).join('');
}

const THREE = lessonOf(
  caption(4_600, 'Two bytes.', 1),
  caption(4_800, 'Client 2 is served.', 2),
  caption(19_600, 'The end.'),
);

const clock = (page: Page, t: number): Promise<void> =>
  page.locator('.clock', { hasText: `${(t / 1_000).toFixed(2)} s` }).waitFor();
const words = (page: Page): Promise<string | null> => page.locator('.caption [aria-live]').textContent();
const press = (page: Page, name: string): Promise<void> =>
  page.locator('.lesson').getByRole('button', { name, exact: true }).click();

describe.skipIf(!hasBrowser)('a lesson', () => {
  useBrowser();

  test.each(NUMBERS)(
    'page: lesson %d opens from a file, and says its captions in order, forth and back',
    async (number) => {
      const { page, errors, requests } = await opened(number);
      const { lesson, captions } = recorded(number);
      expect(await page.title()).toBe(`Lesson ${number}: ${lesson.title}`);
      expect(await page.locator('.lesson h2').textContent()).toBe(`Lesson ${number} ${lesson.title}`);
      const isShown = async (i: number): Promise<void> => {
        const { t, text, c } = captions[i]!;
        await clock(page, t);
        expect(await shown(page)).toEqual({
          text,
          pin: String(i + 1),
          place: `${i + 1} of ${captions.length}`,
          isPicked: c !== undefined,
          isRingThere: true,
          outside: [],
        });
      };
      for (const i of captions.keys()) {
        if (i > 0) await page.keyboard.press('n');
        await isShown(i);
      }
      for (const i of [...captions.keys()].toReversed().slice(1)) {
        await page.keyboard.press('p');
        await isShown(i);
      }
      expect(await page.locator('.lesson').getByRole('button', { name: 'back' }).isDisabled()).toBe(true);
      expect(requests.filter((url) => !/^(?:file|data):/.test(url))).toEqual([]);
      expect(errors).toEqual([]);
    },
  );

  test.each(NUMBERS)('page: lesson %d keeps its caption in sight on a phone, in each tab', async (number) => {
    const { page } = await opened(number, { ...STILL, viewport: PHONE });
    for (const tab of ['Now', 'Time', 'Wire', 'Fair']) {
      await page.locator('.tabs button', { hasText: tab }).click();
      await page.keyboard.press('n');
      await page.locator('main').evaluate((main) => main.scrollTo(0, main.scrollHeight));
      const seen = await page.evaluate(() => {
        const { top, bottom } = document.querySelector('.lesson')!.getBoundingClientRect();
        const wide = [
          document.documentElement,
          ...document.querySelectorAll('main, main > *, section, header'),
        ];
        const low = document.querySelectorAll('.lesson button, .lesson a');
        return {
          isWhole: top >= 45 && bottom <= innerHeight / 2,
          wide: wide.filter((part) => part.scrollWidth > Math.max(innerWidth, part.clientWidth) + 1).length,
          low: [...low].filter((part) => part.getBoundingClientRect().height < 37.5).length,
        };
      });
      expect({ tab, ...seen }).toEqual({ tab, isWhole: true, wide: 0, low: 0 });
    }
    expect(await page.locator('.tabs button').count()).toBe(4);
  });

  test('page: next plays to the next caption and stops there, and a second press goes there at once', async () => {
    const { page } = await openFromFile(THREE);
    await clock(page, 4_600);
    expect(await words(page)).toBe('Two bytes.');
    await press(page, 'next');
    await page.locator('.caption', { hasText: 'Client 2 is served.' }).waitFor();
    await clock(page, 4_800);
    await page.locator('.play[aria-label=Play]').waitFor();
    expect(await page.locator('.caption .named').textContent()).toBe('Client 2');
    // At a tenth of its speed, playing to the next caption would take longer than the test may.
    const speed = page.locator('[title="Playback speed"]');
    while ((await speed.textContent()) !== '0.1×') await speed.click();
    await press(page, 'next');
    await page.locator('.play[aria-label=Pause]').waitFor();
    await page.keyboard.press('n');
    await clock(page, 19_600);
    await page.locator('.play[aria-label=Play]').waitFor();
  });

  test.each([
    { reducedMotion: 'no-preference', t: '6.05 s', says: 'All three are here' },
    { reducedMotion: 'reduce', t: '2.30 s', says: 'Client 2 has sent a line' },
  ] as const)(
    'page: with #play and motion $reducedMotion, it stops at $t',
    async ({ reducedMotion, t, says }) => {
      const { page, errors } = await blankPage({ reducedMotion });
      await page.clock.install({ time: 0 });
      await page.goto(`${at('lesson-5.html')}#play`);
      await page.waitForSelector('[data-ready=file]');
      await page.clock.runFor(10_000);
      await page.locator('.play[aria-label=Play]').waitFor();
      await page.locator('.clock', { hasText: t }).waitFor();
      await page.locator('.caption', { hasText: says }).waitFor();
      expect(errors).toEqual([]);
    },
  );

  test('page: play stops at a caption, and a caption picks its client', async () => {
    const { page } = await openFromFile(THREE);
    const picked = (): Promise<string[]> => page.locator('.lane[aria-pressed=true] b').allTextContents();
    expect(await picked()).toEqual(['client 1']);
    await page.keyboard.press('3');
    expect(await picked()).toEqual(['client 3']);
    await page.locator('.play').click();
    await clock(page, 4_800);
    await page.locator('.play[aria-label=Play]').waitFor();
    expect(await picked()).toEqual(['client 2']);
    await page.keyboard.press('p');
    await clock(page, 4_600);
    expect(await picked()).toEqual(['client 1']);
  });

  test('page: the mark of a caption on the axis leads to it', async () => {
    const { page } = await openFromFile(THREE);
    const { width } = (await page.locator('canvas').boundingBox())!;
    // The lanes show the whole lesson.
    await page.locator('.transport', { hasText: '30 s' }).waitFor();
    const beside = (19_600 / 30_000) * width + 5;
    await page.locator('canvas').click({ position: { x: beside, y: 9 } });
    await clock(page, 19_600);
    expect(await words(page)).toBe('The end.');
    await page.locator('canvas').click({ position: { x: beside, y: 60 } });
    await page.locator('.clock', { hasText: '19.60 s' }).waitFor({ state: 'detached' });
  });

  test('page: a screen reader is told each caption once, and not the headline as well', async () => {
    const { page } = await blankPage(STILL);
    await page.clock.install({ time: 0 });
    await page.goto(at('lesson-3.html'));
    await page.waitForSelector('[data-ready=file]');
    await page.evaluate(() => {
      const told: string[] = [];
      Object.assign(window, { told });
      for (const region of document.querySelectorAll('[aria-live=polite]'))
        new MutationObserver(() => {
          if (region.textContent) told.push(region.textContent);
        }).observe(region, { subtree: true, childList: true, characterData: true });
    });
    const { captions } = recorded(3);
    for (const _ of captions.slice(1)) {
      await page.keyboard.press('n');
      await page.clock.runFor(4_000);
    }
    const told = await page.evaluate(() => (window as unknown as { told: string[] }).told);
    expect([...new Set(told)]).toEqual(captions.slice(1).map(({ text }) => text));
  });

  test('page: lessons lead to each other, from the first page and from any other', async () => {
    const { page, errors, requests } = await blankPage({ offline: true });
    await page.goto(at('index.html'));
    const list = page.getByRole('list', { name: 'Lessons' });
    expect(await list.locator('a').evaluateAll((all) => all.map((a) => a.getAttribute('href')))).toEqual(
      NUMBERS.map((number) => `./lesson-${number}.html`),
    );
    await list.locator('a').nth(8).click();
    await page.locator('.lesson h2', { hasText: 'Lesson 9' }).waitFor();
    await page.getByRole('link', { name: /^Lesson 10: / }).click();
    await page.locator('.lesson h2', { hasText: 'Lesson 10' }).waitFor();
    await page.keyboard.press('End');
    expect(await page.locator('.lesson').getByRole('button', { name: 'next' }).isDisabled()).toBe(true);
    await page.locator('header').getByRole('button', { name: 'Lessons' }).click();
    expect(await page.locator('[aria-current=page] b').textContent()).toBe('10');
    await list.locator('a').nth(0).click();
    await page.locator('.lesson h2', { hasText: 'A stream has no messages' }).waitFor();
    await page.keyboard.press('End');
    await press(page, 'next lesson');
    await page.locator('.lesson h2', { hasText: 'Two writes, one read' }).waitFor();
    expect(requests.filter((url) => !/^(?:file|data):/.test(url))).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('page: from a disk, trying it says which server to start', async () => {
    const { page } = await opened(3);
    await press(page, 'Try it yourself');
    expect(await page.locator('.task').textContent()).toContain(recorded(3).lesson.try);
    expect(await page.locator('.task code').textContent()).toBe('npm run page -- --replay lesson:3');
  });
});
