import { describe, expect, test } from 'vitest';
import { hasBrowser, useBrowser } from './browser.ts';
import { expectSmall } from './crowd.ts';
import { follow, liveServer } from './live-server.ts';

const CLIENTS = 1_000;

describe.skipIf(!hasBrowser)('a crowd', () => {
  useBrowser();

  test('page: a thousand real clients that send are few elements and little memory', async () => {
    const server = await liveServer('watch', '--order', 'fair');
    const { page, errors } = await follow(server);
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => server.dial()));
    await page.locator('.rules', { hasText: `${CLIENTS} here` }).waitFor();
    // Each sends when it has its answer.
    let answers = 0;
    for (const client of clients) {
      client.on('data', () => {
        if (++answers < 40 * CLIENTS) client.write('some words to be put in capitals\n');
      });
      client.write('first\n');
    }
    await expect.poll(() => answers, { timeout: 60_000 }).toBeGreaterThan(20 * CLIENTS);
    await page.locator('.ring.crowd').waitFor();
    await expectSmall(page);
    expect(errors).toEqual([]);
  });
});
