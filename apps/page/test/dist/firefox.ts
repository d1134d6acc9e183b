import { rmSync } from 'node:fs';
import { type Browser, launch, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { folderOfPage } from './browser.ts';
import { found } from './found.ts';

const executablePath = found('firefox-esr', ['/usr/bin/firefox-esr', '/usr/bin/firefox']);

export const hasFirefox: boolean = executablePath !== undefined;

/** A page in Firefox, and what went wrong on it. */
export interface FoxPage {
  readonly page: Page;
  /** Errors of the console, of scripts, and against the policy. */
  readonly errors: string[];
  readonly requests: string[];
  /** The files of the page. */
  readonly folder: string;
}

/** Starts Firefox for the tests of this file. Gives what opens an empty page of this size, closed after the test. */
export function useFirefox(): (width: number, height: number) => Promise<FoxPage> {
  let browser: Browser;
  let folder: string;
  beforeAll(async () => {
    browser = await launch({ browser: 'firefox', executablePath: executablePath!, timeout: 55_000 });
    folder = folderOfPage();
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true });
  });
  return async (width, height) => {
    const page = await browser.newPage();
    onTestFinished(() => page.close());
    await page.setViewport({ width, height });
    const errors: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warn') errors.push(message.text());
    });
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('request', (request) => requests.push(request.url()));
    await page.evaluateOnNewDocument(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        console.error(`violated: ${violatedDirective} ${blockedURI}`),
      );
    });
    return { page, errors, requests, folder };
  };
}
