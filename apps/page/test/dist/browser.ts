import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { CHROMIUM, DIST, pageWith } from '../../tools/chromium.ts';
import { LESSON } from '../../tools/sessions.ts';
import { found } from './found.ts';

export { DIST, goTo, pageWith } from '../../tools/chromium.ts';
export { LESSON } from '../../tools/sessions.ts';

const executablePath = found('chromium', CHROMIUM);

export const hasBrowser: boolean = executablePath !== undefined;

/** The parts of the page that a phone shows one at a time. */
export const TABS: readonly string[] = ['Now', 'Time', 'Wire', 'Fair', 'You'];

/** Writes the page with a recording in it to a folder that has the files of the page. Gives its address. */
export function fileWith(recording: string, folder: string): string {
  const file = join(folder, 'recorded.html');
  writeFileSync(file, pageWith(recording));
  return pathToFileURL(file).href;
}

/** A folder with the files of the page. */
export function folderOfPage(): string {
  const folder = mkdtempSync(join(tmpdir(), 'proto-page-'));
  cpSync(DIST, folder, { recursive: true });
  return folder;
}

/** A foreign name that leads to this machine, as DNS rebinding does. */
export const FOREIGN = 'evil.example';

let browser: Browser;
let folder: string;

/** Starts a browser for the tests of this file. */
export function useBrowser(): void {
  beforeAll(async () => {
    // Root may not have a sandbox.
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: ['--no-sandbox', `--host-resolver-rules=MAP ${FOREIGN} 127.0.0.1`],
    });
    folder = folderOfPage();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });
}

/** An open page, and what went wrong on it. */
export interface Opened {
  readonly page: Page;
  /** Errors of the console and of scripts. */
  readonly errors: string[];
  readonly requests: string[];
}

/** An empty page that keeps what goes wrong, closed after the test. */
export async function blankPage(options: BrowserContextOptions = {}): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1_280, height: 800 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const errors: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('request', (request) => requests.push(request.url()));
  return { page, errors, requests };
}

/** The page with a recording, opened from a file, with the network off. */
export async function openFromFile(
  recording: string = LESSON,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const opened = await blankPage({ offline: true, ...options });
  await goToFile(opened.page, recording);
  return opened;
}

/** Opens a recording from a file on a page that is there. */
export async function goToFile(page: Page, recording: string = LESSON): Promise<void> {
  await page.goto(fileWith(recording, folder));
  await page.waitForSelector('[data-ready=file]');
}

/** The headline as text, without the number on its chips. */
export async function headline(page: Page): Promise<string> {
  return page.evaluate(() => {
    const heading = document.querySelector('h1')!.cloneNode(true) as HTMLElement;
    for (const number of heading.querySelectorAll('b')) number.remove();
    return `${heading.textContent} ${document.querySelector('.headline .more')!.textContent}`;
  });
}
