import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly container?: string;
  readonly permissions?: unknown;
  readonly 'timeout-minutes'?: number;
  readonly strategy?: { readonly matrix: Readonly<Record<string, readonly (string | number)[]>> };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

const FOLDER = '.github/workflows';
const read = (file: string): string => readFileSync(file, 'utf8');
const workflow = (name: string): Workflow => parse(read(join(FOLDER, name))) as Workflow;
const names = readdirSync(FOLDER);
const jobs = names.flatMap((name) =>
  Object.entries(workflow(name).jobs).map(([id, job]) => ({ name, id, job })),
);
const manifest = JSON.parse(read('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
  readonly repository?: string;
  readonly devDependencies: Readonly<Record<string, string>>;
};

/** What a job runs, with each value of its matrix. */
function commandsOf({ steps, strategy }: Job): string[] {
  const lines = steps.flatMap(({ run }) => run?.trimEnd().split('\n') ?? []);
  return lines.flatMap((line) => {
    const key = /\$\{\{ matrix\.(\w+) \}\}/.exec(line);
    const values = strategy?.matrix[key?.[1] ?? ''] ?? [''];
    return values.map((value) => line.replace(key?.[0] ?? '', String(value)));
  });
}

/** The versions of Node that docs/decisions/0005-node-floor.md names. */
function supported(): number[] {
  const list = /CI runs Node ([\d, and]+):/.exec(read('docs/decisions/0005-node-floor.md'))?.[1] ?? '';
  return list.match(/\d+/g)?.map(Number) ?? [];
}

describe('the workflows', () => {
  test.each(jobs)('$name: all that $id runs is a script that runs here too', ({ job }) => {
    const commands = commandsOf(job);
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) {
      const script = /^(?:\.ci\/run|npm run)(?: ([\w:-]+))?(?: -- [\w@ -]+)?$/.exec(command);
      expect({ command, isScript: script !== null }).toEqual({ command, isScript: true });
      expect(Object.keys(manifest.scripts)).toContain(script?.[1] ?? 'ok');
    }
  });

  test.each(names)('%s: no event hands secrets to strangers, and every job may only read', (name) => {
    const { on, permissions } = workflow(name);
    const events = new Set(['push', 'pull_request', 'schedule', 'workflow_dispatch']);
    expect(Object.keys(on).filter((event) => !events.has(event))).toEqual([]);
    expect(permissions).toEqual({ contents: 'read' });
  });

  test.each(jobs)('$name: $id ends some day, and its actions are pinned to a commit', ({ name, job }) => {
    expect(job['timeout-minutes']).toBeGreaterThan(0);
    for (const { uses } of job.steps) {
      if (uses === undefined) continue;
      expect(uses).toMatch(/^actions\/[a-z-]+@[0-9a-f]{40}$/);
      // Dependabot reads the version from the comment.
      expect(read(join(FOLDER, name))).toMatch(new RegExp(`${uses} # v\\d+\\.\\d+\\.\\d+$`, 'm'));
    }
  });

  test('release.yml: it alone may write, for its tags and its provenance, and is started by hand', () => {
    expect(jobs.filter(({ job }) => job.permissions !== undefined).map(({ name }) => name)).toEqual([
      'release.yml',
    ]);
    expect(workflow('release.yml').jobs['release']?.permissions).toEqual({
      contents: 'write',
      'id-token': 'write',
    });
    expect(Object.keys(workflow('release.yml').on)).toEqual(['workflow_dispatch']);
  });

  test('ci.yml: it runs every version of Node that 0005 names, and the gate on the floor', () => {
    const all = supported();
    const [floor, ...others] = all;
    expect(all.length).toBeGreaterThan(1);
    expect(manifest.engines.node).toMatch(new RegExp(`^>=${floor}\\.`));
    expect(read('.nvmrc')).toBe(`${floor}\n`);
    const { gate, tests, portable } = workflow('ci.yml').jobs;
    expect(gate?.container).toBe(`node:${floor}-bookworm`);
    expect(tests?.strategy?.matrix['node']).toEqual(others);
    expect(portable?.strategy?.matrix['node']).toEqual(all);
    expect(portable?.strategy?.matrix['os']).toEqual(['ubuntu-latest', 'macos-latest', 'windows-latest']);
  });

  test('.ci/run: it runs the gate, or the script that it is given', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ci-'));
    try {
      mkdirSync(join(folder, '.ci'));
      cpSync('.ci/run', join(folder, '.ci/run'));
      writeFileSync(join(folder, 'dpkg-query'), '#!/bin/sh\necho installed\n', { mode: 0o755 });
      writeFileSync(join(folder, 'npm'), '#!/bin/sh\necho "$CI" "$@"\n', { mode: 0o755 });
      const env = { ...process.env, PATH: [folder, process.env['PATH']].join(delimiter) };
      const run = (...args: string[]) =>
        spawnSync(join(folder, '.ci/run'), args, { encoding: 'utf8', env }).stdout;
      expect(run()).toBe('true run --silent ok\n');
      expect(run('release', '--', '--push')).toBe('true run --silent release -- --push\n');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the files for GitHub', () => {
  test('CODEOWNERS, the issue forms: they name the owner that package.json names', () => {
    const address = manifest.repository ?? 'https://github.com/OWNER/proto';
    const owner = new URL(address).pathname.split('/')[1];
    expect(read('.github/CODEOWNERS')).toBe(`* @${owner}\n`);
    expect(read('.github/ISSUE_TEMPLATE/config.yml')).toContain(`url: ${address}/security/advisories/new\n`);
  });

  test('issue forms: each asks for a transcript, and a bug for what was typed, what came, and the versions', () => {
    const forms = readdirSync('.github/ISSUE_TEMPLATE').filter((name) => name !== 'config.yml');
    const ids = forms.map((name) => {
      const { body } = parse(read(join('.github/ISSUE_TEMPLATE', name))) as { body: { id: string }[] };
      return [name, body.map(({ id }) => id)];
    });
    expect(Object.fromEntries(ids)).toEqual({
      'bug.yml': ['typed', 'came', 'expected', 'transcript', 'versions'],
      'idea.yml': ['situation', 'today', 'transcript'],
    });
  });

  test('dependabot.yml: it looks after npm and the actions, and holds back only tools that are installed', () => {
    const { updates } = parse(read('.github/dependabot.yml')) as {
      updates: { 'package-ecosystem': string; groups: object; ignore?: { 'dependency-name': string }[] }[];
    };
    expect(updates.map((each) => each['package-ecosystem'])).toEqual(['npm', 'github-actions']);
    for (const { groups } of updates) expect(Object.keys(groups).length).toBeGreaterThan(0);
    const held = updates.flatMap(({ ignore = [] }) => ignore.map((each) => each['dependency-name']));
    expect(held.filter((name) => !(name in manifest.devDependencies))).toEqual([]);
  });
});
