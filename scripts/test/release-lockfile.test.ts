import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { isAllowed, lockfileFaults } from '../release/audit.mjs';
import { installedPackages, installedWith, licenceOf, readLockfile } from '../release/dependencies.mjs';
import { licencesDocument, shippedOthers } from '../release/licences.mjs';
import { put, smallRepository } from './small-repository.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

const integrity = `sha512-${'A'.repeat(86)}==`;
const package_ = (more: object = {}): object => ({ resolution: { integrity }, ...more });

/** `packages/leaf` depends on `left`, which depends on `@at/deep`; it is built with `zed`. */
const LOCK = {
  importers: {
    'packages/leaf': {
      dependencies: { left: { specifier: '^1.0.0', version: '1.0.0(@types/node@20.0.0)' } },
      devDependencies: { zed: { specifier: 'catalog:', version: '2.0.0' } },
    },
    'apps/top': {
      dependencies: { '@acme/leaf': { specifier: 'workspace:^', version: 'link:../../packages/leaf' } },
    },
  },
  packages: {
    'left@1.0.0': package_(),
    '@at/deep@3.0.0-rc.1': package_(),
    'zed@2.0.0': package_(),
    'zed@1.0.0': package_(),
  },
  snapshots: {
    'left@1.0.0(@types/node@20.0.0)': { dependencies: { '@at/deep': '3.0.0-rc.1' } },
    '@at/deep@3.0.0-rc.1': {},
    'zed@2.0.0': {},
  },
};

const INSTALLED = new Map([
  ['left@1.0.0', { folder: 'left', manifest: { name: 'left', version: '1.0.0', license: 'MIT' } }],
  ['@at/deep@3.0.0-rc.1', { folder: 'deep', manifest: { name: '@at/deep', licenses: [{ type: 'ISC' }] } }],
  ['zed@2.0.0', { folder: 'zed', manifest: { name: 'zed', license: '(MIT AND Zlib)' } }],
]);

const PACKAGES = [
  { name: '@acme/leaf', folder: 'packages/leaf' },
  { name: '@acme/top', folder: 'apps/top' },
];

const OTHERS = shippedOthers(PACKAGES, {
  lock: LOCK,
  installed: INSTALLED,
  pins: { 'packages/leaf': { bundled: [] }, 'apps/top': { bundled: ['zed MIT'] } },
});

function faults(change: { lock?: object; installed?: typeof INSTALLED; node?: string } = {}): string[] {
  return lockfileFaults({
    lock: { ...LOCK, ...change.lock },
    installed: change.installed ?? INSTALLED,
    allowBuilds: { built: false },
    shipped: OTHERS.map(({ key }) => key),
    node: change.node ?? '>=20.19',
  });
}

/** The lockfile with another entry for one package. */
const withPackage = (key: string, entry: object): { lock: object } => ({
  lock: { packages: { ...LOCK.packages, [key]: entry } },
});

/** What is installed, with another manifest for one package. */
const withManifest = (key: string, manifest: object): { installed: typeof INSTALLED } => ({
  installed: new Map([
    ...INSTALLED,
    [key, { folder: 'x', manifest: { name: 'left', license: 'MIT', ...manifest } }],
  ]),
});

describe('lockfile', () => {
  test('installedWith: what comes with a package, however deep; our own by name', () => {
    const { direct, others } = installedWith('packages/leaf', LOCK);
    expect(direct).toEqual(['left@1.0.0']);
    expect([...others.values()]).toEqual([
      { key: 'left@1.0.0', name: 'left', version: '1.0.0', needs: ['@at/deep@3.0.0-rc.1'] },
      { key: '@at/deep@3.0.0-rc.1', name: '@at/deep', version: '3.0.0-rc.1', needs: [] },
    ]);
    expect(installedWith('apps/top', LOCK)).toEqual({ direct: ['@acme/leaf'], others: new Map() });
  });

  test('installedPackages: what pnpm has put into its folder, each once', () => {
    const root = smallRepository();
    folders.push(root);
    put(root, {
      'node_modules/.pnpm/left@1.0.0/node_modules/left/package.json': { name: 'left', version: '1.0.0' },
      'node_modules/.pnpm/@at+deep@3.0.0/node_modules/@at/deep/package.json': {
        name: '@at/deep',
        version: '3.0.0',
      },
      'node_modules/.pnpm/lock.yaml': '',
    });
    const found = installedPackages(root);
    expect([...found.keys()].toSorted()).toEqual(['@at/deep@3.0.0', 'left@1.0.0']);
    expect(found.get('left@1.0.0')?.folder).toBe(
      join(root, 'node_modules/.pnpm/left@1.0.0/node_modules/left'),
    );
  });

  test('installedPackages: in this repository, everything that users get is installed', () => {
    const { others } = installedWith('apps/server', readLockfile());
    const installed = installedPackages();
    expect(others.size).toBeGreaterThan(10);
    expect([...others.keys()].filter((key) => !installed.has(key))).toEqual([]);
  });

  test.each([
    [{ license: 'MIT' }, 'MIT'],
    [{ license: '(MIT OR GPL-3.0)' }, 'MIT OR GPL-3.0'],
    [{ license: { type: 'ISC' } }, 'ISC'],
    [{ licenses: [{ type: 'MIT' }, { type: 'GPL' }] }, 'MIT'],
    [{}, undefined],
  ])('licenceOf: %j is %s', (manifest, licence) => {
    expect(licenceOf(manifest)).toBe(licence);
  });

  test.each([
    ['MIT', true],
    ['MIT AND Zlib', true],
    ['GPL-3.0 OR MIT', true],
    ['MIT AND GPL-3.0', false],
    ['GPL-3.0', false],
    [undefined, false],
  ])('isAllowed: %s, %s', (expression, allowed) => {
    expect(isAllowed(expression)).toBe(allowed);
  });

  test('lockfileFaults: a lockfile in order has none', () => {
    expect(faults()).toEqual([]);
  });

  test.each([
    [withPackage('left@1.0.0', { resolution: {} }), 'left@1.0.0 has no sha512 integrity'],
    [withPackage('a@1.0.0', { resolution: { integrity: 'sha1-abc=' } }), 'a@1.0.0 has no sha512 integrity'],
    [
      withPackage('a@1.0.0', { resolution: { integrity, tarball: 'https://example.org/a.tgz' } }),
      'a@1.0.0 comes from an address: {"tarball":"https://example.org/a.tgz"}',
    ],
    [
      withPackage('a@https://example.org/a.tgz', package_()),
      'a@https://example.org/a.tgz is not a version of a registry',
    ],
    [
      {
        lock: {
          importers: { 'apps/top': { dependencies: { a: { specifier: 'github:a/a', version: '1.0.0' } } } },
        },
      },
      'apps/top asks for a as github:a/a: expected a version, ^ or ~',
    ],
    [
      { lock: { importers: { 'apps/top': { dependencies: { a: { specifier: '*', version: '1.0.0' } } } } } },
      'apps/top asks for a as *: expected a version, ^ or ~',
    ],
    [{ lock: { patchedDependencies: { 'left@1.0.0': {} } } }, 'left@1.0.0 is patched'],
    [
      withManifest('left@1.0.0', { scripts: { postinstall: 'node steal.js' } }),
      'left@1.0.0 runs postinstall at installation: allowBuilds in pnpm-workspace.yaml has to say',
    ],
    [withPackage('left@1.0.0', package_({ deprecated: 'use right' })), 'left@1.0.0 is deprecated: use right'],
    [
      withManifest('left@1.0.0', { license: 'GPL-3.0' }),
      'left@1.0.0 has the licence GPL-3.0, which is not among those allowed',
    ],
    [
      withPackage('zed@2.0.0', package_({ engines: { node: '>=22.12' } })),
      'zed@2.0.0 needs Node >=22.12, and we promise 20.19.0',
    ],
    [
      { lock: { packages: { 'left@1.0.0': package_(), 'zed@2.0.0': package_() } } },
      '@at/deep@3.0.0-rc.1 is shipped, and not',
    ],
  ])('lockfileFaults: %j', (change, says) => {
    expect(faults(change)).toEqual([expect.stringContaining(says)]);
  });

  test('lockfileFaults: allowBuilds may decide about a script, either way', () => {
    const manifest = { name: 'built', scripts: { install: 'node-gyp rebuild' } };
    const change = { ...withPackage('built@1.0.0', package_()), ...withManifest('built@1.0.0', manifest) };
    expect(faults(change)).toEqual([]);
  });

  test('licencesDocument: names each package of others once, and where it is', () => {
    expect(
      licencesDocument(OTHERS, PACKAGES)
        .split('\n')
        .filter((line) => line.startsWith('| `')),
    ).toEqual([
      '| `@at/deep` | ISC |  | leaf |',
      '| `left` | MIT |  | leaf |',
      '| `zed` | MIT AND Zlib | top |  |',
    ]);
  });
});
