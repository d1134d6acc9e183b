import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { chromiumPath, DIST, goTo, pageWith } from './chromium.ts';

/** A moment of a session, as a picture shows it. */
export interface Shot {
  /** The recording. */
  readonly session: string;
  /** The moment. In milliseconds. */
  readonly t: number;
  readonly theme: 'light' | 'dark';
  readonly width: number;
  readonly height: number;
  /** The tab of a phone. @default 'Now' */
  readonly tab?: string;
  /** The seat of a client that is picked. */
  readonly seat?: number;
}

export const DESKTOP = { width: 1_280, height: 800 };
export const PHONE = { width: 390, height: 844 };

/** Text is drawn the same on each machine: no hints of the font, no colours of a screen. */
const STEADY = ['--font-render-hinting=none', '--disable-lcd-text', '--force-color-profile=srgb'];

/** Takes pictures of the built page. */
export class Studio {
  readonly #browser: Browser;
  readonly #folder = mkdtempSync(join(tmpdir(), 'proto-studio-'));

  private constructor(browser: Browser) {
    this.#browser = browser;
    cpSync(DIST, this.#folder, { recursive: true });
  }

  /** Errors: rejects if there is no Chromium. */
  static async open(): Promise<Studio> {
    if (chromiumPath === undefined) throw new Error('Cannot take pictures: Chromium is not installed');
    // Root may not have a sandbox.
    return new Studio(
      await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', ...STEADY] }),
    );
  }

  /** The version of Chromium. */
  get version(): string {
    return this.#browser.version();
  }

  /** The picture of a moment, as PNG. Nothing moves on it. */
  async shoot({ session, t, theme, width, height, tab, seat }: Shot): Promise<Buffer> {
    const context = await this.#browser.newContext({
      viewport: { width, height },
      colorScheme: theme,
      reducedMotion: 'reduce',
      offline: true,
    });
    try {
      const page = await context.newPage();
      const file = join(this.#folder, 'recorded.html');
      writeFileSync(file, pageWith(session));
      await page.goto(pathToFileURL(file).href);
      await page.waitForSelector('[data-ready=file]');
      await goTo(page, t);
      if (seat !== undefined) await page.keyboard.press(String(seat));
      if (tab !== undefined) await page.locator('.tabs button', { hasText: tab }).click();
      await page.evaluate(async () => {
        await document.fonts.ready;
        // The canvas is drawn in the frame after a change, a crowd's in the one after that.
        for (let i = 0; i < 4; i++) await new Promise((resolve) => void requestAnimationFrame(resolve));
      });
      return await page.screenshot({ animations: 'disabled', caret: 'hide' });
    } finally {
      await context.close();
    }
  }

  async close(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#folder, { recursive: true });
  }
}
