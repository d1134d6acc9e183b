import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { version } from '../release/version.mjs';
import { manifest, put, smallRepository } from './small-repository.ts';

const CONFIG = {
  ...(JSON.parse(readFileSync('.changeset/config.json', 'utf8')) as object),
  changelog: resolve('scripts/release/changelog.cjs'),
};

let root: string;

beforeEach(() => {
  root = smallRepository({
    '.changeset/config.json': CONFIG,
    'packages/leaf/package.json': manifest('@acme/leaf', { version: '0.0.0' }),
    'packages/top/package.json': manifest('@acme/top', {
      version: '0.0.0',
      dependencies: { '@acme/leaf': 'workspace:^', '@acme/other': 'workspace:^' },
    }),
    'packages/other/package.json': manifest('@acme/other', { version: '0.0.0' }),
    'packages/page/package.json': {
      name: '@acme/page',
      version: '0.0.0',
      private: true,
      dependencies: { '@acme/leaf': 'workspace:^' },
    },
  });
  execFileSync('git', ['init', '--quiet', '--initial-branch=main'], { cwd: root });
});

afterEach(() => rmSync(root, { recursive: true }));

function changeset(name: string, releases: Readonly<Record<string, string>>, text: string): void {
  const head = Object.entries(releases).map(([one, type]) => `'${one}': ${type}`);
  put(root, { [`.changeset/${name}.md`]: `---\n${head.join('\n')}\n---\n\n${text}\n` });
}

async function run(): Promise<{ status: number; said: string }> {
  const said: string[] = [];
  const say = (text: string): number => said.push(text);
  const status = await version({ root, env: process.env, print: say, complain: say });
  return { status, said: said.join('\n') };
}

function changelog(name: string): string | undefined {
  const file = join(root, 'packages', name, 'CHANGELOG.md');
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function versionOf(name: string): string {
  return (
    JSON.parse(readFileSync(join(root, 'packages', name, 'package.json'), 'utf8')) as { version: string }
  ).version;
}

test('version: the examples ask for the new versions, and for those of others as before', async () => {
  const example = {
    private: true,
    dependencies: { '@acme/leaf': '^0.1.0', '@acme/other': '^0.1.0', tea: '1.0.0' },
  };
  put(root, { 'examples/one/package.json': example });
  for (const _ of ['0.1.0', '0.2.0']) {
    changeset('leaf', { '@acme/leaf': 'minor' }, 'More.');
    await run();
  }
  const after = JSON.parse(readFileSync(join(root, 'examples/one/package.json'), 'utf8')) as unknown;
  const ranges = { '@acme/leaf': '^0.2.0', '@acme/other': '^0.1.0', tea: '1.0.0' };
  expect(after).toEqual({ private: true, dependencies: ranges });
});

test('version: a first entry is the text of its changeset; later ones are lists, without commits', async () => {
  changeset('first', { '@acme/leaf': 'minor' }, 'Cuts lines.\n\n- one\n- two\n\n```ts\n  kept();\n```');
  changeset('others', { '@acme/top': 'minor', '@acme/other': 'minor' }, 'First version.');
  expect(await run()).toEqual({
    status: 0,
    said:
      'now: @acme/leaf@0.1.0, @acme/other@0.1.0, @acme/top@0.1.0\n' +
      'Read each CHANGELOG.md, and mend its wording if you like. Then commit everything, and run npm run release.',
  });
  const first = '## 0.1.0\n\nCuts lines.\n\n- one\n- two\n\n```ts\n  kept();\n```\n';
  expect(changelog('leaf')).toBe(`# @acme/leaf\n\n${first}`);

  changeset('a', { '@acme/leaf': 'minor' }, 'Cuts frames.\n\nIn a second paragraph.');
  changeset('b', { '@acme/leaf': 'patch', '@acme/other': 'minor' }, 'Cuts faster.');
  await run();
  const second = [
    '## 0.2.0',
    '### Minor Changes',
    '- Cuts frames.',
    '  In a second paragraph.',
    '### Patch Changes',
    '- Cuts faster.',
  ];
  expect(changelog('leaf')).toBe(`# @acme/leaf\n\n${second.join('\n\n')}\n\n${first}`);
  const needs = '## 0.1.1\n\n### Patch Changes\n\n- Needs `@acme/leaf` ^0.2.0, `@acme/other` ^0.2.0.';
  expect(changelog('top')).toBe(`# @acme/top\n\n${needs}\n\n## 0.1.0\n\nFirst version.\n`);
});

test('version: a patch that is in the range of others raises nobody else', async () => {
  changeset(
    'first',
    { '@acme/leaf': 'minor', '@acme/top': 'minor', '@acme/other': 'minor' },
    'First version.',
  );
  await run();
  changeset('repair', { '@acme/leaf': 'patch' }, 'A repair.');
  await run();
  expect(['leaf', 'other', 'top'].map(versionOf)).toEqual(['0.1.1', '0.1.0', '0.1.0']);
});

test('version: leaves private packages alone', async () => {
  changeset('major', { '@acme/leaf': 'major' }, 'First version.');
  await run();
  expect([versionOf('leaf'), versionOf('page'), changelog('page')]).toEqual(['1.0.0', '0.0.0', undefined]);
});

test('version: without a changeset, changes nothing and says so', async () => {
  expect(await run()).toEqual({
    status: 1,
    said: 'Cannot raise the versions: no changeset is pending. Run npm run changeset first',
  });
});

test('version: shows what changesets says against a changeset', async () => {
  changeset('wrong', { '@acme/nobody': 'minor' }, 'For nobody.');
  expect(await run()).toMatchObject({
    status: 1,
    said: expect.stringMatching(/^Cannot raise the versions\. Changesets said:\n[^]*@acme\/nobody/),
  });
});
