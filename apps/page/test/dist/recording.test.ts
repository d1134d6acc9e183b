import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nextEvent } from '../../src/model/steps.ts';
import { why } from '../../src/model/why.ts';
import { type Message, writeLine } from '@proto/watch';
import { chunks, factsOf, hello, join, lesson, turn } from '../model/told.ts';
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

describe.skipIf(!hasBrowser)('a recording', () => {
  useBrowser();

  test('page: opens from a file with the network off, asks for nothing else, and says why nothing happens', async () => {
    const { page, errors, requests } = await openFromFile();
    await goTo(page, 4_600);
    expect(await headline(page)).toBe(
      'Waiting for client 1. It has sent “he”: 2 bytes and no line end. 3 lines of client 2 and client 3 wait behind it.',
    );
    expect(await page.locator('.lane').allTextContents()).toEqual([
      '1client 1has the turnhalf a line',
      '2client 22 lines wait',
      '3client 31 line waits',
    ]);
    expect(await page.locator('.spoke').nth(1).locator('.bead').count()).toBe(2);
    expect(requests.filter((url) => !/^(?:file|data):/.test(url))).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('page: event by event, forward and back, it says what the model says about that moment', async () => {
    const { page } = await openFromFile();
    const facts = factsOf(...lesson());
    let t = 0;
    const walk = [...Array<1>(40).fill(1), ...Array<-1>(12).fill(-1), ...Array<1>(30).fill(1)];
    for (const by of walk) {
      await page.keyboard.press(by === 1 ? 'ArrowRight' : 'ArrowLeft');
      t = nextEvent(facts, t, by) ?? t;
      await page.locator('.clock', { hasText: `${(t / 1_000).toFixed(2)} s` }).waitFor();
      const { head, more } = why(facts, 'main', t);
      const parts = head.map((part) =>
        typeof part === 'string' ? part : part.name || `client ${part.seat}`,
      );
      expect(await headline(page)).toBe(`${parts.join('')} ${more}`);
    }
  });

  test('page: a line that came in three reads is torn where it was cut, and its rows are joined', async () => {
    const { page } = await openFromFile();
    await goTo(page, 5_500);
    await page.keyboard.press('1');
    const reads = page.locator('.row.read');
    expect(await reads.locator('.bytes').allTextContents()).toEqual(['he', 'lloLFwor', 'ldLF']);
    const torn = await reads
      .locator('.pill')
      .evaluateAll((pills) =>
        pills.map(({ classList }) =>
          ['torn-left', 'torn-right'].filter((name) => classList.contains(name)).join(),
        ),
      );
    expect(torn).toEqual(['torn-right', 'torn-left', 'torn-right', 'torn-left']);
    const rails = await page
      .locator('.row .rail')
      .evaluateAll((all) => all.map(({ className }) => className));
    expect(rails.slice(-5)).toEqual([
      'rail below knot',
      'rail above below knot',
      'rail above below',
      'rail above knot',
      'rail',
    ]);
    expect(await reads.locator('.notes').allTextContents()).toEqual([
      'line 1 beginsno line end yet',
      'line 1 endsfrom read 1 → turn 1 at once → HELLOline 2 beginsno line end yet',
      'line 2 endsfrom read 2 → turn 4 at once → WORLD',
    ]);
  });

  test('page: the newest rows stay in view when the list shrinks, unless the user has scrolled away', async () => {
    const deaf = new URL('../../lessons/8.jsonl', import.meta.url);
    const { page } = await openFromFile(readFileSync(deaf, 'utf8'));
    const rows = page.locator('.chunks');
    const below = (): Promise<number> =>
      rows.evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);
    await goTo(page, 14_400);
    await page.setViewportSize({ width: 1_280, height: 540 });
    await expect.poll(() => rows.evaluate(({ clientHeight }) => clientHeight)).toBeLessThan(250);
    await expect.poll(below).toBeLessThan(24);
    await rows.evaluate((list) => list.scrollTo(0, 100));
    await page.setViewportSize({ width: 1_280, height: 520 });
    await goTo(page, 19_000);
    expect(await rows.evaluate(({ scrollTop }) => scrollTop)).toBe(100);
  });

  test('page: a reset leaves a ghost, and waiting lines are lost', async () => {
    const { page } = await openFromFile();
    await goTo(page, 14_800);
    expect(await page.locator('.spoke.reset .cross').count()).toBe(1);
    await page.locator('.lane', { hasText: 'client 4' }).click();
    expect(await page.locator('.notes').allTextContents()).toContain(
      'line 1 wholelost with the connectionline 2 beginsno line end yet',
    );
    expect(await page.locator('.end-mark.RST').count()).toBeGreaterThan(0);
  });

  test('page: a quit is shown phase by phase', async () => {
    const { page } = await openFromFile();
    const facts = factsOf(...lesson());
    const [quit] = facts.quits;
    await goTo(page, Math.ceil(quit!.done!.t) + 1);
    expect(await headline(page)).toMatch(/^Closed\. All 3 cleanly, in \d+ ms\.$/);
    expect(await page.locator('.spoke .state').allTextContents()).toEqual([
      'BYE, FIN',
      'BYE, FIN',
      'BYE, FIN',
    ]);
  });

  test('page: what a peer sent is shown and never run', async () => {
    const { page, errors } = await blankPage();
    const evil = '<img src=x onerror=alert(1)></script><b>';
    await goToFile(
      page,
      LESSON.replaceAll('early bird', evil).replaceAll('"len":11,"b":"<', `"len":${evil.length + 1},"b":"<`),
    );
    await goTo(page, 1_700);
    expect(await page.locator('.pill.is-line').allTextContents()).toEqual([`${evil.replaceAll(' ', '·')}LF`]);
    expect(await page.locator('img').count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test('page: a chosen file replaces the session, and a damaged one is reported', async () => {
    const { page } = await openFromFile();
    const chosen = page.locator('header input[type=file]');
    const file = (text: string) => ({ name: 'a.jsonl', mimeType: 'text/plain', buffer: Buffer.from(text) });
    await chosen.setInputFiles(file('no recording\n'));
    await page.locator('.trouble', { hasText: 'Line 1 is damaged' }).waitFor();
    expect(await page.locator('.address').textContent()).toBe('127.0.0.1:6679');
    await chosen.setInputFiles(file(LESSON.replaceAll('127.0.0.1:6679', '127.0.0.1:7777')));
    await page.locator('.address', { hasText: '127.0.0.1:7777' }).waitFor();
    expect(await page.locator('.trouble').count()).toBe(0);
  });

  test('page: the tape shows the bytes of the next write, whatever becomes of the line', async () => {
    const { page } = await openFromFile();
    const press = (name: string): Promise<void> => page.locator('.you button', { hasText: name }).click();
    const plan = (): Promise<string | null> => page.locator('.plan').textContent();
    expect(await page.locator('.tape .part').allTextContents()).toEqual(['he', 'lloLF']);
    await page.locator('.snip').nth(1).click();
    expect(await plan()).toBe('1 write of 6 bytes');
    await press('CR LF');
    await press('more');
    await press('garbage');
    expect(await page.locator('.tape').textContent()).toBe('FFhelloCRLF');
    await press('drip');
    expect(await plan()).toBe('8 writes, 500 ms apart: 1 byte each');
    await press('in one');
    await press('long');
    expect(await plan()).toBe('1 write of 1028 bytes');
    expect(await page.locator('.tape .left-out').textContent()).toBe('… 908 more bytes');
    expect(await page.locator('.you button', { hasText: 'Send' }).isDisabled()).toBe(true);
  });

  test('page: where there are several rooms it shows the busiest, and any that is chosen', async () => {
    const row = { want: 2, turn: 1, waiting: 0 };
    const messages: Message[] = [
      hello({}, { why: 'file' }),
      join(10, 1, 1),
      join(20, 2, 2),
      turn(30, 7, 1, 'waiting'),
      { ...join(40, 3), room: 'side', seat: 1, have: 1 },
      ...chunks(2, 'read', ['one\n'], { t: 50 }),
      ...chunks(3, 'read', ['a\nb\n'], { t: 60 }),
      {
        k: 'rooms',
        t: 100,
        rooms: [
          { ...row, room: 'main', have: 2, waiting: 1, turn: 7, waitedFor: 1 },
          { ...row, room: 'side', have: 1, waiting: 2 },
        ],
      },
    ];
    const { page } = await openFromFile(messages.map(writeLine).join(''));
    await page.keyboard.press('End');
    await page.locator('h1', { hasText: 'Waiting for 1 more to connect.' }).waitFor();
    expect(await page.locator('.rooms option').allTextContents()).toEqual([
      'side: 1 of 2 here, 2 waiting',
      'main: 2 here, 1 waiting',
    ]);
    await page.locator('.rooms').selectOption('main');
    await page.locator('h1', { hasText: 'Waiting for 1client 1.' }).waitFor();
    expect(await page.locator('.lane b').allTextContents()).toEqual(['client 1', 'client 2']);
  });
});
