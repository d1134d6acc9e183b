import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { expect, test } from 'vitest';
import { isInstalled } from '../interop/peer.ts';

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

test.runIf(isInstalled('chromium', ['--version', '--no-sandbox'], 'chromium'))(
  'browser: the root entry keeps its promises in Chromium, where there is no Buffer',
  { timeout: 60_000 },
  async () => {
    const page = fileURLToPath(new URL('page.ts', import.meta.url));
    const { outputFiles } = await build({ entryPoints: [page], bundle: true, write: false, format: 'iife' });
    const executablePath = execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
    const browser = await chromium.launch({ executablePath, headless: true, args: FLAGS });
    try {
      const tab = await browser.newPage();
      await tab.addScriptTag({ content: outputFiles[0]?.text ?? '' });
      expect(await tab.evaluate('run()')).toEqual({
        rows: 6,
        hasBuffer: false,
        web: ['a', '', { code: 'FRAME_INCOMPLETE', offset: 4, bytes: 1 }],
        fault: { code: 'FRAME_TOO_LONG', offset: 3, limit: 3 },
      });
    } finally {
      await browser.close();
    }
  },
);
