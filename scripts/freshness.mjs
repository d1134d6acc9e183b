// Tells whether the last install and the last build are still valid. It compares contents, not times: another branch
// can have older files, and a deleted file has no time. Reading them all takes about 30 ms.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaces } from './workspaces.mjs';

/** Lies in node_modules, so that deleting node_modules deletes it too. */
const STAMPS = 'node_modules/.proto-stamps.json';

/** The live page, and where the server has it. */
export const PAGE = join('apps', 'page');
export const SERVED = join('apps', 'server', 'dist', 'page');

/** The files each step reads, and those it leaves behind. */
const STEPS = {
  install: {
    reads: installReads,
    leaves: () => ['node_modules/.pnpm/lock.yaml', ...workspaces().map((each) => join(each, 'node_modules'))],
  },
  build: {
    reads: () => [...installReads(), ...shared(), ...programs().flatMap(sources)],
    // Without the types, which no program reads, and the page, which is a step of its own.
    leaves: () =>
      programs().flatMap((each) =>
        files(join(each, 'dist')).filter((file) => !file.endsWith('.d.ts') && !file.startsWith(SERVED)),
      ),
  },
  page: {
    reads: () => [...installReads(), ...shared(), ...[PAGE, ...packages()].flatMap(sources)],
    leaves: () => [...files(join(PAGE, 'dist')), ...files(SERVED)],
  },
};

/** Whether nothing has changed since `step` last succeeded: not what it reads, and not what it left behind. */
export function isFresh(step) {
  const { before, after } = stamps()[step] ?? {};
  return before !== undefined && before === read(step) && after === left(step);
}

/** Call it before `step`, and call the function it returns after. A file that changes in between counts as changed. */
export function begin(step) {
  const before = read(step);
  return () => writeFileSync(STAMPS, JSON.stringify({ ...stamps(), [step]: { before, after: left(step) } }));
}

/** The folders that `npm start` builds. */
export function programs() {
  return workspaces().filter((folder) => manifest(folder).scripts?.['build:js'] !== undefined);
}

function packages() {
  return workspaces().filter((folder) => folder.startsWith('packages'));
}

function installReads() {
  const manifests = workspaces().map((folder) => join(folder, 'package.json'));
  return ['pnpm-lock.yaml', 'pnpm-workspace.yaml', '.npmrc', ...manifests];
}

/** The files that every build depends on. turbo.json lists them for turbo. */
function shared() {
  return ['turbo.json', ...JSON.parse(readFileSync('turbo.json', 'utf8')).globalDependencies];
}

/** Every file of a package that can be part of its build. New folders count until they are excluded here. */
function sources(folder) {
  const excluded = new Set(['coverage', 'dist', 'node_modules', 'test']);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.') || excluded.has(entry.name)) return [];
    if (entry.isDirectory()) return files(path);
    return /\.(?:json|css|html|[cm]?[jt]sx?)$/.test(entry.name) ? [path] : [];
  });
}

/** Every file below a folder, in a fixed order. */
function files(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? files(path) : [path];
    })
    .toSorted();
}

function read(step) {
  // An install holds the binaries of one platform.
  return digest(STEPS[step].reads(), `${process.platform}-${process.arch}`);
}

function left(step) {
  return digest(STEPS[step].leaves(), step);
}

/** One digest of names and contents. A missing file counts as missing, a folder as present. */
function digest(paths, salt) {
  const hash = createHash('sha256').update(salt);
  for (const path of paths) {
    const content = contentOf(path);
    hash.update(`\0${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

function contentOf(path) {
  try {
    return readFileSync(path);
  } catch (error) {
    return error.code;
  }
}

function stamps() {
  try {
    return JSON.parse(readFileSync(STAMPS, 'utf8'));
  } catch {
    return {};
  }
}

function manifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
