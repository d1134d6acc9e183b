import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, onTestFinished, test } from 'vitest';
import { blankPage, DIST, goTo, hasBrowser, openFromFile, TABS, useBrowser } from './browser.ts';
import { crowdSession } from './crowd.ts';
import { liveServer } from './live-server.ts';
import { nodesSession } from './nodes.ts';

/** With a rule that axe knows but does not apply by itself: what is pressed is large enough, or stands alone. */
const ALL: axe.RunOptions = { rules: { 'target-size': { enabled: true } } };

/** All that can differ between light and dark. */
const COLOURS: axe.RunOptions = { runOnly: ['color-contrast'] };

/**
 * What axe finds wrong on the page as it is shown: the rule, and the element.
 *
 * The debugger evaluates the source of axe, so the page keeps its policy: nothing in it is loosened for the test.
 */
async function violations(page: Page, rules: axe.RunOptions): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const { violations: sure, incomplete } = await page.evaluate(
    (options) => (window as unknown as { axe: typeof axe }).axe.run(options),
    rules,
  );
  // Text in the colour of its ground could be hidden on purpose, so axe is not sure. Nothing here is.
  const unseen = incomplete.map(({ id, nodes }) => ({ id, nodes: nodes.filter(isUnseen) }));
  return [...sure, ...unseen].flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

function isUnseen({ any }: axe.NodeResult): boolean {
  return any.some(({ data }) => (data as { messageKey?: string } | null)?.messageKey === 'equalRatio');
}

/** Shows the other theme, light or dark. */
async function otherTheme(page: Page): Promise<void> {
  const before = await page.locator('html').getAttribute('data-theme');
  await page.locator('button[aria-label="Light or dark"]').click();
  await page.locator(`html:not([data-theme=${before}])`).waitFor();
}

/** In the theme that is shown no rule is broken, in the other none about colours. */
async function expectNoViolation(page: Page, what: string): Promise<void> {
  expect({ what, violations: await violations(page, ALL) }).toEqual({ what, violations: [] });
  await otherTheme(page);
  expect({ what, other: await violations(page, COLOURS) }).toEqual({ what, other: [] });
  await otherTheme(page);
}

describe.skipIf(!hasBrowser)('what axe knows about access', () => {
  useBrowser();

  test.each([4_600, 14_800, 19_500])('page: a recording at %i ms breaks no rule', async (t) => {
    const { page } = await openFromFile();
    await goTo(page, t);
    await expectNoViolation(page, `${t} ms`);
  });

  test.each([
    { t: 8_000, width: 1_280, height: 800 },
    { t: 11_000, width: 390, height: 844 },
    { t: 15_000, width: 390, height: 844 },
  ])('page: with several nodes at $t ms it breaks no rule at $width pixels', async ({ t, ...viewport }) => {
    const { page } = await openFromFile(nodesSession(), { viewport });
    await goTo(page, t);
    await page.locator('.nodes').waitFor();
    await expectNoViolation(page, `nodes at ${t} ms`);
  });

  test('page: with the keys, the table and all switches open it breaks no rule', async () => {
    const { page } = await openFromFile();
    await goTo(page, 5_500);
    await page.keyboard.press('1');
    await page.locator('.transport button', { hasText: 'table' }).click();
    await page.locator('.you button', { hasText: 'more' }).click();
    await page.locator('button[aria-label="Keys"]').click();
    await page.locator('.keys').waitFor();
    await page.locator('.you button', { hasText: 'garbage' }).click();
    await expectNoViolation(page, 'open');
  });

  test('page: on a phone no tab breaks a rule', async () => {
    const { page } = await openFromFile(undefined, { viewport: { width: 390, height: 844 } });
    await goTo(page, 5_500);
    for (const tab of TABS) {
      await page.locator('.tabs button', { hasText: tab }).click();
      await expectNoViolation(page, tab);
    }
  });

  test('page: a live server with clients, one of them of the page, breaks no rule under its policy', async () => {
    const server = await liveServer('hold', '--clients', '3', '--turn-timeout-ms', '60000');
    const { page, errors } = await blankPage();
    await page.goto(server.page);
    const second = await server.dial();
    await page.locator('button', { hasText: 'Join as a client' }).waitFor();
    await expectNoViolation(page, 'an invitation');
    await page.locator('button', { hasText: 'Join as a client' }).click();
    await page.locator('.you', { hasText: 'client 2' }).waitFor();
    await server.dial();
    second.write('he');
    await page.locator('.lane', { hasText: 'half a line' }).waitFor();
    await page.locator('.switch[aria-pressed]', { hasText: 'deaf' }).click();
    await page.locator('button', { hasText: 'hold the turns' }).click();
    await page.locator('button[aria-pressed=true]', { hasText: 'hold the turns' }).waitFor();
    await expectNoViolation(page, 'joined');
    expect(errors).toEqual([]);
  });

  test('page: the form that asks for a token breaks no rule', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'proto-token-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'token'), 's3cret-s3cret-s3cret\n');
    const server = await liveServer('join', '--page-token-file', join(folder, 'token'));
    const { page } = await blankPage();
    await page.goto(new URL('/', server.page).href);
    await page.locator('.token').waitFor();
    await expectNoViolation(page, 'a token');
  });

  test('page: without a session, and with a crowd, it breaks no rule', async () => {
    const { page } = await openFromFile(crowdSession(1_000));
    await goTo(page, 9_000);
    await expectNoViolation(page, 'a crowd');
    await page.goto(pathToFileURL(join(DIST, 'index.html')).href);
    await page.locator('.start').waitFor();
    await expectNoViolation(page, 'no session');
  });
});
