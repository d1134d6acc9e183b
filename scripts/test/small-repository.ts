import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What stands in a file: text as it is, anything else as JSON. */
export type Files = Readonly<Record<string, string | object>>;

/** The package.json of a published package with one door, built. */
export function manifest(name: string, more: object = {}): object {
  return {
    name,
    version: '1.2.3',
    license: 'MIT',
    files: ['dist'],
    type: 'module',
    exports: { '.': { '@proto/source': './src/index.ts', default: './dist/index.js' } },
    publishConfig: { exports: { '.': './dist/index.js' }, access: 'public' },
    ...more,
  };
}

const REPOSITORY: Files = {
  'package.json': { private: true, author: 'us', repository: 'https://github.com/acme/lines' },
  'pnpm-workspace.yaml': 'packages:\n  - packages/*\n\ncatalog:\n  left: ^4.0.0\n',
  LICENSE: 'MIT, by us\n',
  'docs/guide.md': '# Guide\n',
  'docs/look.png': 'png',
  'packages/leaf/package.json': manifest('@acme/leaf'),
  'packages/leaf/dist/index.js': 'export const leaf = 1;\n',
  'packages/leaf/README.md': '# leaf\n',
};

/** A repository with one package, `packages/leaf`, and the given files. Gives its folder. */
export function smallRepository(more: Files = {}): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'repository-')));
  put(root, { ...REPOSITORY, ...more });
  return root;
}

export function put(root: string, files: Files): void {
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    writeFileSync(join(root, file), text);
  }
}
