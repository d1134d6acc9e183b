import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Certificates } from '../../../server/test/certificates.ts';
import { hasBrowser, useBrowser } from './browser.ts';
import { follow, liveServer } from './live-server.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'proto-join-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

function press(page: Page, name: string): Promise<void> {
  return page.locator('.you button', { hasText: name }).click();
}

describe.skipIf(!hasBrowser)('a client of the page', () => {
  useBrowser();
  const { authority, server: own } = new Certificates();

  test('page: joins over TLS with a certificate that nobody has signed, and its writes and its reset are real', async () => {
    const server = await liveServer(
      'join',
      '--clients',
      '1',
      '--tls-cert',
      authority.cert,
      '--tls-key',
      authority.key,
    );
    const { page, errors } = await follow(server);
    await press(page, 'Join as a client');
    await page.locator('.you', { hasText: 'client 1' }).waitFor();
    await page.locator('#say').fill('hello you');
    await press(page, 'cut in two');
    await press(page, 'Send');
    await page.locator('.row.write', { hasText: 'HELLO' }).waitFor();
    const reads = server.recorded().filter((message) => message.k === 'chunk' && message.d === 'read');
    expect(reads.map((message) => 'b' in message && message.b)).toEqual(['hell', 'o you\n']);
    await press(page, 'RST');
    await page.locator('.you', { hasText: 'Your connection is gone: reset.' }).waitFor();
    await page.locator('.end-mark.RST').first().waitFor();
    expect(errors).toEqual([]);
  });

  test('page: says why it cannot join where its certificate is not trusted', async () => {
    const tls = ['--tls-cert', own.cert, '--tls-key', own.key, '--tls-ca', own.cert];
    const { page } = await follow(await liveServer('join', '--clients', '1', ...tls));
    await press(page, 'Join as a client');
    await page.locator('.you', { hasText: 'the server requires a client certificate (--tls-ca)' }).waitFor();
  });

  test('page: joins on a Unix socket, which has no RST', async () => {
    const server = await liveServer('join', '--clients', '1', '--socket', join(folder(), 'socket'));
    const { page } = await follow(server);
    await press(page, 'Join as a client');
    await page.locator('.you', { hasText: 'client 1' }).waitFor();
    await press(page, 'Send');
    await page.locator('.row.write', { hasText: 'HELLO' }).waitFor();
    expect(await page.locator('.ends button', { hasText: 'RST' }).isDisabled()).toBe(true);
    expect(await page.locator('.ends').textContent()).toContain('A Unix socket has no RST.');
    await press(page, 'FIN');
    await page.locator('.you', { hasText: 'Your connection is gone' }).waitFor();
  });

  test('page: a client of the page that does not read is shown so, and then dropped', async () => {
    const flags = ['--deliver', 'others', '--order', 'free', '--max-outbox-bytes', String(8 * 1_048_576)];
    const server = await liveServer('join', ...flags);
    const { page } = await follow(server);
    await press(page, 'Join as a client');
    await page.locator('.you', { hasText: 'client 1' }).waitFor();
    await press(page, 'deaf');
    const flooder = await server.dial();
    const text = `${'x'.repeat(999)}\n`.repeat(64);
    // How much the kernel takes is not known: it goes on until the page shows what it waits for.
    const floodUntil = async (shown: Locator): Promise<void> => {
      while ((await shown.count()) === 0) await new Promise((resolve) => void flooder.write(text, resolve));
    };
    await floodUntil(page.locator('.headline', { hasText: 'client 1 is not reading.' }));
    // A line that stands upright has no width.
    await page.locator('.spoke .outbox').waitFor({ state: 'attached' });
    await page.locator('.spoke .state', { hasText: 'not reading' }).waitFor();
    // The log would do, but the flood may push the line out of it before anybody looks.
    await floodUntil(page.locator('.you', { hasText: 'the server ended it: did not read' }));
    expect(
      server.recorded().some((message) => message.k === 'drop' && message.reason === 'did not read'),
    ).toBe(true);
  });

  test('page: where clients need a token, it says so, and gets its seat with one', async () => {
    const file = join(folder(), 'token');
    writeFileSync(file, 's3cret-s3cret-s3cret\n');
    const { page } = await follow(await liveServer('join', '--clients', '1', '--token-file', file));
    await press(page, 'Join as a client');
    await page
      .locator('.you', { hasText: 'This server asks for a token. Send /auth and the token.' })
      .waitFor();
    await page.locator('#say').fill('/auth s3cret-s3cret-s3cret');
    await press(page, 'Send');
    await page.locator('.you', { hasText: 'client 1' }).waitFor();
  });

  test('page: without the right token its client does not join, and the page says why', async () => {
    const file = join(folder(), 'token');
    writeFileSync(file, 's3cret-s3cret-s3cret\n');
    const server = await liveServer('join', '--clients', '1', '--page-token-file', file);
    const { page } = await follow({
      ...server,
      page: `${new URL('/', server.page).href}#t=s3cret-s3cret-s3cret`,
    });
    await page.evaluate(() => sessionStorage.setItem('proto-token', 'another'));
    await press(page, 'Join as a client');
    await page
      .locator('.you', { hasText: 'Your connection is gone: the token of the page is wrong.' })
      .waitFor();
    await page.evaluate(() => sessionStorage.clear());
    await press(page, 'Join as a client');
    await page.locator('.you', { hasText: 'Your connection is gone: the page has no token.' }).waitFor();
    expect(server.recorded().some(({ k }) => k === 'join')).toBe(false);
  });

  test('page: a client that is one too many is refused in words', async () => {
    const { page } = await follow(await liveServer('join', '--clients', '1'));
    await page.evaluate(async () => {
      for (let i = 0; i < 32; i++) {
        const socket = new WebSocket(`/bridge?page=${i >> 2}`);
        await new Promise((resolve) => socket.addEventListener('message', resolve, { once: true }));
      }
    });
    await press(page, 'Join as a client');
    await page
      .locator('.you', { hasText: 'Your connection is gone: pages have 32 clients, or this one 4' })
      .waitFor();
  });
});
