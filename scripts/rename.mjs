// `npm run rename -- @acme`: gives every package another npm scope, wherever the scope stands. What isn't of npm keeps its
// name: the commands `proto-server` and `proto-client`, the variables PROTO_*, the metrics proto_*, the streams and tables of
// servers that share their rooms. Operators have them in scripts and dashboards.
// `npm run rename -- --prove @acme`: does it in a clone, and runs the whole gate there.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { executable } from './executable.mjs';

const EXIT_USAGE = 64;
/** What npm takes as a scope, short enough for a name to stay readable. */
const SCOPE = /^@[a-z0-9][a-z0-9._-]{0,37}$/;

/**
 * The scope that the packages have now.
 *
 * @param {string} [root] the folder of the repository
 */
export function currentScope(root = '.') {
  return JSON.parse(readFileSync(join(root, 'packages/codec/package.json'), 'utf8')).name.split('/')[0];
}

/**
 * Why a scope is refused, in one line; `undefined` if it isn't.
 *
 * @param {string | undefined} scope
 * @param {string} [root] the folder of the repository
 * @returns {string | undefined}
 */
export function refusal(scope, root = '.') {
  const from = currentScope(root);
  if (scope === undefined) return 'Cannot rename: expected a scope, as in npm run rename -- @acme';
  if (!SCOPE.test(scope)) {
    return `Cannot rename to ${scope}: expected a scope such as @acme, of a-z, 0-9, dots and hyphens, up to 39 characters`;
  }
  if (scope === from) return `Cannot rename to ${scope}: the packages have that scope already`;
  // It could not be told from ours, and never renamed back.
  const other = new RegExp(`['"]?${scope}/[a-z0-9.-]+`).exec(
    readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'),
  );
  if (other !== null)
    return `Cannot rename to ${scope}: a dependency has that scope, ${other[0].replace(/['"]/, '')}`;
  return undefined;
}

/**
 * Writes the scope into files, without format. Files that aren't text stay as they are.
 *
 * Shape: gives the names of the files that were changed.
 *
 * @param {string} scope
 * @param {readonly string[]} files relative to the root
 * @param {string} [root] the folder of the repository
 */
export function renameIn(scope, files, root = '.') {
  const from = currentScope(root);
  const own = new RegExp(`(?<![\\w@])${from}(?![\\w-])`, 'g');
  // What `npm pack` calls the tarball of a package.
  const tarball = new RegExp(`(?<![\\w-])${from.slice(1)}-([a-z]+-\\d+\\.\\d+\\.\\d+)`, 'g');
  return files.filter((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    if (text.includes('\0')) return false;
    const renamed = text.replace(own, scope).replace(tarball, `${scope.slice(1)}-$1`);
    if (renamed === text) return false;
    writeFileSync(join(root, file), renamed);
    return true;
  });
}

/** Runs a program to its end in a folder, and gives its exit code. */
function run(name, args, cwd) {
  return spawnSync(...executable(name, args), { cwd, stdio: 'inherit' }).status ?? 1;
}

function git(args) {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return status === 0 ? stdout : undefined;
}

function refuse(text) {
  process.stderr.write(`${text}\n`);
  return EXIT_USAGE;
}

/**
 * Renames what is checked out here, installs (the packages find each other by their names), and formats: the lines, and
 * the order of dependencies.
 */
function rename(scope) {
  const from = currentScope();
  const renamed = renameIn(scope, git(['ls-files', '-z']).split('\0').filter(Boolean));
  const failed = [
    ['install', '--no-frozen-lockfile', '--prefer-offline', '--config.confirmModulesPurge=false', '--silent'],
    ['exec', 'oxfmt'],
  ].some((args) => run('pnpm', args, '.') !== 0);
  if (failed) return 1;
  process.stdout.write(
    `renamed ${from} to ${scope} in ${renamed.length} files. Look at git diff, then run npm run ok.\n` +
      `Commands, PROTO_* and metrics keep their names. To undo it: git checkout .\n`,
  );
  return 0;
}

/** Renames in a clone of the last commit, and runs the whole gate there. */
function prove(scope) {
  const clone = mkdtempSync(join(tmpdir(), 'rename-'));
  const commit = [
    '-c',
    'user.name=rename',
    '-c',
    'user.email=rename@localhost',
    'commit',
    '--quiet',
    '--all',
  ];
  try {
    return (
      run('git', ['clone', '--quiet', '.', clone], '.') ||
      run(process.execPath, ['scripts/run.mjs', 'rename', scope], clone) ||
      run('git', [...commit, '--no-verify', '--message', `refactor: the scope is ${scope}`], clone) ||
      run(process.execPath, ['scripts/run.mjs', 'ok'], clone)
    );
  } finally {
    rmSync(clone, { recursive: true, force: true });
  }
}

function main(args) {
  const isProof = args[0] === '--prove';
  const [scope] = isProof ? args.slice(1) : args;
  const refused = refusal(scope);
  if (refused !== undefined) return refuse(refused);
  const changed = git(['status', '--porcelain']);
  if (changed === undefined)
    return refuse('Cannot rename: Git does not know this folder, so nothing could be undone');
  if (changed !== '')
    return refuse('Cannot rename: files are not as committed. Commit the changes, or stash them');
  return isProof ? prove(scope) : rename(scope);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href)
  process.exitCode = main(process.argv.slice(2));
