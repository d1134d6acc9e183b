// A page with a strict Content-Security-Policy, built with vite and opened in Chromium.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Stop } from '../steps.mjs';

/** Scripts of the page itself and nothing else: no eval, no inline script, no WebAssembly. */
const POLICY = "default-src 'none'; script-src 'self'";

/** As the tests in a browser start it. */
const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking';

/**
 * Builds a program for the browser and runs it there. It has to make `said` be `HELLO small`.
 *
 * Errors: without Chromium it is skipped, except in CI.
 *
 * @param {import('./rehearse.mjs').Rehearsal} rehearsal
 * @param {string} folder where the packages are installed
 * @param {string} program
 */
export async function inBrowser({ from, env }, folder, program) {
  const executablePath = spawnSync('which', ['chromium'], { encoding: 'utf8' }).stdout?.trim();
  if (!executablePath) {
    if (env.CI === 'true') throw new Stop('there is no chromium');
    return 'SKIPPED: there is no chromium';
  }
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><script type="module" src="/program.js"></script>',
  );
  writeFileSync(join(folder, 'program.js'), `${program}document.title = said;\n`);
  const tool = (name, owner) =>
    import(pathToFileURL(createRequire(join(from, owner, 'package.json')).resolve(name)).href);
  const { build } = await tool('vite', 'apps/page');
  await build({ root: folder, configFile: false, logLevel: 'error', build: { target: 'es2023' } });
  const { default: playwright } = await tool('playwright-core', 'packages/codec');
  const server = await serve(join(folder, 'dist'));
  const chromium = await playwright.chromium.launch({ executablePath, args: FLAGS.split(' ') });
  try {
    const page = await chromium.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(error.message));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction(() => document.title !== '', { timeout: 20_000 }).catch(() => {});
    const said = await page.title();
    if (said !== 'HELLO small') throw new Stop(`the page says ${JSON.stringify(said)}: ${errors.join(', ')}`);
  } finally {
    await chromium.close();
    server.close();
    server.closeAllConnections();
  }
  return undefined;
}

async function serve(folder) {
  const server = createServer((request, response) => {
    const isScript = request.url.endsWith('.js');
    response.setHeader('content-security-policy', POLICY);
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(readFileSync(join(folder, isScript ? request.url : 'index.html')));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
