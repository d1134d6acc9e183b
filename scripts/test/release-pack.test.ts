import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { packAll } from '../release/pack.mjs';
import { type Files, manifest, put, smallRepository } from './small-repository.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

function repository(more?: Files): string {
  const root = smallRepository(more);
  folders.push(root);
  return root;
}

function pack(root: string): ReturnType<typeof packAll> {
  const folder = mkdtempSync(join(tmpdir(), 'packed-'));
  folders.push(folder);
  return packAll({ folder, root });
}

/** The text of a file in the only tarball, or in the one of a package. */
function read(packed: ReturnType<typeof packAll>, path: string, name = '@acme/leaf'): string {
  const { file } = packed.find((one) => one.name === name) ?? { file: '' };
  return execFileSync('tar', ['-xOzf', file, `package/${path}`], { encoding: 'utf8' });
}

const TOP: Files = {
  'apps/top/package.json': manifest('@acme/top', {
    bin: { top: './dist/main.js' },
    scripts: { prestart: 'node ../../scripts/run.mjs ready' },
    devDependencies: { vitest: 'catalog:' },
    dependencies: { right: '^1.0.0', left: 'catalog:', '@acme/leaf': 'workspace:^' },
  }),
  'apps/top/dist/index.js': 'export const top = 1;\n',
  'apps/top/dist/main.js': '#!/usr/bin/env node\n',
  'apps/top/CHANGELOG.md': '# 1.2.3\n',
};

test('packAll: a package.json is for users: real ranges, the exports of the build, no scripts', () => {
  const packed = pack(repository(TOP));
  expect(packed.map(({ name }) => name)).toEqual(['@acme/leaf', '@acme/top']);
  const shipped = read(packed, 'package.json', '@acme/top');
  expect(Object.entries(JSON.parse(shipped) as object)).toEqual([
    ['name', '@acme/top'],
    ['version', '1.2.3'],
    ['homepage', 'https://github.com/acme/lines/tree/main/apps/top#readme'],
    ['bugs', { url: 'https://github.com/acme/lines/issues' }],
    ['repository', { type: 'git', url: 'git+https://github.com/acme/lines.git', directory: 'apps/top' }],
    ['license', 'MIT'],
    ['author', 'us'],
    ['type', 'module'],
    ['bin', { top: 'dist/main.js' }],
    ['files', ['dist', 'CHANGELOG.md']],
    ['exports', { '.': './dist/index.js' }],
    ['dependencies', { '@acme/leaf': '^1.2.3', left: '^4.0.0', right: '^1.0.0' }],
    ['publishConfig', { access: 'public' }],
  ]);
  expect(shipped.indexOf('@acme/leaf"')).toBeLessThan(shipped.indexOf('left"'));
});

test('packAll: every tarball has the LICENSE of the root, the CHANGELOG if there is one, and a program to run', () => {
  const packed = pack(repository(TOP));
  expect(packed.map(({ files }) => files.map(({ path }) => path).toSorted())).toEqual([
    ['LICENSE', 'README.md', 'dist/index.js', 'package.json'],
    ['CHANGELOG.md', 'LICENSE', 'dist/index.js', 'dist/main.js', 'package.json'],
  ]);
  expect(read(packed, 'LICENSE', '@acme/top')).toBe('MIT, by us\n');
  const listed = execFileSync('tar', ['-tvzf', packed[1]?.file ?? ''], { encoding: 'utf8' });
  expect(listed).toMatch(/^-rwxr-xr-x .* package\/dist\/main\.js$/m);
});

test('packAll: packing twice gives the same bytes, whatever the file system says', () => {
  const files: Files = {
    'packages/leaf/dist/a.js': 'import "./deep/b-ABCD2345.js"',
    'packages/leaf/dist/deep/b-ABCD2345.js':
      'import "../part-L5B74MSS.js"\n//# sourceMappingURL=b-ABCD2345.js.map',
    'packages/leaf/dist/deep/b-ABCD2345.js.map': { sources: [] },
    'packages/leaf/dist/part-L5B74MSS.js': 'b',
    'packages/leaf/dist/index.d.ts': 'export * from "./rooms-Du07ALJD.js"',
    'packages/leaf/dist/rooms-Du07ALJD.d.ts': 'export {}',
  };
  const root = repository(files);
  const [first] = pack(root);
  expect(first?.files.map(({ path }) => path)).toContain('dist/part-L5B74MSS.js');
  // Made again in another order, later, with other modes; the keys of package.json turned around.
  const leaf = join(root, 'packages/leaf');
  rmSync(join(leaf, 'dist'), { recursive: true });
  put(root, {
    ...Object.fromEntries(Object.entries(files).toReversed()),
    'packages/leaf/dist/index.js': 'export const leaf = 1;\n',
    // Left from another build: nothing names them but each other.
    'packages/leaf/dist/b-QRST6789.js': 'import "./c-QRST6789.js"\n//# sourceMappingURL=b-QRST6789.js.map',
    'packages/leaf/dist/b-QRST6789.js.map': { sources: ['../../../node_modules/gone/gone.js'] },
    'packages/leaf/dist/c-QRST6789.js': 'import "./b-QRST6789.js"',
    'packages/leaf/dist/rooms-BnJ6X7Gr.d.ts': 'export {}',
    'packages/leaf/package.json': Object.fromEntries(Object.entries(manifest('@acme/leaf')).toReversed()),
  });
  chmodSync(join(leaf, 'dist/a.js'), 0o600);
  chmodSync(join(leaf, 'README.md'), 0o777);
  const [second] = pack(root);
  expect(second?.integrity).toMatch(/^sha512-/);
  expect({ ...second, file: '' }).toEqual({ ...first, file: '' });
  expect(readFileSync(second?.file ?? '').equals(readFileSync(first?.file ?? ''))).toBe(true);
});

test('packAll: links to what is not in the tarball become addresses at the tag of the version', () => {
  const README = [
    '[the guide](../../docs/guide.md#start) and [`code`](dist/index.js), [us](https://example.org), [here](#leaf)',
    '![look](../../docs/look.png) <img src="../../docs/look.png"> [docs](../../docs)',
    '`[no](../../docs/guide.md)`',
    '```',
    '[no](../../docs/guide.md)',
    '```',
    '[ref]: ../../docs/guide.md',
  ].join('\n');
  const at = (view: string, path: string): string =>
    `https://github.com/acme/lines/${view}/@acme/leaf@1.2.3/${path}`;
  const packed = pack(repository({ 'packages/leaf/README.md': README }));
  expect(read(packed, 'README.md').split('\n')).toEqual([
    `[the guide](${at('blob', 'docs/guide.md#start')}) and [\`code\`](dist/index.js), [us](https://example.org), [here](#leaf)`,
    `![look](${at('raw', 'docs/look.png')}) <img src="${at('raw', 'docs/look.png')}"> [docs](${at('tree', 'docs')})`,
    '`[no](../../docs/guide.md)`',
    '```',
    '[no](../../docs/guide.md)',
    '```',
    `[ref]: ${at('blob', 'docs/guide.md')}`,
  ]);
});

test('packAll: the licences of bundled code are in one file, by what source maps and records say', () => {
  const zed = 'node_modules/.pnpm/zed@2.0.0/node_modules/zed';
  const packed = pack(
    repository({
      [`${zed}/package.json`]: { name: 'zed', version: '2.0.0', license: 'ISC' },
      [`${zed}/LICENSE`]: 'ISC, by Z\n',
      'packages/leaf/dist/index.js.map': { sources: ['../src/index.ts', `../../../${zed}/lib/zed.js`] },
      'packages/leaf/dist/page/index.html': '<p>',
      'packages/leaf/dist/page/licences.json': [
        { name: 'ay', version: '1.0.0', identifier: 'MIT', text: 'MIT, by A' },
      ],
    }),
  );
  expect(read(packed, 'THIRD-PARTY-LICENSES.txt')).toBe(
    'This package holds code or fonts of others, under these licences.\n\n' +
      'ay 1.0.0 (MIT)\n--------------\n\nMIT, by A\n\n\nzed 2.0.0 (ISC)\n---------------\n\nISC, by Z\n',
  );
  expect(packed[0]?.files.map(({ path }) => path)).not.toContain('dist/page/licences.json');
});

const REFUSALS: readonly { readonly why: string; readonly files: Files; readonly says: string }[] = [
  {
    why: 'a file that package.json names is not built',
    files: { 'packages/leaf/package.json': manifest('@acme/leaf', { bin: { leaf: './dist/main.js' } }) },
    says: 'Cannot pack packages/leaf: its package.json names dist/main.js, which is not built. Run npm run build',
  },
  {
    why: 'a key that may not be for users',
    files: { 'packages/leaf/package.json': manifest('@acme/leaf', { knip: {} }) },
    says: 'Cannot pack packages/leaf: its package.json has the key knip; name it in scripts/release/manifest.mjs',
  },
  {
    why: 'a range that no registry knows',
    files: { 'packages/leaf/package.json': manifest('@acme/leaf', { dependencies: { a: 'link:../a' } }) },
    says: 'Cannot pack packages/leaf: a has the range link:../a, which no registry knows',
  },
  {
    why: 'a link to nothing',
    files: { 'packages/leaf/README.md': '[gone](../../docs/gone.md)' },
    says: 'Cannot pack packages/leaf: its README.md has a link to ../../docs/gone.md, which is not there',
  },
  {
    why: 'bundled code without a licence',
    files: {
      'node_modules/zed/package.json': { name: 'zed', version: '2.0.0' },
      'packages/leaf/dist/index.js.map': { sources: ['../../../node_modules/zed/zed.js'] },
    },
    says: 'packages/leaf: zed@2.0.0 is in it, and has no text of its licence',
  },
];

test.each(REFUSALS)('packAll: refuses $why', ({ files, says }) => {
  const root = repository(files);
  expect(() => pack(root)).toThrow(says);
});

test('packAll: refuses a package without a build', () => {
  const root = repository();
  renameSync(join(root, 'packages/leaf/dist'), join(root, 'packages/leaf/out'));
  expect(() => pack(root)).toThrow('lists dist, which is not there. Run npm run build');
});
