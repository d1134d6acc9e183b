import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

/** Where Chromium may be. */
export const CHROMIUM: readonly string[] = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** Where Chromium is, if it is installed. */
export const chromiumPath: string | undefined = CHROMIUM.find((place) => existsSync(place));

/** The built page. */
export const DIST: string = fileURLToPath(new URL('../dist', import.meta.url));

/** The page with a recording in it, as text that opens from anywhere beside its files. */
export function pageWith(recording: string): string {
  const html = readFileSync(join(DIST, 'index.html'), 'utf8');
  const data = recording.replaceAll('<', String.raw`\u003c`);
  return html.replace(
    '<div id="app">',
    () => `<script type="application/jsonl" id="recording">${data}</script><div id="app">`,
  );
}

/** Goes to a moment of the session. In milliseconds. */
export async function goTo(page: Page, t: number): Promise<void> {
  await page.locator('.scrub input').evaluate((input: HTMLInputElement, at) => {
    input.value = String(at);
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }, t);
  await page.locator('.clock', { hasText: `${(t / 1_000).toFixed(2)} s` }).waitFor();
}
