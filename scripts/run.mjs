// `npm start`, `npm test` and the rest, from a bare machine: makes ready what is missing, then hands over.
// Needs Node and npm, nothing else.
import { spawn, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { executable } from './executable.mjs';
import { begin } from './freshness.mjs';
import { alone } from './lock.mjs';
import { checkNode } from './node-version.mjs';
import { readyPage, readyPrograms, readyTools } from './ready.mjs';
import { cleanCommit, recordGreen } from './release/green.mjs';
import { summary } from './summary.mjs';
import { workspaces } from './workspaces.mjs';

checkNode();
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
process.env.TURBO_TELEMETRY_DISABLED = process.env.TURBO_TELEMETRY_DISABLED ?? '1';
process.env.DO_NOT_TRACK = process.env.DO_NOT_TRACK ?? '1';
// npm prints warnings of its own about settings it finds; they are none of ours.
process.env.npm_config_loglevel = 'error';
process.env.npm_config_update_notifier = 'false';
// Without a network, npm and pnpm then give up after 11 s, not 70.
process.env.npm_config_fetch_retry_mintimeout = process.env.npm_config_fetch_retry_mintimeout ?? '1000';

const SERVER = ['--enable-source-maps', 'apps/server/dist/main.js'];
const RELEASE = 'scripts/release/main.mjs';
const QUIET = ['--output-logs=errors-only'];
/** What turbo may be told without its build becoming one of some packages, or none at all. */
const WHOLE = /^--(?:output-logs=.+|force)$/;

/**
 * The acts of each command, in order. Each gives an exit code; the first that is not 0 ends the command.
 *
 * Tests start programs through this script too. The programs are ready before the tests begin, or one test would build
 * them anew while others run them.
 */
const COMMANDS = {
  start: [readyPrograms, (args) => exec([...SERVER, ...args])],
  client: [readyPrograms, (args) => exec(['--enable-source-maps', 'apps/client/dist/main.js', ...args])],
  page: [
    readyPrograms,
    readyPage,
    (args) => exec([...SERVER, '--http', '127.0.0.1:6678', '--page', 'join', ...args]),
  ],
  'page:figures': [readyPrograms, readyPage, (args) => inFolder('apps/page', 'figures', args)],
  'page:pictures': [readyPrograms, readyPage, (args) => inFolder('apps/page', 'pictures', args)],
  many: [readyPrograms, readyPage, (args) => exec(['scripts/many.mjs', ...args])],
  demo: [readyPrograms, (args) => exec(['scripts/demo.mjs', ...args])],
  docs: [readyTools, (args) => (args.includes('--dev') ? docsDev() : docs())],
  build: [readyTools, (args) => build(args)],
  test: [readyTools, () => build(QUIET), (args) => test(args)],
  faults: [readyTools, readyPrograms, (args) => exec(['scripts/faults.mjs', ...args])],
  'many:faults': [readyTools, readyPrograms, (args) => exec(['scripts/faults.mjs', '--many', ...args])],
  // What runs where there is only Node: on Windows and macOS in CI.
  portable: [
    readyTools,
    readyPrograms,
    () => exec(['scripts/demo.mjs']),
    () => step('turbo', ['run', 'test', '--filter=./packages/*', ...QUIET]),
    () => step('vitest', ['run', 'executable', 'line-ends', 'summary']),
  ],
  'first-run': [readyTools, () => firstRun()],
  rename: [readyTools, (args) => exec(['scripts/rename.mjs', ...args])],
  image: [readyTools, () => build(QUIET), (args) => exec(['scripts/image.mjs', ...args])],
  simulate: [readyTools, (args) => inFolder('apps/simulation', 'simulate', args)],
  soak: [readyPrograms, (args) => exec(['scripts/soak.mjs', ...args])],
  ok: [readyTools, () => ok()],
  // The `prestart` of the apps, for `pnpm --filter server start`.
  ready: [readyPrograms],
  changeset: [readyTools, (args) => step('changeset', ['add', ...args])],
  version: [readyTools, () => exec([RELEASE, '--version'])],
  release: [
    readyTools,
    (args) => (args.includes('--rehearse') ? build(QUIET) : 0),
    (args) => exec([RELEASE, ...args]),
  ],
};

// Node sets the mode of the terminal back when it ends, and aborts where that is gone. SIGHUP would have ended us.
const terminals = [0, 1, 2].filter((fd) => isatty(fd));
process.once('exit', () => terminals.every((fd) => isatty(fd)) || process.kill(process.pid, 'SIGHUP'));

const [command, ...rest] = process.argv.slice(2);
const args = rest[0] === '--' ? rest.slice(1) : rest;
if (!Object.hasOwn(COMMANDS, command ?? '')) {
  fail(`Cannot run ${command}: expected ${Object.keys(COMMANDS).join(', ')}`);
}
for (const act of COMMANDS[command]) {
  process.exitCode = await act(args);
  if (process.exitCode !== 0) break;
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(64);
}

/** Runs a tool of the workspace to its end, and gives its exit code. */
function step(tool, toolArgs) {
  return spawnSync(...executable('pnpm', ['exec', tool, ...toolArgs]), { stdio: 'inherit' }).status ?? 1;
}

/**
 * Builds every package with its types. The programs are ready after it too: two builds of one source can differ in the
 * order of their lines, and to a later start that looks like a damaged build.
 */
function build(turboArgs) {
  return alone(async () => {
    const ends = [begin('build'), begin('page')];
    const status = await foreground('pnpm', ['exec', 'turbo', 'run', 'build', ...turboArgs]);
    if (status === 0 && turboArgs.every((arg) => WHOLE.test(arg))) ends.forEach((end) => end());
    return status;
  });
}

/** Builds the site, and says where it is. It opens from the disk. */
async function docs() {
  const status = await alone(() => foreground('pnpm', ['exec', 'turbo', 'run', 'docs', ...QUIET]));
  if (status === 0) process.stdout.write('apps/site/dist/index.html\n');
  return status;
}

/** Serves the site, and a changed page at once. */
async function docsDev() {
  const status = await docs();
  return status || foreground('pnpm', ['--dir', 'apps/site', '--silent', 'run', 'docs:dev']);
}

/** Runs Node in the foreground. */
function exec(nodeArgs) {
  return foreground(process.execPath, nodeArgs);
}

/** Runs a script of a workspace in the foreground. */
function inFolder(folder, script, scriptArgs) {
  return foreground('pnpm', ['--dir', folder, '--silent', 'run', script, ...scriptArgs]);
}

/**
 * Runs a program in the foreground, and gives its exit code. Ctrl-C reaches it through the terminal; SIGTERM, and the
 * death of npm, through us.
 */
function foreground(name, programArgs) {
  const child = spawn(...executable(name, programArgs), { stdio: 'inherit' });
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500);
  watch.unref();
  const interrupt = () => process.stdin.isTTY || child.kill('SIGINT');
  const terminate = () => child.kill('SIGTERM');
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', terminate);
  // The server survives a terminal that hangs up; whoever started it here would not know that it is still there. Under
  // nohup, which has taken stdin away, it is meant to be.
  if (process.stdin.isTTY) process.on('SIGHUP', terminate);
  return new Promise((resolve) => {
    child.on('error', (error) => fail(`Cannot run ${name}: ${error.message}`));
    child.on('exit', (code, signal) => {
      clearInterval(watch);
      process.off('SIGINT', interrupt).off('SIGTERM', terminate).off('SIGHUP', terminate);
      resolve(code ?? (signal === 'SIGINT' ? 130 : 143));
    });
  });
}

/** Every test of every package, from source and as built, and of the repository. Old reports would count as new ones. */
function test(turboArgs) {
  for (const folder of workspaces()) rmSync(join(folder, '.report'), { recursive: true, force: true });
  const tasks = ['test', 'test:dist', 'test:root'];
  const status = step('turbo', ['run', ...tasks, ...QUIET, '--continue', ...turboArgs]);
  const { text, isGreen } = summary(workspaces());
  process.stdout.write(`\n${text}\n`);
  return isGreen ? status : 1;
}

/** Types what newcomers type, in fresh clones. It downloads for minutes. */
function firstRun() {
  process.env.FIRST_RUN = '1';
  return step('vitest', ['run', 'first-run']);
}

/** The one gate: the same here and in CI. Every step is run, so that one look shows all that is wrong. */
async function ok() {
  const steps = {
    format: () => step('oxfmt', ['--check']),
    lint: () => step('oxlint', ['--type-aware', '--quiet']),
    layers: () => step('node', ['scripts/layers.mjs']),
    versions: () => step('sherif', ['--fail-on-warnings']),
    lockfile: () => exec(['scripts/release/lockfile.mjs']),
    unused: () => step('knip', []),
    published: async () => (await build(QUIET)) || exec(['scripts/release/tarballs.mjs']),
    docs: () => docs(),
    rehearsal: () => exec([RELEASE, '--rehearse']),
    types: () => step('turbo', ['run', 'typecheck', ...QUIET]),
    tests: () => test([]),
  };
  const commit = cleanCommit();
  const failed = [];
  for (const [name, run] of Object.entries(steps)) {
    process.stdout.write(`\n== ${name}\n`);
    if ((await run()) !== 0) failed.push(name);
  }
  // The sum of the tests stays the last line: whoever runs this reads it there.
  if (failed.length > 0) process.stderr.write(`\nnot ok: ${failed.join(', ')}\n`);
  if (failed.length === 0) recordGreen(commit);
  return failed.length === 0 ? 0 : 1;
}
