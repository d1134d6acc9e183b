import { readFileSync, rmSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { address, isAddressKnown } from '../release/metadata.mjs';
import { publishedPackages, tagOf } from '../release/packages.mjs';
import { type Files, manifest, smallRepository } from './small-repository.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

function repository(more?: Files): string {
  const root = smallRepository(more);
  folders.push(root);
  return root;
}

const needing = (name: string, ...needed: string[]): object =>
  manifest(name, { dependencies: Object.fromEntries(needed.map((other) => [other, 'workspace:^'])) });

test('publishedPackages: no package comes before one that it depends on, and private ones are left out', () => {
  const root = repository({
    'apps/a/package.json': needing('@acme/a', '@acme/z'),
    'apps/m/package.json': manifest('@acme/m', { peerDependencies: { '@acme/a': 'workspace:^' } }),
    'packages/z/package.json': needing('@acme/z', '@acme/leaf', 'elsewhere'),
    'packages/p/package.json': { ...needing('@acme/p', '@acme/a'), private: true },
  });
  const names = publishedPackages(root).map(({ name }) => name);
  expect(names).toEqual(['@acme/leaf', '@acme/z', '@acme/a', '@acme/m']);
  expect(publishedPackages(root)[1]).toMatchObject({ folder: 'packages/z', version: '1.2.3' });
});

test('publishedPackages: in this repository, every dependency is published, and before its dependents', () => {
  const packages = publishedPackages();
  const names = packages.map(({ name }) => name);
  expect(names.length).toBeGreaterThan(7);
  for (const { name, manifest: ours } of packages) {
    const needed = Object.keys((ours['dependencies'] as object | undefined) ?? {});
    for (const other of needed.filter((one) => names.includes(one))) {
      expect(names.indexOf(other)).toBeLessThan(names.indexOf(name));
    }
  }
});

test('publishedPackages: in this repository, each says what it is, and nothing that packing adds', () => {
  const added = ['author', 'bugs', 'homepage', 'repository'];
  for (const { folder, manifest: ours } of publishedPackages()) {
    expect({ folder, description: ours['description'] }).toEqual({ folder, description: expect.any(String) });
    expect({ folder, keywords: (ours['keywords'] as string[] | undefined) ?? [] }).not.toEqual({
      folder,
      keywords: [],
    });
    expect({ folder, repeated: added.filter((key) => key in ours) }).toEqual({ folder, repeated: [] });
  }
});

test('publishedPackages: the README names what each one is installed with', () => {
  const rows = readFileSync('README.md', 'utf8').matchAll(/^\| \[`([^`]+)`\]\([^)]+\) \|.*\| ([^|]+) \|$/gm);
  const named = new Map([...rows].map(([, name, dependencies = '']) => [name, dependencies]));
  for (const { name, manifest: ours } of publishedPackages()) {
    const dependencies = Object.keys((ours['dependencies'] as object | undefined) ?? {});
    const short = dependencies.map((other) => other.replace(name.replace(/[^/]+$/, ''), ''));
    const listed = named.get(name)?.split(', ') ?? [];
    expect({ name, listed: listed.toSorted() }).toEqual({
      name,
      listed: short.length === 0 ? ['none'] : short.toSorted(),
    });
  }
});

test('publishedPackages: names the private package that a published one depends on', () => {
  const root = repository({
    'apps/a/package.json': needing('@acme/a', '@acme/p'),
    'packages/p/package.json': { ...manifest('@acme/p'), private: true },
  });
  expect(() => publishedPackages(root)).toThrow('@acme/a depends on @acme/p, which is private');
});

test('publishedPackages: names packages that depend on each other', () => {
  const root = repository({
    'packages/a/package.json': needing('@acme/a', '@acme/b'),
    'packages/b/package.json': needing('@acme/b', '@acme/a'),
  });
  expect(() => publishedPackages(root)).toThrow('these depend on each other: @acme/a, @acme/b');
});

test('tagOf: the name and the version', () => {
  expect(tagOf({ name: '@acme/leaf', version: '1.2.3' })).toBe('@acme/leaf@1.2.3');
});

test('isAddressKnown: the placeholder is not an address', () => {
  const at = (url: string): string => repository({ 'package.json': { private: true, repository: url } });
  expect(isAddressKnown(at('https://github.com/acme/lines'))).toBe(true);
  expect(isAddressKnown(at('https://github.com/OWNER/lines'))).toBe(false);
  expect(address(at('https://github.com/acme/lines'))).toBe('https://github.com/acme/lines');
});

test.each(['https://github.com/acme/lines.git', 'git@github.com:acme/lines', 'https://github.com/acme', ''])(
  'address: refuses %j',
  (url) => {
    const root = repository({ 'package.json': { private: true, repository: url } });
    expect(() => address(root)).toThrow('as "repository" in the package.json of the root: expected https://');
  },
);
