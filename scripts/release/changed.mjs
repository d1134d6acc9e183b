// Whether a package has changed since the tag of its version.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages, tagOf } from './packages.mjs';
import { git } from './programs.mjs';
import { workspaces } from '../workspaces.mjs';

/** What a tarball is made from, relative to the folder of a package. */
const MADE_FROM = ['src', 'index.html', 'lessons', 'vite', 'vite.config.ts', 'tsup.config.ts', 'README.md'];

/** The keys of a package.json that no user gets. */
const KEPT_HERE = ['devDependencies', 'scripts'];

/**
 * A file of the package that differs from the tag of its version, relative to the root.
 *
 * `undefined` if there is none, or no such tag: the version is not released yet. A package that is built into another one
 * counts as a part of it; turbo.json says which.
 *
 * @param {{ root: string, env: NodeJS.ProcessEnv }} where
 * @param {{ name: string, version: string, folder: string, manifest: Record<string, any> }} one
 */
export function changedSinceTag(where, one) {
  const tag = tagOf(one);
  if (!isTag(where, tag)) return undefined;
  const folders = [one.folder, ...builtInto(where.root, one.name)];
  const made = [...MADE_FROM, 'package.json', ...one.manifest.files.filter((name) => name !== 'dist')];
  const paths = folders.flatMap((folder) => made.map((name) => `${folder}/${name}`));
  const files = git(where, ['diff', '--name-only', tag, 'HEAD', '--', ...paths]) ?? '';
  return files
    .split('\n')
    .find((file) => file !== '' && !(file.endsWith('/package.json') && isSameForUsers(where, tag, file)));
}

/** The packages that have a version without a tag: those to release, leaves first. */
export function unreleased(where) {
  return publishedPackages(where.root).filter((one) => !isTag(where, tagOf(one)));
}

/** Whether there is a tag of that name here. */
export function isTag(where, tag) {
  return git(where, ['rev-parse', '--verify', '--quiet', `refs/tags/${tag}`]) !== undefined;
}

/** The folders of the private packages whose build goes into the build of `name`. */
function builtInto(root, name) {
  const { tasks } = JSON.parse(readFileSync(join(root, 'turbo.json'), 'utf8'));
  const builds = new Set(tasks[`${name}#build`]?.dependsOn);
  const nameOf = (folder) => JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')).name;
  return workspaces(root)
    .filter((folder) => builds.has(`${nameOf(folder)}#build`))
    .map((folder) => folder.replaceAll('\\', '/'));
}

function isSameForUsers(where, tag, file) {
  const [before, now] = [tag, 'HEAD'].map((commit) => {
    const manifest = JSON.parse(git(where, ['show', `${commit}:${file}`]) ?? '{}');
    for (const key of KEPT_HERE) delete manifest[key];
    return JSON.stringify(manifest);
  });
  return before === now;
}
