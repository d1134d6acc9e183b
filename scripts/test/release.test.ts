import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { refusals } from '../release/refusals.mjs';
import { release } from '../release/release.mjs';
import { Registry } from './registry.ts';
import { manifest, put, smallRepository } from './small-repository.ts';

/** Writes down how it is called, and fails if a file says so. */
const RUN = `import { appendFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
const [command] = process.argv.slice(2);
appendFileSync('node_modules/calls', command + ' ');
if (command === 'build') for (const name of ['leaf', 'middle', 'top']) {
  mkdirSync('packages/' + name + '/dist', { recursive: true });
  writeFileSync('packages/' + name + '/dist/index.js', 'export const built = true;');
}
process.exitCode = existsSync('node_modules/' + command + '-fails') ? 1 : 0;
`;

let root: string;
let registry: Registry;
let home: string;

beforeAll(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'home-')));
});
afterAll(() => rmSync(home, { recursive: true }));

/** A repository with three packages to release and a registry; both are gone after the test, or the group of tests. */
async function open(): Promise<void> {
  registry = await Registry.open();
  root = smallRepository({
    '.gitignore': 'node_modules/\ndist/\n',
    'turbo.json': { tasks: { '@acme/top#build': { dependsOn: ['^build', '@acme/page#build'] } } },
    '.changeset/README.md': '# Changesets\n',
    'scripts/run.mjs': RUN,
    'packages/leaf/src/index.ts': 'export const leaf = 1;\n',
    'packages/middle/package.json': manifest('@acme/middle', {
      dependencies: { '@acme/leaf': 'workspace:^' },
    }),
    'packages/top/package.json': manifest('@acme/top', { dependencies: { '@acme/middle': 'workspace:^' } }),
    'packages/page/package.json': { name: '@acme/page', version: '0.0.0', private: true },
    'packages/page/src/page.ts': 'one',
    'node_modules/.keep': '',
  });
  git('init', '--quiet', '--initial-branch=main');
  commit();
}

function close(): void {
  registry.close();
  rmSync(root, { recursive: true });
}

function environment(): NodeJS.ProcessEnv {
  const userconfig = join(home, 'npmrc');
  writeFileSync(userconfig, `registry=${registry.url}\n//${new URL(registry.url).host}/:_authToken=token\n`);
  return {
    PATH: process.env['PATH'],
    HOME: home,
    GIT_CONFIG_GLOBAL: join(home, 'gitconfig'),
    GIT_AUTHOR_NAME: 'a',
    GIT_AUTHOR_EMAIL: 'a@b.example',
    GIT_COMMITTER_NAME: 'a',
    GIT_COMMITTER_EMAIL: 'a@b.example',
    npm_config_userconfig: userconfig,
    npm_config_cache: join(home, 'cache'),
    npm_config_fetch_retries: '0',
    npm_config_loglevel: 'error',
    npm_config_update_notifier: 'false',
  };
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: root, env: environment(), encoding: 'utf8' }).trim();
}

/** Commits the given files, and all others that have changed. */
function commit(files: Parameters<typeof put>[1] = {}): void {
  put(root, files);
  git('add', '--all');
  git('commit', '--quiet', '--allow-empty', '--message=more');
}

function calls(): string {
  try {
    return execFileSync('cat', [join(root, 'node_modules/calls')], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  } catch {
    return '';
  }
}

async function run({ push = false, isTerminal = false, env = {} } = {}): Promise<{
  status: number;
  said: string;
  why: string;
}> {
  const said: string[] = [];
  const why: string[] = [];
  const status = await release({
    root,
    env: { ...environment(), ...env },
    print: (text) => said.push(text),
    complain: (text) => why.push(text),
    push,
    isTerminal,
  });
  return { status, said: said.join('\n'), why: why.join('\n') };
}

const WORKFLOW = { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:1/' };

const ALL = ['@acme/leaf@1.2.3', '@acme/middle@1.2.3', '@acme/top@1.2.3'];

describe('what is refused, before anything is built or published', () => {
  beforeEach(open);
  afterEach(close);

  const CASES: { what: string; change: () => void; why: string }[] = [
    {
      what: 'another branch',
      change: () => git('switch', '--quiet', '--create', 'topic'),
      why: 'the branch is topic, expected main. Run git switch main',
    },
    {
      what: 'no branch',
      change: () => git('switch', '--quiet', '--detach'),
      why: 'no branch is checked out, expected main. Run git switch main',
    },
    {
      what: 'a changed file',
      change: () => put(root, { LICENSE: 'another\n', 'new.txt': '' }),
      why: 'files are not as committed: LICENSE and 1 more. Commit the changes, or stash them',
    },
    {
      what: 'the placeholder of the address',
      change: () =>
        commit({ 'package.json': { private: true, repository: 'https://github.com/OWNER/proto' } }),
      why:
        '"repository" in the package.json of the root is the placeholder https://github.com/OWNER/proto. ' +
        'Write the real address there',
    },
    {
      what: 'pending changesets',
      change: () => commit({ '.changeset/a.md': '', '.changeset/b.md': '', '.changeset/MY-README.md': '' }),
      why: 'changesets are pending: MY-README.md and 2 more. Run npm run version, and commit what it writes',
    },
    {
      what: 'a version that is none yet',
      change: () => commit({ 'packages/leaf/package.json': manifest('@acme/leaf', { version: '0.0.0' }) }),
      why: 'packages are at 0.0.0: @acme/leaf. Run npm run version, after npm run changeset where a changeset is missing',
    },
    {
      what: 'a change since the tag of its version',
      change: () => {
        git('tag', '@acme/leaf@1.2.3');
        commit({ 'packages/leaf/src/index.ts': 'export const leaf = 2;\n' });
      },
      why:
        'packages have changed without a new version: @acme/leaf (packages/leaf/src/index.ts since ' +
        '@acme/leaf@1.2.3). Run npm run changeset for them, then npm run version',
    },
    {
      what: 'a change of what is built into it',
      change: () => {
        git('tag', '@acme/top@1.2.3');
        commit({ 'packages/page/src/page.ts': 'two' });
      },
      why:
        'packages have changed without a new version: @acme/top (packages/page/src/page.ts since ' +
        '@acme/top@1.2.3). Run npm run changeset for them, then npm run version',
    },
    {
      what: 'nobody logged in',
      change: () => (registry.user = ''),
      why: 'npm is not logged in at the registry. Run npm login',
    },
    {
      what: 'somebody without permission',
      change: () => (registry.user = 'bob'),
      why: 'bob may not publish to @acme: they are not a member. Ask an owner to run npm org set acme bob',
    },
  ];

  test.each(CASES)('release: refuses $what', async ({ change, why }) => {
    change();
    // A workflow does not ask who is logged in: that takes two starts of npm.
    const env = why.includes('npm is') || why.includes('may not') ? {} : WORKFLOW;
    expect(await run({ env })).toMatchObject({ status: 1, why: `Cannot release: ${why}` });
    expect([registry.asked, calls()]).toEqual([[], '']);
  });

  test('release: says all that is wrong at once', async () => {
    registry.user = '';
    commit({ '.changeset/a.md': '' });
    put(root, { LICENSE: 'another\n' });
    const { why } = await run();
    expect(why.split('\n').map((line) => line.split(':')[1])).toEqual([
      ' files are not as committed',
      ' changesets are pending',
      ' npm is not logged in at the registry. Run npm login',
    ]);
  });

  test('refusals: a change that no user gets is none', async () => {
    git('tag', '@acme/leaf@1.2.3');
    commit({
      'packages/leaf/test/a.test.ts': '',
      'packages/leaf/package.json': manifest('@acme/leaf', { devDependencies: { left: 'catalog:' } }),
    });
    expect(await refusals({ root, env: { ...environment(), ...WORKFLOW } })).toEqual([]);
  });

  test('refusals: a user whose name is the scope needs no organisation', async () => {
    registry.user = 'acme';
    registry.members.clear();
    expect(await refusals({ root, env: environment() })).toEqual([]);
  });

  test('refusals: a main that is not as it is upstream', async () => {
    const upstream = realpathSync(mkdtempSync(join(tmpdir(), 'upstream-')));
    git('init', '--quiet', '--bare', '--initial-branch=main', upstream);
    git('remote', 'add', 'origin', upstream);
    git('push', '--quiet', '--set-upstream', 'origin', 'main');
    const said = async (): Promise<readonly string[]> =>
      refusals({ root, env: { ...environment(), ...WORKFLOW } });
    expect(await said()).toEqual([]);
    commit({ 'docs/guide.md': 'more' });
    expect(await said()).toEqual(['main is 1 ahead of origin and 0 behind. Run git push']);
    git('push', '--quiet');
    git('reset', '--quiet', '--hard', 'HEAD~1');
    // What this clone last heard of it is older.
    git('update-ref', 'refs/remotes/origin/main', 'HEAD');
    expect(await said()).toEqual(['main is 0 ahead of origin and 1 behind. Run git pull']);
    git('pull', '--quiet');
    rmSync(upstream, { recursive: true });
    expect(await said()).toEqual([
      'git fetch origin fails, so nobody knows whether main is the same there. Run it to see why',
    ]);
  });

  test('release: refuses a red gate, and builds and publishes nothing', async () => {
    put(root, { 'node_modules/ok-fails': '' });
    expect(await run()).toMatchObject({
      status: 1,
      why: 'Cannot release: the gate is red: see above. Run npm run ok until it is green',
    });
    expect([registry.out, calls()]).toEqual([[], 'ok']);
  });

  test('release: believes a record of the gate for this very commit only', async () => {
    const record = (): void =>
      put(root, { 'node_modules/.proto-green.json': { commit: git('rev-parse', 'HEAD') } });
    record();
    commit();
    put(root, { 'node_modules/build-fails': '' });
    expect(await run()).toMatchObject({ status: 1, why: 'Cannot release: the build fails: see above' });
    record();
    await run();
    expect(calls()).toBe('ok build build');
  });
});

function tarball(name: string): string {
  return join(root, 'node_modules/.proto-release', git('rev-parse', 'HEAD'), name);
}

describe('a release that goes well', () => {
  let first: Awaited<ReturnType<typeof run>>;
  let upstream: string;
  const there = (): string => git('ls-remote', '--tags', upstream).replaceAll(/^.*refs\/tags\//gm, '');

  beforeAll(async () => {
    await open();
    put(root, { 'packages/leaf/dist/old.js': 'old' });
    upstream = realpathSync(mkdtempSync(join(tmpdir(), 'upstream-')));
    git('init', '--quiet', '--bare', upstream);
    git('remote', 'add', 'origin', upstream);
    first = await run();
    registry.asked.length = 0;
  });
  afterAll(close);

  test('release: prints its steps, and what is left to do', () => {
    expect(first.status).toBe(0);
    expect(first.said.split('\n').filter((line) => line.startsWith('=='))).toEqual([
      expect.stringMatching(/^== 1\/8 refusals: /),
      expect.stringMatching(/^== 2\/8 gate: /),
      expect.stringMatching(/^== 3\/8 build: /),
      expect.stringMatching(/^== 4\/8 pack: /),
      expect.stringMatching(/^== 5\/8 compare: /),
      expect.stringMatching(/^== 6\/8 publish: /),
      expect.stringMatching(/^== 7\/8 tags: /),
      expect.stringMatching(/^== 8\/8 push: /),
    ]);
    const refs = ALL.map((id) => `refs/tags/${id}`).join(' ');
    expect(first.said.split('\n').at(-1)).toBe(
      `All are out and tagged. To push the tags: git push --atomic origin ${refs}`,
    );
  });

  test('release: leaves come first, and the tags are on this commit', () => {
    expect(registry.out).toEqual(ALL);
    expect(git('tag', '--points-at', 'HEAD').split('\n')).toEqual(ALL);
    expect(there()).toBe('');
  });

  test('release: publishes nothing of an old build', () => {
    const listed = execFileSync('tar', ['-tzf', tarball('acme-leaf-1.2.3.tgz')], { encoding: 'utf8' });
    expect(listed.split('\n').filter((file) => file.includes('dist'))).toEqual(['package/dist/index.js']);
  });

  test('release: run again, does nothing', async () => {
    const { status, said } = await run();
    expect({ status, said: said.split('\n').at(-1) }).toEqual({
      status: 0,
      said: 'Nothing to release: every version is out and tagged',
    });
    expect([registry.asked, calls()]).toEqual([[], 'ok build']);
  });

  test('release --push: pushes the tags, also those of a release before', async () => {
    expect(await run({ push: true })).toMatchObject({ status: 0 });
    expect(there().split('\n')).toEqual(ALL);
    rmSync(upstream, { recursive: true });
    expect(await run({ push: true })).toMatchObject({
      status: 1,
      why: expect.stringMatching(
        /^Cannot release: every package is out and tagged, but this fails: git push /,
      ),
    });
  });
});

describe('a release that stops', () => {
  beforeEach(open);
  afterEach(close);

  test('release: stops at the first that is refused, tags nothing, and goes on where it stopped', async () => {
    registry.refused.add('@acme/middle');
    const stopped = await run();
    expect(stopped.status).toBe(1);
    expect(stopped.why).toMatch(/^Cannot release: @acme\/middle@1\.2\.3 was refused\. npm said:\n.*E403/);
    expect(stopped.why.split('\n').slice(-2)).toEqual([
      'Out: @acme/leaf@1.2.3. Not out: @acme/middle@1.2.3, @acme/top@1.2.3. Nothing is tagged.',
      'What is out can be installed. Run npm run release again: it goes on where it stopped.',
    ]);
    expect([registry.out, git('tag')]).toEqual([[ALL[0]], '']);
    registry.refused.clear();
    // An answer can get lost, too.
    registry.lost.add('@acme/middle');
    registry.asked.length = 0;
    expect(await run()).toMatchObject({
      status: 0,
      said: expect.stringContaining(`out already: ${ALL[0]}`),
      why: '',
    });
    expect(registry.asked.filter((each) => each.startsWith('PUT'))).toEqual([
      'PUT @acme/middle',
      'PUT @acme/top',
    ]);
    expect([git('tag').split('\n'), calls()]).toEqual([ALL, 'ok build']);
  });

  test('release: a version that is out with other bytes is an error, and nothing is published', async () => {
    registry.put('@acme/top', '1.2.3');
    registry.put('@acme/middle', '1.2.2');
    expect(await run()).toMatchObject({
      status: 1,
      why:
        'Cannot release: @acme/top@1.2.3: the registry has other bytes than these under that version. If it was released ' +
        'from another commit, run git fetch --tags, or raise the version (npm run changeset, then npm run version)',
    });
    expect(registry.out).toEqual(['@acme/top@1.2.3', '@acme/middle@1.2.2']);
  });

  test('release: a damaged tarball of the commit is made again, from a new build', async () => {
    registry.put('@acme/top', '1.2.3');
    await run();
    writeFileSync(tarball('acme-leaf-1.2.3.tgz'), 'oh no');
    await run();
    expect(calls()).toBe('ok build ok build');
  });

  test('release: on a terminal, npm shows by itself what the registry says, and can ask for a second factor', async () => {
    registry.refused.add('@acme/leaf');
    const { status, why } = await run({ isTerminal: true });
    expect([status, why.split('\n')[1]]).toEqual([1, 'see above']);
  });

  test('release: a workflow asks nobody who they are, and proves where it runs', async () => {
    registry.user = '';
    // npm finds out by itself that nobody signs here, and says so.
    expect(await run({ env: WORKFLOW })).toMatchObject({
      status: 1,
      why: expect.stringMatching(/provenance/),
    });
  });
});
