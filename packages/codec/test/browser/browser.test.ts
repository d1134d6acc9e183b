import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium, type Page } from 'playwright-core';
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

const isHere = isInstalled('chromium', ['--version', '--no-sandbox'], 'chromium');

/** A program as one script. */
async function bundled(page: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(page)],
    bundle: true,
    write: false,
    format: 'iife',
  });
  return outputFiles[0]?.text ?? '';
}

async function inTab<T>(work: (tab: Page) => Promise<T>): Promise<T> {
  const executablePath = execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  const browser = await chromium.launch({ executablePath, headless: true, args: FLAGS });
  try {
    return await work(await browser.newPage());
  } finally {
    await browser.close();
  }
}

test.runIf(isHere)(
  'browser: the root entry keeps its promises in Chromium, where there is no Buffer',
  { timeout: 60_000 },
  async () => {
    const content = await bundled(new URL('page.ts', import.meta.url));
    const got = await inTab(async (tab) => {
      await tab.addScriptTag({ content });
      return tab.evaluate('run()');
    });
    expect(got).toEqual({
      rows: 11,
      hasBuffer: false,
      web: ['a', '', { code: 'FRAME_INCOMPLETE', offset: 4, bytes: 1 }],
      fault: { code: 'FRAME_TOO_LONG', offset: 3, limit: 3 },
    });
  },
);

test.runIf(isHere)(
  'browser: under a strict Content-Security-Policy nothing is compiled before charset text needs it',
  { timeout: 60_000 },
  async () => {
    const policy = "default-src 'none'; script-src 'nonce-ours'";
    const listen =
      "violations = []; addEventListener('securitypolicyviolation', (event) => violations.push(event))";
    const scripts = [listen, await bundled(new URL('strict.ts', import.meta.url))];
    const body = scripts.map((script) => `<script nonce="ours">${script}</script>`).join('');
    const got = await inTab(async (tab) => {
      await tab.route('**', (route) =>
        route.fulfill({ body, contentType: 'text/html', headers: { 'content-security-policy': policy } }),
      );
      await tab.goto('http://strict.test/');
      return tab.evaluate('run()');
    });
    expect(got).toEqual({ counts: [0, 0, 1], frames: 12, web: 'EHLO a' });
  },
);
