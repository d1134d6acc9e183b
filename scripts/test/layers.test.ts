import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

let house: string;

beforeEach(() => {
  house = mkdtempSync(join(tmpdir(), 'layers-'));
  for (const file of ['.dependency-cruiser.cjs', 'tsconfig.base.json']) copyFileSync(file, join(house, file));
  put('apps/server/src/room/room.ts', 'export const room = 1;');
  put('packages/codec/src/index.ts', 'export const lines = 1;');
});

afterEach(() => rmSync(house, { recursive: true }));

function put(file: string, source: string): void {
  mkdirSync(dirname(join(house, file)), { recursive: true });
  writeFileSync(join(house, file), source);
}

function check(): { status: number | null; stdout: string } {
  const PATH = `${resolve('node_modules/.bin')}${delimiter}${process.env['PATH']}`;
  const script = resolve('scripts/layers.mjs');
  return spawnSync(process.execPath, [script], {
    cwd: house,
    encoding: 'utf8',
    env: { ...process.env, PATH },
  });
}

describe('layers', () => {
  test('layers: a house in order passes', () => {
    put('packages/codec/src/lines.ts', "import { lines } from './index.ts';\nexport const more = lines;");
    expect(check()).toMatchObject({ status: 0, stdout: '3 source files, no import against the rule\n' });
  });

  test.each([
    { rule: 'package-is-a-leaf', file: 'packages/scheduler/src/bad.ts', from: '@proto/codec' },
    { rule: 'package-is-a-leaf', file: 'packages/scheduler/src/bad.ts', from: '../../codec/src/index.ts' },
    { rule: 'package-has-no-node', file: 'packages/codec/src/bad.ts', from: 'node:net' },
    { rule: 'room-is-pure', file: 'apps/server/src/room/bad.ts', from: 'node:net' },
    { rule: 'room-is-pure', file: 'apps/server/src/room/bad.ts', from: '../edge/session.ts' },
    {
      rule: 'app-imports-packages-only',
      file: 'apps/client/src/bad.ts',
      from: '../../server/src/room/room.ts',
    },
    {
      rule: 'app-uses-the-front-door',
      file: 'apps/client/src/bad.ts',
      from: '../../../packages/codec/src/index.ts',
    },
  ])('layers: $file that imports $from breaks $rule', ({ rule, file, from }) => {
    put('apps/server/src/edge/session.ts', 'export const session = 1;');
    put(file, `// One line.\nimport * as bad from '${from}';\nexport const worse = bad;`);
    const { status, stdout } = check();
    expect(status).toBe(1);
    expect(stdout).toMatch(new RegExp(`^${file}:2 imports .*: ${rule}\\.`, 'm'));
  });

  // Each floor of the server, and one above it or beside it.
  test.each([
    ['text', 'room'],
    ['room', 'options'],
    ['options', 'room'],
    ['options', 'effects'],
    ['transport', 'door'],
    ['events', 'door'],
    ['door', 'edge'],
    ['edge', 'effects'],
    ['edge', 'journal'],
    ['effects', 'edge'],
    ['effects', 'observe'],
    ['journal', 'edge'],
    ['observe', 'command'],
    ['command', 'main'],
  ])('layers: in the server, %s does not import from %s', (folder, above) => {
    const target = above === 'main' ? 'main.ts' : `${above}/good.ts`;
    put(`apps/server/src/${target}`, 'export const good = 1;');
    put(`apps/server/src/${folder}/bad.ts`, `import { good } from '../${target}';\nexport const bad = good;`);
    const { status, stdout } = check();
    expect(status).toBe(1);
    expect(stdout).toContain(`: server-${folder}-imports-downwards.`);
  });

  test.each(['journal', 'edge', 'effects', 'observe', 'command'])(
    'layers: server.ts imports from %s only where that is below it',
    (folder) => {
      put(`apps/server/src/${folder}/good.ts`, 'export const good = 1;');
      put(
        'apps/server/src/server.ts',
        `import { good } from './${folder}/good.ts';\nexport const more = good;`,
      );
      expect(check().status).toBe(folder === 'observe' || folder === 'command' ? 1 : 0);
    },
  );

  test('layers: an import that cannot be resolved is reported once', () => {
    put('packages/codec/src/bad.ts', "import { gone } from './gone.ts';\nexport const worse = gone;");
    const { status, stdout } = check();
    expect(status).toBe(1);
    expect(stdout.match(/resolvable/g)).toHaveLength(1);
    expect(stdout).toMatch(/^packages\/codec\/src\/bad\.ts:1 imports /m);
  });
});
