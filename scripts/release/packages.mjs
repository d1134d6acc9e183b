// The packages that are published, in the order in which they have to be.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaces } from '../workspaces.mjs';

/** What a user's package manager installs with a package. */
const INSTALLED = ['dependencies', 'optionalDependencies', 'peerDependencies'];

/**
 * Every published package, leaves first: no package comes before one that it depends on. Where that leaves a choice,
 * by name.
 *
 * Shape:  `folder` is relative to the root, with `/`. `manifest` is its package.json as it stands.
 * Errors: a package that depends on a private one, and packages that depend on each other, are thrown.
 *
 * @param {string} [root] the folder of the repository
 * @returns {{ name: string, version: string, folder: string, manifest: Record<string, any> }[]}
 */
export function publishedPackages(root = '.') {
  const all = workspaces(root)
    .map((folder) => ({
      folder: folder.replaceAll('\\', '/'),
      manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')),
    }))
    .map(({ folder, manifest }) => ({ name: manifest.name, version: manifest.version, folder, manifest }));
  const names = new Set(all.map(({ name }) => name));
  const published = all
    .filter(({ manifest }) => !manifest.private)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const ordered = [];
  while (ordered.length < published.length) {
    const isOut = (name) => !names.has(name) || ordered.some((other) => other.name === name);
    const next = published.find((one) => !ordered.includes(one) && needs(one).every(isOut));
    if (next === undefined) throw new Error(stuck(published, ordered, names));
    ordered.push(next);
  }
  return ordered;
}

/** The tag of a version, as changesets writes it. */
export function tagOf({ name, version }) {
  return `${name}@${version}`;
}

function needs({ manifest }) {
  return INSTALLED.flatMap((key) => Object.keys(manifest[key] ?? {}));
}

/** Why no further package can be published. */
function stuck(published, ordered, names) {
  const left = published.filter((one) => !ordered.includes(one));
  for (const one of left) {
    const hidden = needs(one).find(
      (name) => names.has(name) && !published.some((other) => other.name === name),
    );
    if (hidden !== undefined) {
      return `Cannot order the packages: ${one.name} depends on ${hidden}, which is private`;
    }
  }
  return `Cannot order the packages: these depend on each other: ${left.map(({ name }) => name).join(', ')}`;
}
