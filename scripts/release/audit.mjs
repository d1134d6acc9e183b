// An audit of the lockfile that asks no registry.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import semver from 'semver';
import { licenceOf } from './dependencies.mjs';

/** Licences under which we let others' code come with ours: they ask for a notice, and for nothing of our users. */
const ALLOWED = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  'OFL-1.1',
  'Zlib',
]);

const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];

/** `name@version`, where the version is one of a registry. */
const KEY = /^(?:@[a-z\d][\w.-]*\/)?[a-z\d][\w.-]*@\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/i;

/** A range that only a registry or this workspace can serve. */
const RANGE = /^(?:catalog:|workspace:[\^~*]|[\^~]?\d+\.\d+\.\d+(?:[-+][\w.+-]+)?)$/;

/**
 * What is wrong with the lockfile, one sentence each. Of every package: an integrity, from a registry and from no address,
 * and no script that runs at installation unless `allowBuilds` decides about it. Of those that users get: a licence that
 * we allow, not deprecated, and running on the Node that we promise.
 *
 * @param {{ lock: Record<string, any>, installed: Map<string, { folder: string, manifest: Record<string, any> }>,
 *   allowBuilds: Record<string, boolean>, shipped: string[], node: string }} facts `shipped` are the keys of what users
 *   get, `node` the range that we promise
 * @returns {string[]}
 */
export function lockfileFaults({ lock, installed, allowBuilds, shipped, node }) {
  const floor = semver.minVersion(node);
  return [
    ...Object.entries(lock.packages).flatMap(([key, one]) => sourceFaults(key, one)),
    ...Object.entries(lock.importers).flatMap(([folder, importer]) => rangeFaults(folder, importer)),
    ...Object.keys(lock.patchedDependencies ?? {}).map(
      (key) => `${key} is patched: users get it without the patch`,
    ),
    ...[...installed]
      .filter(([key]) => key in lock.packages)
      .filter(([, { manifest }]) => !(manifest.name in allowBuilds))
      .flatMap(([key, one]) => scriptFaults(key, one)),
    ...shipped.flatMap((key) => shippedFaults(key, lock.packages[key], installed.get(key)?.manifest, floor)),
  ];
}

/** Whether an SPDX expression can be met with the licences that we allow. */
export function isAllowed(expression) {
  if (expression === undefined) return false;
  return expression
    .split(' OR ')
    .some((part) => part.split(' AND ').every((licence) => ALLOWED.has(licence.replace(/^\(|\)$/g, ''))));
}

function sourceFaults(key, { resolution, ...rest }) {
  const { integrity, ...elsewhere } = resolution;
  const faults = [];
  if (!KEY.test(key)) faults.push(`${key} is not a version of a registry`);
  if (!/^sha512-[A-Za-z\d+/]{86}==$/.test(integrity ?? '')) faults.push(`${key} has no sha512 integrity`);
  const found = [elsewhere, { ...rest, deprecated: undefined }].map((part) => JSON.stringify(part)).join(' ');
  if (Object.keys(elsewhere).length > 0 || found.includes('://')) {
    faults.push(`${key} comes from an address: ${found}`);
  }
  return faults;
}

function rangeFaults(folder, importer) {
  return Object.values(importer)
    .flatMap((dependencies) => Object.entries(dependencies))
    .filter(([, { specifier }]) => !RANGE.test(specifier))
    .map(([name, { specifier }]) => `${folder} asks for ${name} as ${specifier}: expected a version, ^ or ~`);
}

function scriptFaults(key, { folder, manifest }) {
  const scripts = INSTALL_SCRIPTS.filter((name) => manifest.scripts?.[name] !== undefined);
  if (scripts.length === 0 && existsSync(join(folder, 'binding.gyp'))) scripts.push('binding.gyp');
  const expected = 'allowBuilds in pnpm-workspace.yaml has to say whether it may run';
  return scripts.map((name) => `${key} runs ${name} at installation: ${expected}`);
}

function shippedFaults(key, locked, manifest, floor) {
  const licence = licenceOf(manifest);
  const node = locked?.engines?.node ?? '*';
  const faults = [];
  if (locked === undefined) return [`${key} is shipped, and not in the lockfile`];
  if (locked.deprecated) faults.push(`${key} is deprecated: ${locked.deprecated}`);
  if (!isAllowed(licence)) faults.push(`${key} has the licence ${licence}, which is not among those allowed`);
  if (!semver.satisfies(floor, node)) faults.push(`${key} needs Node ${node}, and we promise ${floor}`);
  return faults;
}
