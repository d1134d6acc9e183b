import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { tcpServer } from '../peer.ts';
import { figure, skip } from './figure.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-features=PrivateNetworkAccessSendPreflights,LocalNetworkAccessChecks',
];
const BODY = 'quit\nhello\n/quit\n/join elsewhere\n';

/** A server that everybody's quit would close, and what has come of the web pages' wishes. */
async function house(): Promise<{ url: string; executed: () => number; spoke: () => number }> {
  const { server, address } = await tcpServer({ order: 'free', quit: 'all' });
  let quits = 0;
  let spoke = 0;
  server.on('quit', () => quits++);
  // A line that is answered was executed; the room of a page that moved would be there.
  server.on('send', ({ line }) => {
    if (!/^\* (?:WELCOME|HERE|JOIN|LEAVE) /.test(line)) quits++;
  });
  server.on('cut', ({ code }) => (spoke += Number(code === 'HTTP')));
  return {
    url: `http://${address}/`,
    executed: () => quits + [...server.status()].filter(({ room }) => room !== 'main').length,
    spoke: () => spoke,
  };
}

test('F28: what fetch posts is closed, and nothing in it is executed', async () => {
  const { url, executed, spoke } = await house();
  for (const method of ['POST', 'PUT', 'GET', 'DELETE', 'OPTIONS']) {
    const body = method === 'GET' ? {} : { body: BODY };
    await expect(fetch(url, { method, ...body })).rejects.toThrow('fetch failed');
  }
  await expect(fetch(`${url}%0aquit%0a`, { method: 'POST', body: BODY.repeat(10_000) })).rejects.toThrow(
    'fetch failed',
  );
  expect(spoke()).toBe(6);
  expect(executed()).toBe(0);
  figure({ id: 'F28', what: 'executed of what fetch posted', value: executed(), unit: '', atMost: 0 });
});

function chromiumPath(): string | undefined {
  try {
    return execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

const executablePath = chromiumPath();
if (executablePath === undefined) skip('F28', 'there is no chromium (Debian package chromium)');

test.runIf(executablePath !== undefined)('F28: nor is what a page in Chromium posts', async () => {
  const { url, executed, spoke } = await house();
  const pages = createHttpServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html>'),
  );
  pages.listen(0, '127.0.0.1');
  await once(pages, 'listening');
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    headless: true,
    args: FLAGS,
  });
  onTestFinished(async () => {
    await browser.close();
    pages.close();
  });
  const tab = await browser.newPage();
  await tab.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/`);
  const post = `fetch(url, { method: 'POST', mode: 'no-cors', body })`;
  const ways = [
    post,
    `fetch(url, { method: 'POST', mode: 'no-cors', body, keepalive: true })`,
    `fetch(url, { method: 'PUT', body, headers: { 'x-a': 'b' } })`,
    `Promise.resolve(navigator.sendBeacon(url, body))`,
    `new Promise((resolve) => { const socket = new WebSocket(url.replace('http', 'ws')); socket.onclose = resolve; })`,
    `new Promise((resolve) => { const image = new Image(); image.onerror = resolve; image.src = url + '%0aquit%0a'; })`,
  ];
  for (const way of ways) {
    await tab.evaluate(
      `((url, body) => ${way}.catch(() => {}))(${JSON.stringify(url)}, ${JSON.stringify(BODY)})`,
    );
  }
  await tab.setContent(
    `<form action="${url}" method="post" enctype="text/plain"><textarea name="quit&#10;x">${BODY}</textarea></form>`,
  );
  await tab.evaluate(`document.querySelector('form').submit()`);
  await expect.poll(spoke, { timeout: 10_000 }).toBeGreaterThanOrEqual(ways.length + 1);
  expect(executed()).toBe(0);
  figure({ id: 'F28', what: 'executed of what Chromium posted', value: executed(), unit: '', atMost: 0 });
});
