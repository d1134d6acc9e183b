import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { packAll } from '../release/pack.mjs';
import { writeSboms } from '../release/sbom.mjs';
import { manifest, smallRepository } from './small-repository.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

const integrity = `sha512-${Buffer.alloc(64, 7).toString('base64')}`;
const HASH = [{ alg: 'SHA-512', content: '07'.repeat(64) }];
const STORE = 'node_modules/.pnpm';

/** `top` depends on `leaf` and `@at/left`, and its bundle holds code of `zed`. */
function repository(): string {
  const root = smallRepository({
    'apps/top/package.json': manifest('@acme/top', {
      dependencies: { '@acme/leaf': 'workspace:^', '@at/left': '^1.0.0' },
    }),
    'apps/top/dist/index.js': 'export const top = 1;\n',
    'apps/top/dist/index.js.map': { sources: [`../../../${STORE}/zed@2.0.0/node_modules/zed/zed.js`] },
    [`${STORE}/zed@2.0.0/node_modules/zed/package.json`]: { name: 'zed', version: '2.0.0', license: 'ISC' },
    [`${STORE}/zed@2.0.0/node_modules/zed/LICENSE`]: 'ISC',
    [`${STORE}/@at+left@1.0.0/node_modules/@at/left/package.json`]: {
      name: '@at/left',
      version: '1.0.0',
      license: '(MIT AND Zlib)',
    },
    // YAML can be written as JSON.
    'pnpm-lock.yaml': {
      importers: {
        'packages/leaf': {},
        'apps/top': {
          dependencies: {
            '@acme/leaf': { specifier: 'workspace:^', version: 'link:../../packages/leaf' },
            '@at/left': { specifier: '^1.0.0', version: '1.0.0' },
          },
          devDependencies: { zed: { specifier: '2.0.0', version: '2.0.0' } },
        },
      },
      packages: {
        '@at/left@1.0.0': { resolution: { integrity } },
        'zed@2.0.0': { resolution: { integrity } },
      },
      snapshots: { '@at/left@1.0.0': {}, 'zed@2.0.0': {} },
    },
  });
  folders.push(root);
  return root;
}

function sboms(root: string): { tarballs: ReturnType<typeof packAll>; texts: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  folders.push(folder);
  const tarballs = packAll({ folder, root });
  return { tarballs, texts: writeSboms(tarballs, root).map((path) => readFileSync(path, 'utf8')) };
}

test('writeSboms: names what is in a tarball and what is installed with it, each with hash and licence', () => {
  const { tarballs, texts } = sboms(repository());
  const hex = (at: number): string =>
    Buffer.from(tarballs[at]?.integrity.replace('sha512-', '') ?? '', 'base64').toString('hex');
  const leaf = 'pkg:npm/%40acme/leaf@1.2.3';
  const left = 'pkg:npm/%40at/left@1.0.0';
  const top = 'pkg:npm/%40acme/top@1.2.3';
  const zed = 'pkg:npm/zed@2.0.0';
  expect(JSON.parse(texts[1] ?? '')).toMatchObject({
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    metadata: {
      component: {
        group: '@acme',
        name: 'top',
        version: '1.2.3',
        purl: top,
        hashes: [{ alg: 'SHA-512', content: hex(1) }],
        externalReferences: [{ type: 'vcs', url: 'https://github.com/acme/lines' }],
      },
    },
    components: [
      {
        'bom-ref': leaf,
        purl: leaf,
        hashes: [{ alg: 'SHA-512', content: hex(0) }],
        licenses: [{ license: { id: 'MIT' } }],
      },
      { purl: left, hashes: HASH, licenses: [{ expression: 'MIT AND Zlib' }] },
      { purl: zed, hashes: HASH, licenses: [{ license: { id: 'ISC' } }], properties: [{ value: 'true' }] },
    ],
    dependencies: [
      { ref: leaf, dependsOn: [] },
      { ref: top, dependsOn: [leaf, left, zed] },
      { ref: left, dependsOn: [] },
      { ref: zed, dependsOn: [] },
    ],
  });
  expect(JSON.parse(texts[0] ?? '')).toMatchObject({
    components: [],
    dependencies: [{ ref: leaf, dependsOn: [] }],
  });
});

test('writeSboms: the same tarballs give the same bytes', () => {
  const root = repository();
  const { texts } = sboms(root);
  expect(sboms(root).texts).toEqual(texts);
  expect(texts[0]).toMatch(/"urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}"/);
});
