import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hasBrowser, useBrowser } from './browser.ts';
import { follow, liveServer } from './live-server.ts';

const SETTLES = { timeout: 20_000 };

/** What a page says of everybody, without how long it has been so. */
async function saidOn(page: Page): Promise<Readonly<Record<string, unknown>>> {
  return page.evaluate(() => {
    const all = (selector: string) => [...document.querySelectorAll(selector)];
    const texts = (selector: string) =>
      all(selector).map(({ textContent }) => textContent.replaceAll(/\d+(?:\.\d)? (?:s|min)\b/g, 'a while'));
    return {
      headline: texts('.headline h1, .eyebrow, .deadline'),
      seats: texts('.spoke text'),
      looks: all('.spoke').map(({ classList }) => [...classList].filter((name) => name !== 'holds')),
      streams: all('.stream').map(({ classList }) => [...classList]),
      beads: all('.spoke .bead').length,
      ends: all('.spoke .cap').length,
      lanes: texts('.lane'),
      hub: texts('.hub-word, .hub-number'),
    };
  });
}

/** Waits until both pages say the same. */
async function expectSame(early: Page, late: Page): Promise<void> {
  const both = async (): Promise<unknown> => {
    const said = [await saidOn(early), await saidOn(late)];
    return isDeepStrictEqual(said[0], said[1]) ? 'the same' : said;
  };
  await expect.poll(both, SETTLES).toBe('the same');
}

/** A page that comes now and says what the other one says. */
async function openedNow(early: Page, server: { readonly page: string }): Promise<Page> {
  const { page: late } = await follow(server);
  await expectSame(early, late);
  return late;
}

function waitForHeadline(page: Page, text: string): Promise<void> {
  return page.locator('.headline', { hasText: text }).waitFor();
}

describe.skipIf(!hasBrowser)('a page that is opened late', () => {
  useBrowser();

  test('page: opened late it says the same of a turn, of half a line, of lines that wait and of a half-close', async () => {
    const server = await liveServer('watch', '--clients', '3', '--turn-timeout-ms', '600000');
    const { page: early } = await follow(server);
    const [first, second, third] = [await server.dial(), await server.dial(), await server.dial()];
    first.write('he');
    second.write('one\ntwo\n');
    third.end('last words\n');
    await waitForHeadline(early, '3 lines of client 2 and client 3 wait behind it.');
    await early.locator('.lane', { hasText: 'half a line' }).waitFor();
    await early.locator('.lane', { hasText: 'sent FIN' }).waitFor();
    const late = await openedNow(early, server);
    await waitForHeadline(
      late,
      'It has sent 2 bytes and no line end. 3 lines of client 2 and client 3 wait behind it.',
    );
    first.write('llo\n');
    await early.locator('.lane', { hasText: 'left' }).waitFor();
    await expectSame(early, late);
  });

  test('page: opened late it says the same of a line that the handler has, and of a quit that waits for it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'proto-late-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'slow.mjs');
    writeFileSync(file, 'export default (line) => line === "slow" ? new Promise(() => {}) : line;\n');
    const flags = ['--transform', file, '--handler-timeout-ms', 'never', '--grace-ms', '600000'];
    const server = await liveServer('watch', '--clients', '2', ...flags);
    const { page: early } = await follow(server);
    const [first, second] = [await server.dial(), await server.dial()];
    first.write('slow\n');
    second.write('fast\n');
    await waitForHeadline(early, 'The handler is working on a line of 1client 1.');
    const late = await openedNow(early, server);
    await waitForHeadline(late, 'Nobody else is served in this room until it is done.');
    second.write('/quit enough\n');
    await waitForHeadline(early, '2client 2 quits.');
    const later = await openedNow(early, server);
    await waitForHeadline(later, '“enough”: 2 notified, 0 got BYE, 0 got FIN.');
  });

  test('page: opened late it says the same of a client that is being dropped', async () => {
    const server = await liveServer(
      'watch',
      '--clients',
      '2',
      '--turn-timeout-ms',
      '600000',
      '--partial-line-timeout-ms',
      '100',
    );
    const { page: early } = await follow(server);
    await server.dial();
    const second = await server.dial();
    second.write('early\nhalf');
    await early.locator('.spoke .state', { hasText: 'line not ended in time' }).waitFor();
    await openedNow(early, server);
  });
});
