import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
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

/** A rule, a file that breaks it, and what that file imports. */
type Arrow = readonly [rule: string, file: string, to: string];

function named(source: string, arrows: readonly Arrow[]): string[] {
  return arrows.map(([rule, file, to]) => `${source}/${file}:1 imports ${source}/${to}: ${rule}`).toSorted();
}

/** What the check says of a house with all of these arrows. */
function brokenBy(source: string, arrows: readonly Arrow[]): string[] {
  for (const [, , to] of arrows) put(`${source}/${to}`, 'export const there = 1;');
  for (const [, file, to] of arrows) {
    const specifier = relative(dirname(file), to).replace(/^(?!\.)/, './');
    put(`${source}/${file}`, `import * as bad from '${specifier}';\nexport const worse = bad;`);
  }
  const { status, stdout } = check();
  expect(status).toBe(1);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split('. ')[0] ?? '')
    .toSorted();
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
    { rule: 'server-nats', file: 'apps/server/src/cluster/bad.ts', from: '@nats-io/transport-node' },
    { rule: 'server-nats', file: 'apps/server/src/cluster/logs/postgres.ts', from: '@nats-io/jetstream' },
    { rule: 'server-postgres', file: 'apps/server/src/command/bad.ts', from: 'pg' },
    { rule: 'server-log-on-demand', file: 'apps/server/src/command/bad.ts', from: '../cluster/logs/nats.ts' },
    { rule: 'server-alone', file: 'apps/server/src/observe/bad.ts', from: '../cluster/logs/nats.ts' },
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
    put('apps/server/src/cluster/logs/nats.ts', 'export const log = 1;');
    put(file, `// One line.\nimport * as bad from '${from}';\nexport const worse = bad;`);
    const { status, stdout } = check();
    expect(status).toBe(1);
    expect(stdout).toMatch(new RegExp(`^${file}:2 imports .*: ${rule}\\.`, 'm'));
  });

  test('layers: in the client every arrow that points up, or aside, is named', () => {
    const source = 'apps/client/src';
    const arrows = [
      ['client-main', 'main.ts', 'terminal/there.ts'],
      ['client-index', 'index.ts', 'mode/there.ts'],
      ['client-command', 'command/bad.ts', 'main.ts'],
      ['client-command', 'command/worse.ts', 'load/lines/there.ts'],
      ['client-terminal', 'terminal/bad.ts', 'command/there.ts'],
      ['client-terminal', 'terminal/worse.ts', 'pipe/there.ts'],
      ['client-pipe', 'pipe/bad.ts', 'command/there.ts'],
      ['client-pipe', 'pipe/worse.ts', 'lab/there.ts'],
      ['client-expect', 'expect/bad.ts', 'command/there.ts'],
      ['client-expect', 'expect/worse.ts', 'load/there.ts'],
      ['client-load', 'load/bad.ts', 'command/there.ts'],
      ['client-load', 'load/worse.ts', 'pipe/there.ts'],
      ['client-load-lines', 'load/lines/bad.ts', 'load/there.ts'],
      ['client-load-lines', 'load/lines/worse.ts', 'dial/there.ts'],
      ['client-load-figures', 'load/figures/bad.ts', 'load/there.ts'],
      ['client-load-figures', 'load/figures/worse.ts', 'library/there.ts'],
      ['client-lab', 'lab/bad.ts', 'terminal/there.ts'],
      ['client-lab', 'lab/worse.ts', 'mode/there.ts'],
      ['client-mode', 'mode/bad.ts', 'pipe/there.ts'],
      ['client-library', 'library/bad.ts', 'mode/there.ts'],
      ['client-library', 'library/worse.ts', 'index.ts'],
      ['client-dial', 'dial/bad.ts', 'library/there.ts'],
      ['client-unknown', 'new/bad.ts', 'library/there.ts'],
    ] as const;
    expect(brokenBy(source, arrows)).toEqual(named(source, arrows));
  });

  test('layers: in the server every arrow that points up, or aside, is named', () => {
    const source = 'apps/server/src';
    const arrows = [
      ['server-text-imports-downwards', 'text/bad.ts', 'room/there.ts'],
      ['server-options-imports-downwards', 'options/bad.ts', 'room/there.ts'],
      ['server-options-imports-downwards', 'options/worse.ts', 'effects/there.ts'],
      ['server-transport-imports-downwards', 'transport/bad.ts', 'door/there.ts'],
      ['server-events-imports-downwards', 'events/bad.ts', 'door/there.ts'],
      ['server-door-imports-downwards', 'door/bad.ts', 'edge/there.ts'],
      ['server-edge-imports-downwards', 'edge/bad.ts', 'effects/there.ts'],
      ['server-edge-imports-downwards', 'edge/worse.ts', 'journal/there.ts'],
      ['server-effects-imports-downwards', 'effects/bad.ts', 'edge/there.ts'],
      ['server-effects-imports-downwards', 'effects/worse.ts', 'observe/there.ts'],
      ['server-journal-imports-downwards', 'journal/bad.ts', 'edge/there.ts'],
      ['server-server-imports-downwards', 'server.ts', 'observe/there.ts'],
      ['server-observe-imports-downwards', 'observe/bad.ts', 'command/there.ts'],
      ['server-command-imports-downwards', 'command/bad.ts', 'main.ts'],
      ['server-unknown', 'new/bad.ts', 'text/there.ts'],
    ] as const;
    expect(brokenBy(source, arrows)).toEqual(named(source, arrows));
  });

  test('layers: in the page every arrow that points up is named, in TSX too', () => {
    const source = 'apps/page/src';
    const arrows = [
      ['page-model-imports-downwards', 'model/bad.ts', 'state.ts'],
      ['page-model-imports-downwards', 'model/worse.ts', 'ui/there.tsx'],
      ['page-state-imports-downwards', 'state.ts', 'net/there.ts'],
      ['page-net-imports-downwards', 'net/bad.ts', 'ui/there.tsx'],
      ['page-ui-imports-downwards', 'ui/bad.tsx', 'main.tsx'],
      ['page-unknown', 'new/bad.tsx', 'model/there.ts'],
    ] as const;
    expect(brokenBy(source, arrows)).toEqual(named(source, arrows));
  });

  test('layers: TSX counts as source', () => {
    put('apps/page/src/ui/app.tsx', 'export const App = () => undefined;');
    expect(check()).toMatchObject({ status: 0, stdout: '3 source files, no import against the rule\n' });
  });

  test('layers: the model of the page imports no library that draws', () => {
    put('apps/page/node_modules/preact/index.js', 'export const h = 1;');
    put('apps/page/node_modules/preact/package.json', '{ "name": "preact", "main": "index.js" }');
    put('apps/page/src/model/bad.ts', "import { h } from 'preact';\nexport const worse = h;");
    const { status, stdout } = check();
    expect(status).toBe(1);
    expect(stdout).toMatch(/^apps\/page\/src\/model\/bad\.ts:1 imports .*preact.*: page-model-is-pure\./m);
  });

  test('layers: an import that cannot be resolved is reported once', () => {
    put('packages/codec/src/bad.ts', "import { gone } from './gone.ts';\nexport const worse = gone;");
    const { status, stdout } = check();
    expect(status).toBe(1);
    expect(stdout.match(/resolvable/g)).toHaveLength(1);
    expect(stdout).toMatch(/^packages\/codec\/src\/bad\.ts:1 imports /m);
  });
});
