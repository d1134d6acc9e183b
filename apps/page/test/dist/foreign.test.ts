import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { blankPage, FOREIGN, hasBrowser, useBrowser } from './browser.ts';
import { follow, liveServer } from './live-server.ts';

/** An empty page of another origin. Gives its address. */
async function elsewhere(): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end('<!doctype html><title>elsewhere</title>');
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Opens a socket from a page. Gives what came of it. */
function opening(page: Page, url: string): Promise<string> {
  return page.evaluate(
    (to) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(to);
        socket.addEventListener('open', () => resolve('open'));
        socket.addEventListener('close', ({ code }) => resolve(`closed with ${code}`));
      }),
    url,
  );
}

describe.skipIf(!hasBrowser)('a foreign page', () => {
  useBrowser();

  test('page: its own page opens sockets, one of another origin, or of none, does not', async () => {
    const server = await liveServer('join', '--clients', '1');
    const { page: own } = await follow(server);
    const { host } = new URL(server.page);
    const { page } = await blankPage();
    await page.goto(await elsewhere());
    for (const path of ['watch', 'bridge?page=x']) {
      expect(await opening(own, `ws://${host}/${path}`)).toBe('open');
      expect(await opening(page, `ws://${host}/${path}`)).toBe('closed with 1006');
    }
    // A page made of data has the origin null.
    await page.goto('data:text/html,<title>nowhere</title>');
    expect(await page.evaluate(() => origin)).toBe('null');
    expect(await opening(page, `ws://${host}/watch`)).toBe('closed with 1006');
  });

  test('page: it cannot be framed', async () => {
    const server = await liveServer('join', '--clients', '1');
    const { page, errors } = await blankPage();
    await page.goto(await elsewhere());
    await page.evaluate(
      (src) =>
        new Promise((resolve) => {
          const frame = document.createElement('iframe');
          frame.addEventListener('load', resolve);
          frame.src = src;
          document.body.append(frame);
        }),
      server.page,
    );
    await expect.poll(() => errors.join()).toContain("frame-ancestors 'none'");
    expect(page.frames()[1]?.url()).not.toContain(new URL(server.page).host);
  });

  test('page: a foreign name that leads to this machine gets nothing', async () => {
    const server = await liveServer('join', '--clients', '1');
    const { port } = new URL(server.page);
    const { page } = await blankPage();
    const response = await page.goto(`http://${FOREIGN}:${port}/`);
    expect(response?.status()).toBe(421);
    expect(await page.locator('body').textContent()).toContain('Not a name of this server');
    expect(await opening(page, `ws://${FOREIGN}:${port}/watch`)).toBe('closed with 1006');
  });
});
