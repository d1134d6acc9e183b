import type { Page } from 'puppeteer-core';
import { describe, expect, test } from 'vitest';
import { fileWith, LESSON, TABS } from './browser.ts';
import { hasFirefox, useFirefox } from './firefox.ts';
import { liveServer } from './live-server.ts';

/** What the page shows follows what the server does, soon. */
const SETTLES = { timeout: 20_000 };

/** The text of the first element, and of all. */
function textOf(page: Page, selector: string): Promise<string> {
  return page.$eval(selector, ({ textContent }) => textContent);
}

function textsOf(page: Page, selector: string): Promise<string[]> {
  return page.$$eval(selector, (all) => all.map(({ textContent }) => textContent));
}

/** Presses the button with this text. */
async function press(page: Page, text: string, within = 'body'): Promise<void> {
  const found = await page.$$(`${within} button`);
  for (const button of found)
    if ((await button.evaluate(({ textContent }) => textContent)) === text) return button.click();
  throw new Error(`there is no ${text}`);
}

describe.skipIf(!hasFirefox)('the page in Firefox', () => {
  const open = useFirefox();

  test('page: follows a server with three clients, and says whom all wait for', async () => {
    const server = await liveServer('join', '--clients', '3', '--turn-timeout-ms', '60000');
    const { page, errors } = await open(1_280, 800);
    await page.goto(server.page);
    await page.waitForSelector('.badge.open');
    await server.dial();
    (await server.dial()).write('early\n');
    await server.dial();
    await expect
      .poll(() => textOf(page, '.headline .more'), SETTLES)
      .toBe('It has the turn and has sent nothing. 1 line of client 2 waits behind it.');
    await expect.poll(() => textOf(page, 'h1'), SETTLES).toBe('Waiting for 1client 1.');
    await expect
      .poll(() => textsOf(page, '.lane'), SETTLES)
      .toEqual(['1client 1has the turn', '2client 21 line waits', '3client 3nothing waits']);
    expect(errors).toEqual([]);
  });

  test('page: joins, and what its client sends in two writes comes in two chunks', async () => {
    const server = await liveServer('join', '--clients', '1');
    const { page, errors } = await open(1_280, 800);
    await page.goto(server.page);
    await page.waitForSelector('.invitation .primary');
    await press(page, 'Join as a client');
    await page.waitForSelector('#say');
    await expect
      .poll(() => page.$eval('.you button[type=submit]', ({ disabled }) => disabled), SETTLES)
      .toBe(false);
    await press(page, 'cut in two', '.you');
    await expect.poll(() => textOf(page, '.plan'), SETTLES).toBe('2 writes, 500 ms apart: 2 + 4 bytes');
    await press(page, 'Send', '.you');
    await expect
      .poll(() => textsOf(page, '.row.write .bytes'), SETTLES)
      .toContainEqual(expect.stringContaining('HELLO'));
    const reads = server.recorded().filter((message) => message.k === 'chunk' && message.d === 'read');
    expect(reads.map((message) => 'b' in message && message.b)).toEqual(['he', 'llo\n']);
    expect(errors).toEqual([]);
  });

  test('page: a recording opens from a file, asks for nothing else, and fits on a screen and on a phone', async () => {
    const { page, errors, requests, folder } = await open(1_280, 800);
    await page.goto(fileWith(LESSON, folder));
    await page.waitForSelector('[data-ready=file]');
    await page.$eval('#moment', (input) => {
      (input as HTMLInputElement).value = '14800';
      input.dispatchEvent(new Event('input', { bubbles: true }));
    });
    await expect.poll(() => textOf(page, '.clock'), SETTLES).toBe('14.80 s');
    await expect.poll(() => textOf(page, 'h1'), SETTLES).toBe('Waiting for 3client 3.');
    const outside = await page.$$eval('.headline, .ring, .measures, .time, .wire, .you', (parts) =>
      parts
        .filter(
          (part) =>
            part.getBoundingClientRect().bottom > innerHeight + 1 ||
            part.scrollHeight > part.clientHeight + 2,
        )
        .map(({ className }) => className),
    );
    expect(outside).toEqual([]);
    await page.setViewport({ width: 390, height: 844 });
    for (const tab of TABS) {
      await press(page, tab, '.tabs');
      const wide = await page.$$eval('html, main, main > *, section, header', (parts) =>
        parts
          .filter(({ scrollWidth, clientWidth }) => scrollWidth > Math.max(innerWidth, clientWidth) + 1)
          .map(({ className }) => className),
      );
      expect({ tab, wide }).toEqual({ tab, wide: [] });
    }
    expect(requests.filter((url) => !/^(?:file|data):/.test(url))).toEqual([]);
    expect(errors).toEqual([]);
  });
});
