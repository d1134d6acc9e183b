// The package.json of a tarball, made from the one of the workspace.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { metadataOf } from './metadata.mjs';

/** The keys of a package.json in a tarball, in their order. */
const SHIPPED = [
  'name',
  'version',
  'description',
  'keywords',
  'homepage',
  'bugs',
  'repository',
  'license',
  'author',
  'type',
  'bin',
  'files',
  'sideEffects',
  'exports',
  'dependencies',
  'optionalDependencies',
  'peerDependencies',
  'peerDependenciesMeta',
  'engines',
  'publishConfig',
];

/** The keys that are of use in the repository only. */
const LEFT_OUT = new Set(['devDependencies', 'scripts']);

const RANGES = ['dependencies', 'optionalDependencies', 'peerDependencies'];

/**
 * What the package.json of a tarball holds: real ranges, the exports of the build, where it comes from, and nothing
 * that only the repository needs. Keys and dependencies have a fixed order.
 *
 * Errors: a key that is not known here is thrown, and so is a range that cannot be resolved.
 *
 * @param {{ folder: string, manifest: Record<string, any> }} one
 * @param {{ versions: ReadonlyMap<string, string>, files: string[], root: string }} context `versions` of the
 *   published packages by name, `files` at the top of the tarball
 */
export function shippedManifest({ folder, manifest }, { versions, files, root }) {
  const { exports: published, ...publishConfig } = manifest.publishConfig ?? {};
  const whole = { ...manifest, ...metadataOf(folder, root), files, publishConfig };
  if (published !== undefined) whole.exports = published;
  // npm writes them without the beginning, and warns where it has to.
  if (whole.bin !== undefined) whole.bin = mapValues(whole.bin, (file) => file.replace(/^\.\//, ''));
  const catalog = parse(readFileSync(join(root, 'pnpm-workspace.yaml'), 'utf8')).catalog ?? {};
  for (const key of RANGES.filter((range) => whole[range] !== undefined)) {
    whole[key] = mapValues(sorted(whole[key]), (range, name) =>
      realRange(folder, name, range, { versions, catalog }),
    );
  }
  const unknown = Object.keys(whole).find((key) => !SHIPPED.includes(key) && !LEFT_OUT.has(key));
  if (unknown !== undefined) {
    const expected = 'name it in scripts/release/manifest.mjs, as shipped or as left out';
    throw new Error(`Cannot pack ${folder}: its package.json has the key ${unknown}; ${expected}`);
  }
  return Object.fromEntries(
    SHIPPED.filter((key) => whole[key] !== undefined).map((key) => [key, whole[key]]),
  );
}

/** A range as the registry knows it, for one that only the workspace knows. */
function realRange(folder, name, range, { versions, catalog }) {
  const fail = (state) => new Error(`Cannot pack ${folder}: ${name} has the range ${range}, ${state}`);
  if (range === 'catalog:') {
    if (catalog[name] === undefined) throw fail('and the catalog of pnpm-workspace.yaml does not list it');
    return catalog[name];
  }
  const [, kind] = /^workspace:([\^~*])$/.exec(range) ?? [];
  if (kind === undefined) {
    if (range.includes(':')) throw fail('which no registry knows');
    return range;
  }
  const version = versions.get(name);
  if (version === undefined) throw fail('and is not published');
  return kind === '*' ? version : `${kind}${version}`;
}

function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
