// What the lockfile says: which packages of others a user gets with each of ours, and where the installed ones are.
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const STORE = 'node_modules/.pnpm';

/**
 * The lockfile, parsed.
 *
 * @param {string} [root] the folder of the repository
 */
export function readLockfile(root = '.') {
  return parse(readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8'));
}

/**
 * The packages of others that are installed with one of ours, however deep, by key.
 *
 * Shape:  a key is `name@version`. `needs` are keys, and names of our own packages.
 *
 * @param {string} folder the package's, relative to the root
 * @param {Record<string, any>} lock
 * @returns {{ direct: string[], others: Map<string, { key: string, name: string, version: string, needs: string[] }> }}
 */
export function installedWith(folder, lock) {
  const others = new Map();
  const add = (name, version) => {
    const key = `${name}@${bare(version)}`;
    if (others.has(key)) return key;
    const { dependencies = {}, optionalDependencies = {} } = lock.snapshots[`${name}@${version}`];
    const one = { key, name, version: bare(version), needs: [] };
    others.set(key, one);
    one.needs = Object.entries({ ...dependencies, ...optionalDependencies })
      .map(([other, its]) => add(other, its))
      .toSorted();
    return key;
  };
  const { dependencies = {}, optionalDependencies = {} } = lock.importers[folder];
  const direct = Object.entries({ ...dependencies, ...optionalDependencies }).map(([name, { version }]) =>
    version.startsWith('link:') ? name : add(name, version),
  );
  return { direct: direct.toSorted(), others };
}

/**
 * The manifest and the folder of each package that is installed now, by key. What is for another system is not
 * installed, so it isn't here.
 *
 * @param {string} [root] the folder of the repository
 * @returns {Map<string, { folder: string, manifest: Record<string, any> }>}
 */
export function installedPackages(root = '.') {
  const store = join(root, STORE);
  const folders = readdirSync(store)
    .map((entry) => join(store, entry, 'node_modules'))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => namesIn(folder).map((name) => join(folder, name)))
    // A link leads to the package of another folder.
    .filter((folder) => !lstatSync(folder).isSymbolicLink() && existsSync(join(folder, 'package.json')));
  return new Map(
    folders.map((folder) => {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      return [`${manifest.name}@${manifest.version}`, { folder, manifest }];
    }),
  );
}

/** The licence that a manifest names, as an SPDX expression, or `undefined`. */
export function licenceOf({ license, licenses } = {}) {
  const first = [license, licenses].flat().find((one) => one !== undefined);
  return (typeof first === 'object' ? first.type : first)?.replace(/^\((.*)\)$/, '$1');
}

function namesIn(folder) {
  return readdirSync(folder).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(folder, name)).map((inner) => `${name}/${inner}`) : [name],
  );
}

/** A version without the peers that pnpm writes after it. */
function bare(version) {
  return version.replace(/\(.*$/, '');
}
