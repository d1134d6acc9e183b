import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { currentScope, refusal, renameIn } from '../rename.mjs';
import { copyOfRepository } from '../copy.mjs';

/** It is longer, comes before others in a list, and is none that a document shows. */
const SCOPE = '@apart.name-2';

const from = currentScope();

/** Every file of a copy that Git would know, without what is installed. */
function filesOf(copy: string): string[] {
  const names = readdirSync(copy, { recursive: true, encoding: 'utf8', withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name).slice(copy.length + 1));
}

/** Runs a tool of the repository in a folder, and gives what it says if it fails. */
function complaint(cwd: string, tool: string, ...args: string[]): string {
  const PATH = [resolve('node_modules/.bin'), process.env['PATH']].join(delimiter);
  const { status, stdout, stderr } = spawnSync(tool, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH },
  });
  return status === 0 ? '' : `${tool}: ${stdout}${stderr}`;
}

describe('a renamed repository', () => {
  let copy: string;

  beforeAll(() => {
    copy = copyOfRepository();
    renameIn(SCOPE, filesOf(copy), copy);
    // What an install does: the packages find each other by their new names.
    for (const folder of ['packages', 'apps'].flatMap((each) =>
      readdirSync(join(copy, each)).map((name) => join(copy, each, name)),
    )) {
      const scoped = join(folder, 'node_modules', from);
      if (existsSync(scoped)) renameSync(scoped, join(folder, 'node_modules', SCOPE));
    }
    expect(complaint(copy, 'oxfmt')).toBe('');
  });

  afterAll(() => rmSync(copy, { recursive: true }));

  test('rename: the old scope is nowhere', () => {
    const left = filesOf(copy).filter((file) =>
      new RegExp(`${from}(?![\\w-])`).test(readFileSync(join(copy, file), 'latin1')),
    );
    expect(filesOf(copy).length).toBeGreaterThan(1000);
    expect(left).toEqual([]);
    expect(readFileSync(join(copy, 'README.md'), 'utf8')).toContain('/apart.name-2-codec-0.0.0.tgz');
  });

  test('rename: the dependencies are in order', () => {
    const manifests = filesOf(copy).filter((file) => file.endsWith('package.json'));
    const lists = manifests.flatMap((file) => {
      const { dependencies = {}, devDependencies = {} } = JSON.parse(
        readFileSync(join(copy, file), 'utf8'),
      ) as Record<string, object>;
      return [Object.keys(dependencies), Object.keys(devDependencies)];
    });
    expect(lists.flat().filter((name) => name.startsWith(SCOPE)).length).toBeGreaterThan(10);
    for (const names of lists) expect(names).toEqual(names.toSorted());
  });

  test.each([
    { name: 'lint', tool: 'oxlint', args: ['--quiet'] },
    { name: 'layers', tool: 'node', args: ['scripts/layers.mjs'] },
    { name: 'versions', tool: 'sherif', args: ['--fail-on-warnings'] },
    { name: 'unused', tool: 'knip', args: [] },
  ])('rename: the $name of the gate are green', ({ tool, args }) => {
    expect(complaint(copy, tool, ...args)).toBe('');
  });

  test('rename: types and tests of a package that imports others are green', () => {
    expect(complaint(join(copy, 'apps/client'), 'tsc')).toBe('');
    expect(complaint(join(copy, 'apps/client'), 'vitest', 'run', 'test/command', 'test/dial')).toBe('');
  });
});

describe('what is refused', () => {
  test.each(['acme', '@', '@Acme', '@acme/', '@.acme', '@a b', `@${'a'.repeat(39)}`])(
    'refusal: %s is no scope',
    (scope) => {
      expect(refusal(scope)).toMatch(/^Cannot rename to .*: expected a scope such as @acme/);
    },
  );

  test('refusal: without a scope, it says how to call it', () => {
    expect(refusal(undefined)).toBe('Cannot rename: expected a scope, as in npm run rename -- @acme');
  });

  test('refusal: a scope that is used, by us or by a dependency', () => {
    expect(refusal(from)).toBe(`Cannot rename to ${from}: the packages have that scope already`);
    expect(refusal('@types')).toMatch(/^Cannot rename to @types: a dependency has that scope, @types\//);
    expect(refusal(SCOPE)).toBeUndefined();
  });

  test('rename: a tree that is not as committed, or that Git does not know', () => {
    const tree = mkdtempSync(join(tmpdir(), 'rename-'));
    try {
      mkdirSync(join(tree, 'packages/codec'), { recursive: true });
      for (const file of ['packages/codec/package.json', 'pnpm-lock.yaml'])
        copyFileSync(file, join(tree, file));
      cpSync('scripts', join(tree, 'scripts'), {
        recursive: true,
        filter: (path) => !path.includes('/test'),
      });
      const rename = (): string =>
        spawnSync(process.execPath, ['scripts/rename.mjs', SCOPE], { cwd: tree, encoding: 'utf8' }).stderr;
      expect(rename()).toBe('Cannot rename: Git does not know this folder, so nothing could be undone\n');
      execFileSync('git', ['init', '--quiet'], { cwd: tree });
      writeFileSync(join(tree, 'new'), '');
      expect(rename()).toBe('Cannot rename: files are not as committed. Commit the changes, or stash them\n');
    } finally {
      rmSync(tree, { recursive: true });
    }
  });
});
