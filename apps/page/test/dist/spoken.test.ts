import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { blankPage, goToFile, hasBrowser, useBrowser } from './browser.ts';
import { liveServer } from './live-server.ts';

/** What a screen reader was told, and when on the clock of the page. In milliseconds. */
interface Told {
  readonly at: number;
  readonly text: string;
}

/** An empty page whose clock stands still. */
async function frozenPage(): Promise<Page> {
  const { page } = await blankPage();
  await page.clock.install({ time: 0 });
  await page.clock.pauseAt(1_000);
  return page;
}

/** Keeps every change of the live region, with all its text. */
async function listen(page: Page): Promise<() => Promise<readonly Told[]>> {
  await page.evaluate(() => {
    const told: Told[] = [];
    const region = document.querySelector('[aria-live=polite]')!;
    const keep = (): unknown => told.push({ at: Date.now(), text: region.textContent });
    new MutationObserver(keep).observe(region, { subtree: true, childList: true, characterData: true });
    Object.assign(window, { told });
  });
  return () => page.evaluate(() => (window as unknown as { told: Told[] }).told);
}

/** The shortest time between two announcements. In milliseconds. */
function shortestGap(told: readonly Told[]): number {
  return Math.min(...told.slice(1).map(({ at }, i) => at - told[i]!.at));
}

/** Lets the clock of the page run until this is said. */
async function hear(page: Page, text: string): Promise<void> {
  const said = async (): Promise<string | null> => {
    await page.clock.runFor(250);
    return page.locator('[aria-live=polite]').textContent();
  };
  await expect.poll(said, { timeout: 20_000 }).toBe(text);
}

describe.skipIf(!hasBrowser)('what a screen reader says', () => {
  useBrowser();

  test('page: of a recording it says who has the turn, why nothing happens, and who waits', async () => {
    const page = await frozenPage();
    await goToFile(page);
    const told = await listen(page);
    await page.locator('.play').click();
    await page.clock.runFor(24_000);
    const all = await told();
    expect(shortestGap(all)).toBeGreaterThanOrEqual(3_000);
    expect(all.map(({ text }) => text)).toEqual([
      'Nobody is here. The first turn comes when 3 clients are here.',
      'Turn 1. Waiting for client 1. It has the turn and has sent nothing. 3 lines of client 2 and client 3 wait behind it.',
      'Turn 7. Waiting for client 1. It has the turn and has sent nothing. 2 lines of client 3 wait behind it.',
      'Turn 11. Waiting for client 2. It has the turn and has sent nothing. 1 line of client 3 waits behind it.',
      'Turn 14. Waiting for client 3. It has the turn and has sent nothing. 1 line of client 4 waits behind it.',
      // Over for two seconds, but too important to be left out.
      'Turn 14. The event loop was blocked for 185 ms. Meanwhile no socket is read and nobody is served. A handler that computes can cause this. Client 3 has the turn.',
      // The last of these lines comes in the quarter of a second in which this is said.
      expect.stringMatching(
        /^Turn 19\. Waiting for client 3\. It has the turn and has sent nothing\. (?:4 lines of client 1 and client 6|3 lines of client 1) wait behind it\.$/,
      ),
      'Closed. All 3 cleanly, in 1 ms.',
    ]);
  });

  test('page: of a live server it says the same, which client is that of the page, and whether it is live', async () => {
    const server = await liveServer('join', '--clients', '3', '--turn-timeout-ms', '60000');
    const page = await frozenPage();
    await page.goto(server.page);
    await page.getByRole('status').filter({ hasText: 'live' }).waitFor();
    const told = await listen(page);
    await hear(page, 'Nobody is here. The first turn comes when 3 clients are here.');
    const first = await server.dial();
    await hear(page, 'Waiting for 2 more to connect. 1 of 3 are here. No line waits yet.');
    const second = await server.dial();
    await hear(page, 'Waiting for 1 more to connect. 2 of 3 are here. No line waits yet.');
    second.write('early\n');
    await hear(page, 'Waiting for 1 more to connect. 2 of 3 are here. 1 line waits for the first turn.');
    await page.locator('button', { hasText: 'Join as a client' }).click();
    const behind = '1 line of client 2 waits behind it.';
    await hear(page, `Turn 1. Waiting for client 1. It has the turn and has sent nothing. ${behind}`);
    first.write('he');
    await hear(page, `Turn 1. Waiting for client 1. It has sent “he”: 2 bytes and no line end. ${behind}`);
    first.write('llo\n');
    const alone = 'It has the turn and has sent nothing. Nobody else has a line waiting.';
    await hear(page, `Turn 3. Waiting for client 3 (you). ${alone}`);
    await page.locator('.ends button', { hasText: 'RST' }).click();
    await hear(page, `Turn 3. Waiting for client 1. ${alone}`);
    await page.clock.runFor(4_000);
    // A busy machine may block the server.
    const all = (await told()).filter(({ text }) => !text.includes('The event loop was blocked'));
    expect(all.length).toBe(8);
    expect(shortestGap(all)).toBeGreaterThanOrEqual(3_000);
  });
});
