import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packAll } from '../release/pack.mjs';
import { contentOf, differences, pinOf } from '../release/pins.mjs';
import { faultsOf, importFaults } from '../release/shape.mjs';
import { type Files, manifest, smallRepository } from './small-repository.ts';

const folders: string[] = [];
let packed: ReturnType<typeof packAll>;

/** The files of a package that is built with types, under `packages/NAME`. */
function typed(name: string, doors: object, more: Files = {}): Files {
  const files: Files = {
    'package.json': manifest(`@acme/${name}`, {
      publishConfig: { exports: { '.': doors } },
      engines: { node: '>=20.19' },
    }),
    'dist/index.d.ts': 'export declare const leaf: number;\nexport * from "./part.js";\n',
    'dist/part.d.ts': 'export declare const part: number;\n',
    'dist/index.js': 'export const leaf = 1;\nexport * from "./part.js";\n',
    'dist/part.js': 'export const part = 1;\n',
    ...more,
  };
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`packages/${name}/${path}`, text]));
}

const types = './dist/index.d.ts';
const good = './dist/index.js';

/** Text that cannot be made much shorter. */
const CHANGELOG = Array.from(
  { length: 200 },
  (_, at) => `- ${createHash('sha256').update(`${at}`).digest('base64')}`,
).join('\n');

// Packed once: most of the time of these tests is npm's.
beforeAll(() => {
  const root = smallRepository({
    ...typed('good', { types, default: good }),
    ...typed('late', { default: good, types }),
    ...typed(
      'common',
      { types: './dist/index.d.cts', default: good },
      { 'dist/index.d.cts': 'export declare const leaf: number;\n' },
    ),
    ...typed(
      'undeclared',
      { types, default: good },
      { 'dist/part.d.ts': 'export declare const part: import("zed").Zed;\n' },
    ),
    ...typed('grown', { types, default: good }, { 'CHANGELOG.md': CHANGELOG }),
  });
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  folders.push(root, folder);
  packed = packAll({ folder, root });
});
afterAll(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

function tarball(name: string): ReturnType<typeof packAll>[number] {
  const found = packed.find((one) => one.name === `@acme/${name}`);
  if (found === undefined) throw new Error(`${name} was not packed`);
  return found;
}

test('faultsOf: a package in good shape has none', async () => {
  expect(await faultsOf(tarball('good').file)).toEqual([]);
});

test.each([
  ['leaf', 'no types', /^it has no types$/],
  ['late', 'what publint says: types that come too late', /^publint: .*types/],
  ['common', 'types that say CommonJS', /^its types are wrong: FalseCJS at .*index\.d\.cts$/],
  [
    'undeclared',
    'an undeclared import in a declaration',
    /^dist\/part\.d\.ts imports zed, which is not among/,
  ],
])('faultsOf: finds, in %s, %s', async (name, _what, says) => {
  const found = await faultsOf(tarball(name).file);
  expect(found.filter((fault) => says.test(fault))).toHaveLength(1);
});

/** The faults of `dist/a.js`, beside `dist/b.js`, in a package that depends on `left`. */
function faults(text: string, path = 'dist/a.js'): string[] {
  const files = new Map(
    ['package.json', 'dist/a.js', 'dist/b.js', 'dist/b.d.ts', 'dist/page/x.html'].map((f) => [f, f]),
  );
  return importFaults(path, text, {
    files,
    manifest: { name: '@acme/leaf', dependencies: { left: '1' }, peerDependencies: { '@at/peer': '1' } },
  });
}

test('importFaults: builtins, dependencies, peers, the package itself and files that are there are fine', () => {
  expect(
    faults(`import { a } from 'left/deep';
      export { b } from '@at/peer/deep';
      import 'node:net';
      import './b.js';
      const own = await import('@acme/leaf');
      const page = new URL('./page/', import.meta.url), file = new URL('../package.json', import.meta.url);
      // import 'zed'
      const text = "import 'zed'";`),
  ).toEqual([]);
  expect(faults("import type { B } from './b.js';", 'dist/a.d.ts')).toEqual([]);
});

test.each([
  ["import 'zed';", 'dist/a.js imports zed, which is not among its dependencies'],
  ["await import('@at/zed/deep');", 'dist/a.js imports @at/zed, which is not among its dependencies'],
  ["import './gone.js';", 'dist/a.js names ./gone.js, which is not in the tarball'],
  [
    "new Worker(new URL('./gone.js', import.meta.url));",
    'dist/a.js names ./gone.js, which is not in the tarball',
  ],
  ['//# sourceMappingURL=a.js.map', 'dist/a.js names a.js.map, which is not in the tarball'],
])('importFaults: finds what is wrong with %s', (text, says) => {
  expect(faults(text)).toEqual([says]);
});

const CONTENT = {
  packed: 10_000,
  unpacked: 40_000,
  bundled: ['zod MIT'],
  files: ['LICENSE', 'dist/chunk-ABCD2345.js', 'dist/json-log-L5B74MSS.js', 'dist/process-metrics.js'],
};

test('pinOf: a hash in a name is a star, and any hash matches it', () => {
  const pin = pinOf(CONTENT);
  expect(pin.files).toEqual(['LICENSE', 'dist/chunk-*.js', 'dist/json-log-*.js', 'dist/process-metrics.js']);
  const files = ['LICENSE', 'dist/chunk-WXYZ2345.js', 'dist/chunk-QRST2345.js', 'dist/json-log-abcdefgh.js'];
  expect(differences({ ...CONTENT, files: [...files, 'dist/process-metrics.js'] }, pin)).toEqual([]);
});

test.each([
  [{ files: [...CONTENT.files, 'dist/secret.txt'] }, ['dist/secret.txt is new in it']],
  [{ files: CONTENT.files.slice(1) }, ['LICENSE is not in it any more']],
  [
    { files: CONTENT.files.with(1, 'dist/b.js') },
    ['dist/b.js is new in it', 'dist/chunk-*.js is not in it any more'],
  ],
  [
    { bundled: ['zod GPL-3.0'] },
    ['it now holds code of zod GPL-3.0', 'it holds no code of zod MIT any more'],
  ],
  [{ packed: 10_901 }, ['it has 10901 bytes packed, of at most 10900']],
  [{ unpacked: 42_101 }, ['it has 42101 bytes unpacked, of at most 42100']],
  [{ packed: 8_000 }, ['it has only 8000 bytes packed, and its budget is 10900']],
])('differences: %j', (other, says) => {
  expect(differences({ ...CONTENT, ...other }, pinOf(CONTENT))).toEqual(says);
});

test('contentOf: the changelog, which grows with each release, does not count', () => {
  const without = contentOf(tarball('good'));
  const after = contentOf(tarball('grown'));
  expect(tarball('grown').files.map(({ path }) => path)).toContain('CHANGELOG.md');
  expect(after.files).toEqual(without.files);
  // package.json lists it, and has another name.
  expect(Math.abs(after.unpacked - without.unpacked)).toBeLessThan(60);
  expect(Math.abs(after.packed - without.packed)).toBeLessThan(200);
});
