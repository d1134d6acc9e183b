import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { blankPage, goTo, goToFile, hasBrowser, headline, useBrowser } from './browser.ts';
import { follow, liveServer } from './live-server.ts';

/** What the page shows follows what the server does, soon. */
const SETTLES = { timeout: 20_000 };

const PATIENT = ['--clients', '3', '--turn-timeout-ms', '60000'];

async function waitForHeadline(page: Page, text: string): Promise<void> {
  // Beside other browsers a page that draws takes its time.
  await page.locator('.headline', { hasText: text }).waitFor({ timeout: 100_000 });
}

describe.skipIf(!hasBrowser)('a live server', () => {
  useBrowser();

  test('page: three clients, the second speaks early: it says whom all wait for, and who waits', async () => {
    const server = await liveServer('join', ...PATIENT);
    const { page, errors } = await follow(server);
    await server.dial();
    const second = await server.dial();
    second.write('early\n');
    await waitForHeadline(page, '1 line waits for the first turn.');
    await server.dial();
    await waitForHeadline(page, '1 line of client 2 waits behind it.');
    await expect
      .poll(() => headline(page), SETTLES)
      .toMatch(/^Waiting for client 1\. It has the turn and has sent nothing\./);
    await expect.poll(() => page.locator('.spoke').nth(1).locator('.bead').count(), SETTLES).toBe(1);
    await expect
      .poll(() => page.locator('.lane').allTextContents(), SETTLES)
      .toEqual(['1client 1has the turn', '2client 21 line waits', '3client 3nothing waits']);
    expect(errors).toEqual([]);
  });

  test('page: lines that are cut in the wrong places are torn and joined, as the chunks come', async () => {
    const server = await liveServer('join', '--clients', '1');
    const { page } = await follow(server);
    const client = await server.dial();
    for (const [i, part] of ['he', 'llo\nwor', 'ld\n'].entries()) {
      client.write(part);
      await page.locator('.row.read').nth(i).waitFor();
    }
    await page.locator('.notes', { hasText: 'WORLD' }).waitFor();
    expect(
      await page.locator('.row.read .pill').evaluateAll((all) => all.map(({ className }) => className)),
    ).toEqual([
      'pill is-line odd torn-right',
      'pill is-line odd torn-left',
      'pill is-line torn-right',
      'pill is-line torn-left',
    ]);
    await expect
      .poll(() => page.locator('.row.read .notes').last().textContent(), SETTLES)
      .toMatch(/^line 2 endsfrom read 2 → turn 2 .* → WORLD$/);
  });

  test('page: turns are held, served one by one, and go on', async () => {
    const server = await liveServer('hold', '--clients', '2', '--turn-timeout-ms', '60000');
    const { page, errors } = await follow(server);
    const [first, second] = [await server.dial(), await server.dial()];
    // A room that isn't there yet can't be held.
    await waitForHeadline(page, 'Waiting for client 1.');
    await page.getByRole('button', { name: 'hold the turns' }).click();
    const serveOne = page.getByRole('button', { name: 'serve one' });
    await waitForHeadline(page, 'The turns are held. Next: client 1.');
    expect(await serveOne.isDisabled()).toBe(true);
    second.write('early\n');
    await waitForHeadline(page, '1 line of client 2 waits behind it.');
    first.write('hello\n');
    await serveOne.click();
    await waitForHeadline(page, 'Next: client 2. 1 line of it waits.');
    expect(await page.locator('.hub-word').textContent()).toBe('held');
    await serveOne.click();
    await waitForHeadline(page, 'Next: client 1.');
    await page.getByRole('button', { name: 'hold the turns' }).click();
    await waitForHeadline(page, 'Waiting for client 1.');
    expect(
      server
        .recorded()
        .filter(({ k }) => k === 'turn')
        .map((one) => 'state' in one && one.state),
    ).toEqual(['waiting', 'held', 'served', 'served', 'waiting']);
    expect(errors).toEqual([]);
  }, 240_000);

  test('page: a client of the page writes what its tape says: two writes, so many bytes each', async () => {
    const server = await liveServer('join', '--clients', '1');
    const { page, errors } = await follow(server);
    await page.locator('button', { hasText: 'Join as a client' }).click();
    await page.locator('#say').fill('hello you');
    await page.locator('.you button', { hasText: 'cut in two' }).click();
    await expect
      .poll(() => page.locator('.plan').textContent(), SETTLES)
      .toBe('2 writes, 500 ms apart: 4 + 6 bytes');
    await page.locator('.you button', { hasText: 'Send' }).click();
    await page.locator('.row.write', { hasText: 'HELLO' }).waitFor();
    const reads = server.recorded().filter((message) => message.k === 'chunk' && message.d === 'read');
    expect(reads.map((message) => 'b' in message && message.b)).toEqual(['hell', 'o you\n']);
    await expect
      .poll(() => page.locator('.lane[aria-pressed=true]').textContent(), SETTLES)
      .toContain('client 1');
    expect(errors).toEqual([]);
  });

  test('page: FIN of a client is a half-close, and then come BYE and FIN of the server', async () => {
    const server = await liveServer('join', ...PATIENT);
    const { page } = await follow(server);
    const others = [await server.dial(), await server.dial()];
    await page.locator('button', { hasText: 'Join as a client' }).click();
    await page.locator('.you', { hasText: 'client 3' }).waitFor();
    await page.locator('#say').fill('last words');
    await page.locator('.you button', { hasText: 'in one' }).click();
    await page.locator('.you button', { hasText: 'Send' }).click();
    await page.locator('.ends button', { hasText: 'FIN' }).click();
    await page
      .locator('.notes', { hasText: 'Half-close: the client sends no more, but still reads.' })
      .waitFor();
    await expect.poll(() => page.locator('.spoke .cap').count(), SETTLES).toBe(1);
    await page.locator('.lane', { hasText: 'client 3' }).locator('.waits').waitFor();
    for (const other of others) other.write('one\n');
    await page.locator('.notes', { hasText: 'The server has ended its stream.' }).waitFor();
    const lastWrites = async (): Promise<string[]> =>
      (await page.locator('.row.write .bytes').allTextContents()).slice(-2);
    await expect
      .poll(lastWrites, SETTLES)
      .toEqual([expect.stringMatching(/LAST·WORDSLF.*BYE·end·of·inputLF$/), 'FIN']);
    await page.locator('.you', { hasText: 'Your connection is gone' }).waitFor();
  });

  test('page: after a reset the others go on, and what waited of the client is lost', async () => {
    const server = await liveServer('join', ...PATIENT);
    const { page } = await follow(server);
    const [first, second, third] = [await server.dial(), await server.dial(), await server.dial()];
    third.write('hi\nhow are');
    await page.locator('.lane', { hasText: 'half a line' }).waitFor();
    third.resetAndDestroy();
    await page.locator('.lane.gone', { hasText: 'client 3' }).click();
    await page.locator('.notes', { hasText: 'lost with the connection' }).waitFor();
    first.write('one\n');
    second.write('two\n');
    await page.locator('.lane', { hasText: 'client 1' }).locator('.holds').waitFor();
    await expect.poll(() => page.locator('.lane.gone').count(), SETTLES).toBe(1);
  });

  test('page: a quit is told to its end; then the page keeps the session, and what it saves shows the same', async () => {
    const server = await liveServer('join', ...PATIENT);
    const { page } = await follow(server);
    const clients = [await server.dial(), await server.dial(), await server.dial()];
    clients[1]!.write('early\n');
    await waitForHeadline(page, '1 line of client 2 waits behind it.');
    for (const client of clients) client.on('end', () => client.end());
    clients[2]!.write('/quit enough\n');
    await waitForHeadline(page, 'Closed. All 3 cleanly');
    await page.locator('.badge.lost').waitFor();
    await page.locator('button[aria-label="Pause"]').click();
    const moments: number[] = [];
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press('ArrowLeft');
      moments.push(Number(await page.locator('.scrub input').inputValue()));
    }
    const saving = page.waitForEvent('download');
    await page.locator('button[aria-label="Save the session"]').click();
    const saved = readFileSync(await (await saving).path(), 'utf8');
    const recorded = await blankPage({ offline: true });
    await goToFile(recorded.page, saved);
    for (const t of moments) {
      await goTo(page, t);
      await goTo(recorded.page, t);
      expect(await textOf(recorded.page)).toEqual(await textOf(page));
    }
    expect(recorded.errors).toEqual([]);
  });

  test('page: shows the token of its address and wipes it; without one, or with a wrong one, it asks', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'proto-token-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'token'), 's3cret-s3cret-s3cret\n');
    const server = await liveServer('join', '--clients', '1', '--page-token-file', join(folder, 'token'));
    const url = new URL(server.page);
    const { page, errors } = await blankPage();
    await page.goto(new URL('/', url).href);
    await page.locator('.badge.locked').waitFor();
    await page.locator('.token input').fill('wrong');
    await page.locator('.token button').click();
    await page.locator('.token input').fill('s3cret-s3cret-s3cret');
    await page.locator('.token button').click();
    await page.locator('.badge.open').waitFor();
    const second = await blankPage();
    await second.page.goto(new URL('/#t=s3cret-s3cret-s3cret', url).href);
    await second.page.locator('.badge.open').waitFor();
    expect(second.page.url()).toBe(new URL('/', url).href);
    await second.page.locator('button', { hasText: 'Join as a client' }).click();
    await second.page.locator('.you', { hasText: 'client 1' }).waitFor();
    expect([...errors, ...second.errors]).toEqual([]);
  });

  test('page: two pages see the same, and one that closes takes its client along', async () => {
    const server = await liveServer('join', '--clients', '1', '--order', 'fair');
    const [one, other] = [await follow(server), await follow(server)];
    await one.page.locator('button', { hasText: 'Join as a client' }).click();
    await other.page.locator('.lane', { hasText: 'client 1' }).waitFor();
    await one.page.locator('.you', { hasText: 'client 1' }).waitFor();
    await one.page.close();
    await other.page.locator('.lane.gone', { hasText: 'client 1' }).waitFor();
  });

  test('page: without the right to join it says so, and has no way in', async () => {
    const server = await liveServer('watch', '--clients', '1');
    const { page } = await follow(server);
    await expect
      .poll(() => page.locator('.you').textContent(), SETTLES)
      .toContain('This page can only watch');
    await expect.poll(() => page.locator('.you button').count(), SETTLES).toBe(0);
  });
});

/** What the page says of the moment that it shows. */
async function textOf(page: Page): Promise<readonly string[]> {
  const parts = [
    '.headline h1',
    '.headline .more',
    '.lane',
    '.spoke .state',
    '.measures article',
    '.chunks .row',
  ];
  return page.evaluate(
    (selectors) =>
      selectors.flatMap((selector) =>
        [...document.querySelectorAll(selector)].map((part) => part.textContent),
      ),
    parts,
  );
}
