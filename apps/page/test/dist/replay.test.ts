import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { blankPage, DIST, goTo, hasBrowser, headline, LESSON, useBrowser } from './browser.ts';
import { liveServer, replayServer } from './live-server.ts';

const [, , THIRD] = JSON.parse(readFileSync(join(DIST, 'lessons.json'), 'utf8')) as {
  title: string;
  try: string;
}[];

describe.skipIf(!hasBrowser)('what --replay shows', () => {
  useBrowser();

  test('page: from a lesson to the server set up for it, where one can join, and back', async () => {
    const { page, errors } = await blankPage();
    const server = await liveServer('join', '--replay', 'lesson:3');
    await page.goto(`${server.page}lesson-3.html`);
    await page.getByRole('link', { name: 'Try it yourself' }).click();
    await page.locator('.badge.open').waitFor();
    expect(page.url()).toBe(`${server.page}#lesson=3`);
    expect(await page.locator('.lesson h2').textContent()).toBe(`Lesson 3 ${THIRD!.title}`);
    expect(await page.locator('.task').textContent()).toBe(THIRD!.try);
    expect(await page.locator('.lesson code').count()).toBe(0);
    await page.getByRole('button', { name: 'Join as a client' }).click();
    await page.locator('.lane b', { hasText: 'client 1' }).waitFor();
    await page.getByRole('link', { name: 'Back to the lesson' }).click();
    await page.locator('.caption').waitFor();
    expect(page.url()).toBe(`${server.page}lesson-3.html`);
    expect(errors).toEqual([]);
  });

  test('page: a server that is set up for a lesson says what to try, and one for another says what to start', async () => {
    const server = await liveServer('join', '--replay', 'lesson:3');
    const { page } = await blankPage();
    await page.goto(server.page);
    await page.locator('.lesson h2', { hasText: 'Lesson 3' }).waitFor();
    await page.goto(`${server.page}#t=a-token&lesson=5`);
    await page.reload();
    await page.locator('.lesson code').waitFor();
    expect(page.url()).toBe(`${server.page}#lesson=5`);
    expect(await page.locator('.lesson code').textContent()).toBe('npm run page -- --replay lesson:5');
  });

  test('page: where no server answers, it says what to start, and offers the lessons', async () => {
    const site = createServer(({ url = '/' }, response) => {
      const file = join(DIST, url === '/' ? 'index.html' : url);
      response.setHeader(
        'content-type',
        { '.js': 'text/javascript', '.css': 'text/css' }[extname(file)] ?? 'text/html',
      );
      if (existsSync(file)) response.end(readFileSync(file));
      else response.writeHead(404).end();
    });
    onTestFinished(() => void site.close());
    await new Promise<void>((resolve) => void site.listen(0, '127.0.0.1', resolve));
    const { page } = await blankPage();
    await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/lesson-5.html`);
    await page.getByRole('link', { name: 'Try it yourself' }).click();
    await page.locator('.badge', { hasText: 'no server' }).waitFor();
    expect(await page.locator('.lesson p.aside').textContent()).toBe(
      'No server answers. Start one: npm run page -- --replay lesson:5',
    );
    expect(await page.getByRole('list', { name: 'Lessons' }).locator('a').count()).toBe(10);
  });

  test('page: without a lesson there is no panel, and the header leads to the lessons', async () => {
    const server = await liveServer('watch');
    const { page } = await blankPage();
    await page.goto(server.page);
    await page.locator('.badge.open').waitFor();
    expect(await page.locator('.lesson').count()).toBe(0);
    await page.locator('header').getByRole('button', { name: 'Lessons' }).click();
    await page.getByRole('link', { name: THIRD!.title }).click();
    await page.locator('.caption').waitFor();
    expect(page.url()).toBe(`${server.page}lesson-3.html`);
  });

  test('page: a file is shown alone, under the policy of the server', async () => {
    const { page, errors } = await blankPage();
    await page.goto(await replayServer(LESSON));
    await page.waitForSelector('[data-ready=file]');
    await goTo(page, 4_600);
    expect(await headline(page)).toContain('Waiting for client 1.');
    expect(await page.locator('header').getByRole('button', { name: 'Lessons' }).count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test.each([
    ['damaged', LESSON.replace('"k":"join"', '"k":"join'), /^Line \d+ is damaged: /],
    ['cut', LESSON.slice(0, -40), /^Line \d+ is cut off: the text ends within it/],
    ['foreign in parts', `${LESSON}{"k":"hello","v":2}\n`, /^Line \d+ cannot be read: /],
  ])('page: of a file that is %s, it says where, and shows the rest', async (_, recording, words) => {
    const { page } = await blankPage();
    await page.goto(await replayServer(recording));
    expect(await page.locator('.trouble').textContent()).toMatch(words);
    await goTo(page, 4_600);
    expect(await headline(page)).toContain('Waiting for client 1.');
  });

  test.each([
    ['another version', LESSON.replace('"v":1', '"v":2'), /^Line 1 cannot be read: /],
    ['no recording', 'hello\n', /^Line 1 is damaged: /],
    ['nothing', '', /^This file is not a recording: it has no hello\./],
  ])('page: of a file that is %s, it says so, and nothing else is asked for', async (_, recording, words) => {
    const { page, errors, requests } = await blankPage();
    const address = await replayServer(recording);
    await page.goto(address);
    expect(await page.locator('.trouble').textContent()).toMatch(words);
    expect(requests.filter((url) => !url.startsWith(address) && !url.startsWith('data:'))).toEqual([]);
    expect(errors).toEqual([]);
  });
});
