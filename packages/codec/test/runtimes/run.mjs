// `pnpm --filter @proto/codec runtimes`: runs what the browser test runs, from the built files, in each runtime that the
// README names. They come from the npm registry. Chromium has its own test, test/browser.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const RUNTIMES = [
  ['node@20.19', 'node'],
  ['node@22', 'node'],
  ['node@24', 'node'],
  ['node@26', 'node'],
  ['bun', 'bun'],
  ['deno', 'deno', 'run'],
];

/** The built file in place of a source. */
const built = {
  name: 'built',
  setup(esbuild) {
    esbuild.onResolve({ filter: /\/src\/.*index\.ts$/ }, ({ path }) => ({
      path: fileURLToPath(new URL(path.replace(/.*\/src\/(.*)\.ts$/, '../../dist/$1.js'), import.meta.url)),
    }));
  },
};

const folder = mkdtempSync(join(tmpdir(), 'codec-runtimes-'));
try {
  const outfile = join(folder, 'program.mjs');
  const contents = [
    "import { run } from './browser/page.ts';",
    'const { rows } = await run();',
    'console.log(`${rows} framings, each at every cut`);',
  ].join('\n');
  const resolveDir = fileURLToPath(new URL('..', import.meta.url));
  await build({ stdin: { contents, resolveDir }, bundle: true, format: 'esm', outfile, plugins: [built] });
  for (const [name, command, ...args] of RUNTIMES) {
    const npx = ['--yes', '--loglevel', 'error', '--package', name, '--', command];
    const run = (...more) => execFileSync('npx', [...npx, ...more], { cwd: folder, encoding: 'utf8' }).trim();
    const [version] = run('--version').split('\n');
    console.log(`${name.padEnd(10)} ${version.padEnd(40)} ${run(...args, outfile)}`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
