// `npm start`, `npm test` and the rest, from a bare machine: finds pnpm, installs what is missing, hands over.
// Needs Node and npm, nothing else.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { summary } from './summary.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const isWindows = process.platform === 'win32';
process.chdir(root);
process.env.TURBO_TELEMETRY_DISABLED ??= '1';
process.env.DO_NOT_TRACK ??= '1';
// npm prints warnings of its own about settings it finds; they are none of ours.
process.env.npm_config_loglevel = 'error';
process.env.npm_config_update_notifier = 'false';

const { packageManager } = JSON.parse(readFileSync('package.json', 'utf8'));
const pin = packageManager.slice('pnpm@'.length);

/** Every command; each gives an exit code. */
const COMMANDS = {
  start: (args) => build('server') || exec(['--enable-source-maps', 'apps/server/dist/main.js', ...args]),
  client: (args) => build('client') || exec(['--enable-source-maps', 'apps/client/dist/main.js', ...args]),
  demo: (args) => build() || exec(['scripts/demo.mjs', ...args]),
  build: (args) => step('turbo', ['run', 'build', ...args]),
  test: (args) => test(args),
  faults: (args) => build() || exec(['scripts/faults.mjs', ...args]),
  soak: (args) => build() || exec(['scripts/soak.mjs', ...args]),
  ok: () => ok(),
};

const [command, ...rest] = process.argv.slice(2);
const args = rest[0] === '--' ? rest.slice(1) : rest;
if (!Object.hasOwn(COMMANDS, command ?? '')) {
  fail(`Cannot run ${command}: expected ${Object.keys(COMMANDS).join(', ')}`);
}
usePnpm();
install();
process.exitCode = await COMMANDS[command](args);

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(64);
}

/** Puts the pinned pnpm on PATH: the one that is there if its major is right, else npm fetches it once. */
function usePnpm() {
  const major = pin.split('.')[0];
  const found = spawnSync('pnpm', ['--version'], { encoding: 'utf8', shell: isWindows });
  if (found.status === 0 && found.stdout.trim().split('.')[0] === major) return;
  const where = `node -e "console.log(process.env.PATH)"`;
  const fetched = spawnSync('npm', ['exec', '--yes', `--package=pnpm@${pin}`, '-c', where], {
    encoding: 'utf8',
    shell: isWindows,
  });
  const bin = fetched.stdout
    ?.split(delimiter)
    .find((folder) => existsSync(join(folder, isWindows ? 'pnpm.cmd' : 'pnpm')));
  if (fetched.status !== 0 || bin === undefined) fail(`Cannot fetch pnpm ${pin} with npm: ${fetched.stderr}`);
  process.env.PATH = `${bin}${delimiter}${process.env.PATH}`;
}

/** Installs what the lockfile says, where that has not been done since it changed. */
function install() {
  const done = 'node_modules/.modules.yaml';
  const manifests = workspaces().map((folder) => join(folder, 'package.json'));
  const sources = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', ...manifests];
  const newest = Math.max(...sources.map((file) => statSync(file).mtimeMs));
  if (existsSync(done) && statSync(done).mtimeMs >= newest) return;
  const status = quietly('installing (the first time: about half a minute) ...', 'pnpm', [
    'install',
    '--frozen-lockfile',
  ]);
  if (status !== 0) process.exit(status);
}

/** Every folder with a package.json of its own. */
function workspaces() {
  const inside = ['packages', 'apps'].flatMap((folder) =>
    readdirSync(folder).map((name) => join(folder, name)),
  );
  return ['.', ...inside, 'bench'];
}

/** Runs a tool of the workspace to its end, and gives its exit code. */
function step(tool, toolArgs) {
  return spawnSync('pnpm', ['exec', tool, ...toolArgs], { stdio: 'inherit', shell: isWindows }).status ?? 1;
}

/** Says on stderr what is going on; what the tool says is shown only if it fails. stdout stays the program's. */
function quietly(text, tool, toolArgs) {
  process.stderr.write(`${text}\n`);
  const { status, stdout, stderr } = spawnSync(tool, toolArgs, { encoding: 'utf8', shell: isWindows });
  if (status !== 0) process.stderr.write(`${stdout}${stderr}`);
  return status ?? 1;
}

/** Builds everything, or one app with what it needs. */
function build(app) {
  const filter = app === undefined ? [] : [`--filter=@proto/${app}...`];
  return quietly('building ...', 'pnpm', [
    'exec',
    'turbo',
    'run',
    'build',
    ...filter,
    '--output-logs=errors-only',
  ]);
}

/** Runs Node in the foreground. Ctrl-C reaches it through the terminal; SIGTERM, and the death of npm, through us. */
function exec(nodeArgs) {
  const child = spawn(process.execPath, nodeArgs, { stdio: 'inherit' });
  const parent = process.ppid;
  const watch = setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 500);
  watch.unref();
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'));
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((resolve) => {
    child.on('error', (error) => fail(`Cannot run node: ${error.message}`));
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/** Every test of every package, from source and as built, and of the repository. Old reports would count as new ones. */
function test(turboArgs) {
  for (const folder of workspaces()) rmSync(join(folder, '.report'), { recursive: true, force: true });
  const tasks = ['test', 'test:dist', 'test:root'];
  const status = step('turbo', ['run', ...tasks, '--output-logs=errors-only', '--continue', ...turboArgs]);
  const { text, isGreen } = summary(workspaces());
  process.stdout.write(`\n${text}\n`);
  return isGreen ? status : 1;
}

/** The one gate: the same here and in CI. Every step is run, so that one look shows all that is wrong. */
function ok() {
  const steps = {
    format: () => step('oxfmt', ['--check']),
    lint: () => step('oxlint', ['--type-aware', '--quiet']),
    layers: () => step('node', ['scripts/layers.mjs']),
    versions: () => step('sherif', ['--fail-on-warnings']),
    unused: () => step('knip', []),
    published: () => step('turbo', ['run', 'build', '--output-logs=errors-only']) || published(),
    types: () => step('turbo', ['run', 'typecheck', '--output-logs=errors-only']),
    tests: () => test([]),
  };
  const failed = [];
  for (const [name, run] of Object.entries(steps)) {
    process.stdout.write(`\n== ${name}\n`);
    if (run() !== 0) failed.push(name);
  }
  // The sum of the tests stays the last line: whoever runs this reads it there.
  if (failed.length > 0) process.stderr.write(`\nnot ok: ${failed.join(', ')}\n`);
  return failed.length === 0 ? 0 : 1;
}

/** Whether every package would be published in good shape. */
function published() {
  const folders = workspaces().filter(
    (folder) => !JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private,
  );
  const failed = folders.map((folder) => step('publint', [folder, '--strict', '--level', 'warning']));
  return Math.max(...failed);
}
