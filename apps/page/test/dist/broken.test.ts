import { readFileSync } from 'node:fs';
import { type Message, writeLine } from '@proto/watch';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { chunks, hello, join } from '../model/told.ts';
import {
  blankPage,
  goTo,
  goToFile,
  hasBrowser,
  headline,
  LESSON,
  openFromFile,
  useBrowser,
} from './browser.ts';
import { follow, liveServer } from './live-server.ts';

const PATIENT = ['--clients', '2', '--turn-timeout-ms', '600000'];

async function choose(page: Page, text: string): Promise<void> {
  const file = { name: 'a.jsonl', mimeType: 'text/plain', buffer: Buffer.from(text) };
  await page.locator('header input[type=file]').setInputFiles(file);
}

function trouble(page: Page, text: string): Promise<void> {
  return page.locator('.trouble', { hasText: text }).waitFor();
}

/** A page whose server says these lines, whatever the real one says. */
async function followLines(...lines: readonly string[]): Promise<{ page: Page; errors: string[] }> {
  const server = await liveServer('watch', ...PATIENT);
  const { page, errors } = await blankPage();
  await page.routeWebSocket('**/watch', (socket) => lines.forEach((line) => socket.send(line)));
  await page.goto(server.page);
  return { page, errors };
}

const told = (...messages: readonly Message[]): string => messages.map(writeLine).join('');
const greeting = told(hello(), { k: 'state', t: 0, rooms: [], people: [], all: 0 }, join(10, 1, 1));

describe.skipIf(!hasBrowser)('bad input', () => {
  useBrowser();

  test('page: rubbish on the socket is one sentence, and what follows is shown', async () => {
    const rubbish = [greeting, 'rubbish\n', '{"k":"join","t":-1}\n', '[]\n', '\n', told(join(20, 2))];
    const { page, errors } = await followLines(...rubbish);
    await trouble(page, 'Line 6 is damaged: expected a JSON object');
    expect(await page.locator('.trouble').count()).toBe(1);
    await page.locator('.lane', { hasText: 'client 2' }).waitFor();
    await page.locator('.trouble button', { hasText: 'Close' }).click();
    await expect.poll(() => page.locator('.trouble').count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test.each([
    { name: 'an older', v: 0 },
    { name: 'a newer', v: 2 },
  ])('page: $name contract is one sentence', async ({ v }) => {
    const { page, errors } = await followLines(greeting.replace('"v":1', `"v":${v}`), told(join(20, 2)));
    await trouble(page, `the format has version ${v}, and this program reads only version 1`);
    expect(await headline(page)).toBe('No data yet. The server has sent nothing.');
    expect(errors).toEqual([]);
  });

  test('page: a recording that is cut off, or damaged within, is shown as far as it goes', async () => {
    const { page, errors } = await openFromFile();
    await choose(page, LESSON.slice(0, LESSON.indexOf('"k":"quit"') + 40));
    await trouble(page, 'is cut off: the text ends within it');
    await page.keyboard.press('End');
    await page.locator('.lane').first().waitFor();
    const lines = LESSON.split('\n');
    await choose(page, [...lines.slice(0, 40), lines[40]?.slice(9), ...lines.slice(41)].join('\n'));
    await trouble(page, 'Line 41 is damaged: this is not JSON');
    await page.keyboard.press('End');
    await page.locator('h1', { hasText: 'Closed.' }).waitFor();
    expect(errors).toEqual([]);
  });

  test('page: a recording of another version leaves what is shown', async () => {
    const { page } = await openFromFile();
    await goTo(page, 4_600);
    const before = await headline(page);
    await choose(page, LESSON.replace('"v":1', '"v":2'));
    await trouble(
      page,
      'Line 1 cannot be read: the format has version 2, and this program reads only version 1',
    );
    expect(await headline(page)).toBe(before);
  });

  test('page: a name of every printable character is shown as it is, and breaks nothing', async () => {
    const name = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('');
    const { page, errors } = await blankPage({ offline: true });
    await goToFile(
      page,
      told(
        hello({}, { why: 'file' }),
        join(10, 1, 1),
        join(20, 2),
        { k: 'name', t: 30, c: 1, name },
        { k: 'turn', t: 40, room: 'main', n: 1, c: 1, seat: 1, state: 'waiting' },
        ...chunks(2, 'read', ['one\n'], { t: 50 }),
      ),
    );
    await page.keyboard.press('End');
    await page.locator('h1', { hasText: 'Waiting for' }).waitFor();
    expect(await headline(page)).toContain(`Waiting for ${name}.`);
    expect(await page.locator('.lane b').first().textContent()).toBe(name);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    expect(wide).toBe(false);
    expect(errors).toEqual([]);
  });

  test('page: a server that dies is one sentence; what was seen stays, and can be saved when it is back', async () => {
    const server = await liveServer('watch', ...PATIENT);
    const { page } = await follow(server);
    const [first] = [await server.dial(), await server.dial()];
    first.write('he');
    await page.locator('.lane', { hasText: 'half a line' }).waitFor();
    const seen = await page.locator('.lane').allTextContents();
    await server.kill();
    await trouble(page, 'The connection to the server is lost. What was seen is kept. The page tries again.');
    await page.locator('.badge.lost').waitFor();
    expect(await page.locator('.lane').allTextContents()).toEqual(seen);
    await liveServer('watch', ...PATIENT, '--http', new URL(server.page).host);
    await trouble(page, 'The server is back. A new session begins here.');
    await page.locator('h1', { hasText: 'Nobody is here.' }).waitFor();
    const saving = page.waitForEvent('download');
    await page.locator('.trouble button', { hasText: 'Save the session before' }).click();
    const saved = readFileSync(await (await saving).path(), 'utf8');
    const recorded = await blankPage({ offline: true });
    await goToFile(recorded.page, saved);
    await recorded.page.keyboard.press('End');
    await recorded.page.locator('.lane', { hasText: 'half a line' }).waitFor();
  });

  test('page: a recording that is opened beside a live session stays as it is', async () => {
    const server = await liveServer('watch', ...PATIENT);
    const { page } = await blankPage();
    const seen = new Promise<void>((resolve) => {
      page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => {
          if (String(payload).includes('"k":"join"')) resolve();
        }),
      );
    });
    await page.goto(server.page);
    await page.locator('.badge.open').waitFor();
    await choose(page, LESSON);
    await page.locator('.address', { hasText: '127.0.0.1:6679' }).waitFor();
    await page.keyboard.press('End');
    const shown = (): Promise<string[]> => page.locator('.clock, .lane').allTextContents();
    const before = await shown();
    await server.dial();
    await seen;
    await page.keyboard.press('Home');
    await page.keyboard.press('End');
    expect(await shown()).toEqual(before);
  });
});
