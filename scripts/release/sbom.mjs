// A bill of materials for each tarball, as CycloneDX 1.6: what is in it, and what a user installs with it today. Tools that
// write one read npm's lockfile, or ask the registry; ours comes from pnpm's.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { installedPackages, installedWith, licenceOf, readLockfile } from './dependencies.mjs';
import { address } from './metadata.mjs';
import { publishedPackages } from './packages.mjs';

/**
 * Writes `NAME.cdx.json` beside each tarball. The same tarballs and lockfile give the same bytes: there is no time in it.
 *
 * @param {ReturnType<import('./pack.mjs').packAll>} tarballs all of them
 * @param {string} [root] the folder of the repository
 * @returns {string[]} the paths
 */
export function writeSboms(tarballs, root = '.') {
  const facts = { tarballs, lock: readLockfile(root), installed: installedPackages(root), root };
  return tarballs.map((tarball) => {
    const path = tarball.file.replace(/\.tgz$/, '.cdx.json');
    writeFileSync(path, `${JSON.stringify(sbomOf(tarball, facts), null, 2)}\n`);
    return path;
  });
}

/**
 * The bill of materials of one tarball.
 *
 * Source: https://cyclonedx.org/docs/1.6/json; `cdx:npm:package:bundled` is of the CycloneDX property taxonomy.
 */
export function sbomOf(tarball, { tarballs, lock, installed, root }) {
  const components = new Map();
  const dependencies = new Map();
  const ours = new Map(publishedPackages(root).map((one) => [one.name, one]));

  const addOurs = (one) => {
    const { direct, others } = installedWith(one.folder, lock);
    for (const { key, needs } of others.values()) {
      components.set(key, other(key, { lock, installed }));
      dependencies.set(purlOf(key), needs.map(purlOf));
    }
    const keys = direct.map((name) => (ours.has(name) ? keyOf(ours.get(name)) : name));
    for (const name of direct.filter(
      (needed) => ours.has(needed) && !components.has(keyOf(ours.get(needed))),
    )) {
      components.set(
        keyOf(ours.get(name)),
        component(
          tarballs.find((its) => its.name === name),
          ours.get(name),
        ),
      );
      addOurs(ours.get(name));
    }
    dependencies.set(purlOf(keyOf(one)), keys.map(purlOf));
  };
  addOurs(tarball);
  for (const bundled of tarball.bundled) {
    const properties = [{ name: 'cdx:npm:package:bundled', value: 'true' }];
    components.set(keyOf(bundled), { ...other(keyOf(bundled), { lock, installed }), properties });
    dependencies.get(purlOf(keyOf(tarball))).push(purlOf(keyOf(bundled)));
    dependencies.set(purlOf(keyOf(bundled)), []);
  }

  const whole = {
    metadata: {
      lifecycles: [{ phase: 'build' }],
      component: {
        ...component(tarball, ours.get(tarball.name)),
        externalReferences: [{ type: 'vcs', url: address(root) }],
      },
    },
    components: sortedBy(components.values(), 'bom-ref'),
    dependencies: sortedBy(
      [...dependencies].map(([ref, dependsOn]) => ({ ref, dependsOn: [...new Set(dependsOn)].toSorted() })),
      'ref',
    ),
  };
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(whole))}`,
    version: 1,
    ...whole,
  };
}

/** A package of ours, with the hash of its tarball. */
function component({ name, version, integrity }, { manifest }) {
  return describe(`${name}@${version}`, { integrity, licence: manifest.license });
}

/** A package of others, with the hash that the lockfile holds. */
function other(key, { lock, installed }) {
  const { integrity } = lock.packages[key].resolution;
  return describe(key, { integrity, licence: licenceOf(installed.get(key)?.manifest) });
}

function describe(key, { integrity, licence }) {
  const [, group, name, version] = /^(?:(@[^/]+)\/)?([^@]+)@(.+)$/.exec(key);
  return {
    type: 'library',
    'bom-ref': purlOf(key),
    ...(group === undefined ? {} : { group }),
    name,
    version,
    hashes: [
      { alg: 'SHA-512', content: Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex') },
    ],
    ...(licence === undefined ? {} : { licenses: [licenceChoice(licence)] }),
    purl: purlOf(key),
  };
}

/** An SPDX id, or an expression of several. */
function licenceChoice(licence) {
  return licence.includes(' ') ? { expression: licence } : { license: { id: licence } };
}

/** `pkg:npm/...`: the `@` of a scope is written as `%40`. */
function purlOf(key) {
  return `pkg:npm/${key.replace(/^@/, '%40')}`;
}

function keyOf({ name, version }) {
  return `${name}@${version}`;
}

/** A UUID of version 8, which is for one's own purposes, from a text. */
function uuidOf(text) {
  const hex = createHash('sha256').update(text).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

function sortedBy(items, key) {
  return [...items].toSorted((a, b) => (a[key] < b[key] ? -1 : 1));
}
