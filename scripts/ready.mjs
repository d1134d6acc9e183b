// Makes a clone ready to run: finds pnpm, installs what the lockfile says, builds the programs. It skips what is done
// already, and starts no process if everything is.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { withoutEcho } from './echo.mjs';
import { executable, folderOf } from './executable.mjs';
import { begin, isFresh, PAGE, programs, SERVED } from './freshness.mjs';
import { alone, EXIT_NO_PERMISSION } from './lock.mjs';
import { progress } from './progress.mjs';

/** Makes the programs ready: builds their JavaScript. Types take ten times as long, and no program reads them. */
export function readyPrograms() {
  if (isFresh('install') && isFresh('build')) return 0;
  return make(makeProgramsReady);
}

/** What another process has done meanwhile is done. */
function makeProgramsReady() {
  const isInstalled = isFresh('install');
  const isBuilt = isFresh('build');
  // Any pnpm of the right major will do. By default it fetches the pinned version first, which takes 70 s offline.
  process.env.npm_config_manage_package_manager_versions = 'false';
  return take([...pnpm(), ...(isInstalled ? [] : [INSTALL]), ...(isBuilt ? [] : [BUILD])]);
}

/** Makes the live page ready too. It's separate, so starting only the server doesn't wait for it. */
export function readyPage() {
  if (isFresh('page')) return 0;
  return make(() => (isFresh('page') ? 0 : take([...pnpm(), BUILD_PAGE])));
}

/** Makes the tools of the workspace ready: pnpm on PATH, everything installed. */
export function readyTools() {
  return make(() => take([...pnpm(), ...(isFresh('install') ? [] : [INSTALL])]));
}

/** Lets one process at a time make something here, if this user can write here. */
function make(act) {
  const written = ['.', 'node_modules', ...programs().map((each) => join(each, 'dist'))];
  const refused = written.find((folder) => existsSync(folder) && !isWritable(folder));
  if (refused === undefined) return withoutEcho(() => alone(act));
  const folder = resolve(refused);
  process.stderr.write(
    `Cannot install or build: this user can't write to ${folder}. Clone the repository into a folder of your own\n`,
  );
  return EXIT_NO_PERMISSION;
}

function isWritable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Takes the steps in order and gives an exit code. If one fails, shows its output and skips the rest. */
async function take(steps) {
  const line = progress();
  for (const [index, { what, run }] of steps.entries()) {
    const text = `${index + 1}/${steps.length} ${what}`;
    line.begin(text);
    const { status, output } = await run((done, total) => line.count(text, done, total));
    line.end();
    if (status !== 0) process.stderr.write(remedy(output) || output);
    if (status !== 0) return status;
  }
  return 0;
}

/** What to do about a failure of npm or pnpm, where this user can do something; undefined elsewhere. */
function remedy(output) {
  const home = homedir();
  if (/EACCES|EROFS|EPERM/.test(output) && !isWritable(home)) {
    return `Cannot install: this user can't write to the home folder ${home}. Set HOME to a folder of your own\n`;
  }
  const reason = /EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/.exec(
    output,
  );
  if (reason === null) return undefined;
  return `Cannot reach the registry of npm (${reason[0]}): the first start downloads, later ones work offline. Connect, and start again: what was downloaded is kept\n`;
}

/** Makes pnpm report its progress; `npm_config_loglevel` has silenced it. */
const REPORT = ['--reporter=append-only', '--loglevel=info'];

const INSTALL = {
  what: 'installing dependencies',
  run: async (count) => {
    const end = begin('install');
    const args = ['install', '--frozen-lockfile', '--prefer-offline', ...REPORT];
    // Replaces what another pnpm installed. By default pnpm asks first, and without a terminal it gives up.
    args.push('--config.confirmModulesPurge=false');
    const result = await call('pnpm', args, (line) => {
      const [, total, reused, downloaded] = /resolved (\d+), reused (\d+), downloaded (\d+)/.exec(line) ?? [];
      if (total !== undefined) count(Number(reused) + Number(downloaded), Number(total));
    });
    if (result.status === 0) end();
    return result;
  },
};

const BUILD = {
  what: 'building',
  run: async (count) => {
    const end = begin('build');
    const total = programs().length;
    let done = 0;
    const args = ['--recursive', ...REPORT, 'run', 'build:js'];
    const result = await call('pnpm', args, (line) => {
      if (line.endsWith(' build:js: Done')) count(++done, total);
    });
    if (result.status === 0) end();
    return result;
  },
};

const BUILD_PAGE = {
  what: 'building the page',
  run: async () => {
    const end = begin('page');
    const result = await call('pnpm', ['--dir', PAGE, 'run', 'build']);
    if (result.status !== 0) return result;
    rmSync(SERVED, { recursive: true, force: true });
    cpSync(join(PAGE, 'dist'), SERVED, { recursive: true });
    end();
    return result;
  },
};

/** The step that puts the pinned pnpm on PATH. There is none if a pnpm of the same major is there. */
function pnpm() {
  const pin = JSON.parse(readFileSync('package.json', 'utf8')).packageManager.slice('pnpm@'.length);
  const found = spawnSync(...executable('pnpm', ['--version']), { encoding: 'utf8' });
  if (found.status === 0 && found.stdout.trim().split('.')[0] === pin.split('.')[0]) return [];
  return [{ what: `fetching pnpm ${pin}`, run: () => fetchPnpm(pin) }];
}

/** Lets npm fetch pnpm, which it does once, and asks it for the folder. */
async function fetchPnpm(pin) {
  const args = [
    'exec',
    '--yes',
    '--prefer-offline',
    `--package=pnpm@${pin}`,
    '-c',
    'node -p process.env.PATH',
  ];
  const { status, stdout, output } = await call('npm', args);
  const bin = folderOf('pnpm', stdout.trim());
  if (status !== 0 || bin === undefined) {
    return { status: 64, output: `Cannot fetch pnpm ${pin} with npm: ${output.trim()}\n` };
  }
  process.env.PATH = `${bin}${delimiter}${process.env.PATH}`;
  return { status, output };
}

/** Runs a command to its end. `output` is stdout and stderr as they came. */
async function call(command, args, onLine = () => {}) {
  const child = spawn(...executable(command, args), { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let output = '';
  createInterface(child.stdout).on('line', (line) => {
    stdout += `${line}\n`;
    onLine(line);
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  try {
    const [status] = await once(child, 'close');
    return { status: status ?? 1, stdout, output };
  } catch (error) {
    return { status: 1, stdout, output: `Cannot run ${command}: ${error.message}\n` };
  }
}
