// docs/licences.md: what others made of what we ship, from the lockfile and the pins of the tarballs.
import { readFileSync } from 'node:fs';
import { installedWith, licenceOf } from './dependencies.mjs';

export const DOCUMENT = 'docs/licences.md';

/**
 * The packages of others that users get, each once, by name.
 *
 * Shape:  `key` is `name@version`. `inside` are the folders of our packages whose tarball holds code of it, `beside`
 *         those with which it is installed.
 * Source: the lockfile, and the pins for what a bundle holds. A bundled package is a development dependency.
 *
 * @param {{ folder: string }[]} packages ours, published
 * @param {{ lock: Record<string, any>, pins: Record<string, { bundled: string[] }>,
 *   installed: Map<string, { manifest: Record<string, any> }> }} facts
 */
export function shippedOthers(packages, { lock, pins, installed }) {
  const found = new Map();
  const add = (key, where, folder) => {
    const one = found.get(key) ?? {
      key,
      licence: licenceOf(installed.get(key)?.manifest),
      inside: [],
      beside: [],
    };
    one[where].push(folder);
    found.set(key, one);
  };
  for (const { folder } of packages) {
    for (const key of installedWith(folder, lock).others.keys()) add(key, 'beside', folder);
    for (const bundled of pins[folder]?.bundled ?? [])
      add(keyOf(bundled.split(' ')[0], lock), 'inside', folder);
  }
  return [...found.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

/**
 * The text of docs/licences.md. It names no versions, so that an update changes it only where it changes a licence.
 *
 * @param {ReturnType<typeof shippedOthers>} others
 * @param {{ name: string, folder: string }[]} packages
 */
export function licencesDocument(others, packages) {
  const nameOf = (folder) => packages.find((one) => one.folder === folder).name.replace(/^.*\//, '');
  const row = ({ key, licence, inside, beside }) =>
    `| \`${key.replace(/(?<!^)@.*$/, '')}\` | ${licence} | ${list(inside)} | ${list(beside)} |`;
  const list = (folders) => folders.map(nameOf).join(', ');
  return `# Licences

Everything in this repository is under the MIT licence: see [LICENSE](../LICENSE). These packages of others come with
what we publish. If a tarball holds code or fonts of others, their licences are in its \`THIRD-PARTY-LICENSES.txt\`.
Everything else is installed beside ours, with its own licence in it.

\`node scripts/release/lockfile.mjs --write\` writes this table, and the gate compares it.

| package | licence | in the tarball of | installed with |
|---|---|---|---|
${[...new Set(others.map(row))].join('\n')}
`;
}

/** The one version of a package that somebody of the workspace develops with. */
function keyOf(name, lock) {
  const versions = Object.keys(lock.packages).filter((key) => key.startsWith(`${name}@`));
  const wanted = new Set(
    Object.values(lock.importers)
      .flatMap(({ dependencies = {}, devDependencies = {} }) => [dependencies[name], devDependencies[name]])
      .filter((one) => one !== undefined)
      .map(({ version }) => `${name}@${version.replace(/\(.*$/, '')}`),
  );
  // What nobody asks for is there once, through another: preact's signals bring their core.
  return versions.find((key) => wanted.has(key)) ?? versions[0] ?? `${name}@unknown`;
}

export function readPins() {
  return JSON.parse(readFileSync('scripts/release/tarballs.json', 'utf8'));
}
