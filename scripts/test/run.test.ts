import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import typescript from 'typescript';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { progress } from '../progress.mjs';

const INSTALL = 'install --frozen-lockfile --prefer-offline --reporter=append-only --loglevel=info';
const PURGE = '--config.confirmModulesPurge=false';
const BUILD = '--recursive --reporter=append-only --loglevel=info run build:js';

/** Does to a clone what pnpm does: an install leaves the lockfile in node_modules, a build writes `dist`. */
const PNPM = `#!/bin/sh
echo "$@" >> calls
case "$1" in
  --version) echo "\${PNPM_VERSION:-10.1.0}" ;;
  install)
    [ -z "$INSTALL_FAILS" ] || { echo "\${SAYS:-no such package}"; exit 3; }
    mkdir -p node_modules/.pnpm apps/client/node_modules
    cp pnpm-lock.yaml node_modules/.pnpm/lock.yaml
    echo "Progress: resolved 4, reused 0, downloaded 0, added 0"
    echo "Progress: resolved 4, reused 1, downloaded 2, added 1" ;;
  *)
    rm -rf apps/client/dist/*.js && mkdir -p apps/client/dist && cp apps/client/src/*.js apps/client/dist
    [ "$1" != exec ] || echo "// as turbo builds it" >> apps/client/dist/main.js
    [ -z "$EDIT" ] || echo "$EDIT" > apps/client/src/main.js
    echo "apps/client build:js: Done" ;;
esac
`;

let clone: string;
/** A clone in which everything is installed and built. */
let done: string;

beforeAll(() => {
  done = clone = mkdtempSync(join(tmpdir(), 'run-'));
  cpSync('scripts', join(clone, 'scripts'), { recursive: true, filter: (path) => !path.includes('/test') });
  const manifest = { type: 'module', packageManager: 'pnpm@10.2.0', engines: { node: '>=20.19' } };
  put('package.json', JSON.stringify(manifest));
  put('pnpm-lock.yaml', 'lock: 1');
  put('turbo.json', JSON.stringify({ globalDependencies: ['tsup.base.ts'] }));
  put('tsup.base.ts', '');
  put('apps/client/package.json', JSON.stringify({ type: 'module', scripts: { 'build:js': 'tsup' } }));
  put('apps/client/src/main.js', "console.log('one');");
  put('apps/client/src/more.js', '');
  put('bin/pnpm', PNPM);
  run('ready');
});

beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'run-'));
  cpSync(done, clone, { recursive: true });
});

afterEach(() => rmSync(clone, { recursive: true }));
afterAll(() => rmSync(done, { recursive: true }));

/** Undoes the install and the build. */
function bare(): void {
  for (const folder of ['node_modules', 'apps/client/node_modules', 'apps/client/dist']) {
    rmSync(join(clone, folder), { recursive: true });
  }
}

function put(file: string, text: string): void {
  const path = join(clone, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o755 });
}

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly calls: readonly string[];
}

/** Runs a command of the clone. `calls` are the calls of pnpm and npm it made. */
function run(
  command: string,
  env: NodeJS.ProcessEnv = {},
  nodeArgs: readonly string[] = [],
  user: { readonly uid?: number; readonly gid?: number } = {},
): Result {
  const PATH = `${join(clone, 'bin')}${delimiter}${process.env['PATH']}`;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [...nodeArgs, 'scripts/run.mjs', ...command.split(' ')],
    {
      cwd: clone,
      encoding: 'utf8',
      env: { ...process.env, PATH, ...env },
      ...user,
    },
  );
  const file = join(clone, 'calls');
  const calls = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  rmSync(file, { force: true });
  return { status, stdout, stderr, calls };
}

describe('a start', () => {
  test('run: the first one installs and builds, and off a terminal says nothing of it', () => {
    bare();
    expect(run('client')).toEqual({
      status: 0,
      stdout: 'one\n',
      stderr: '',
      calls: ['--version', `${INSTALL} ${PURGE}`, BUILD],
    });
  });

  test('run: the second one starts the program and nothing else', () => {
    expect(run('client')).toEqual({ status: 0, stdout: 'one\n', stderr: '', calls: [] });
  });

  test('run: times, tests, documents, reports, types and a log of the user are no reason to build', () => {
    utimesSync(join(clone, 'apps/client/src/main.js'), 0, 0);
    for (const file of ['test/a.test.ts', 'README.md', '.report/test.json', 'dist/index.d.ts']) {
      put(`apps/client/${file}`, 'a');
    }
    put('server.log', 'a');
    expect(run('client').calls).toEqual([]);
  });

  const rebuilt = ['--version', BUILD];
  const reinstalled = ['--version', `${INSTALL} ${PURGE}`, BUILD];

  test.each([
    { what: 'a shared file', change: () => put('tsup.base.ts', 'a'), calls: rebuilt },
    { what: 'a file more', change: () => put('apps/client/src/third.js', ''), calls: rebuilt },
    { what: 'a file less', change: () => rmSync(join(clone, 'apps/client/src/more.js')), calls: rebuilt },
    { what: 'a folder more', change: () => put('apps/client/page/index.html', ''), calls: rebuilt },
    {
      what: 'a deleted build',
      change: () => rmSync(join(clone, 'apps/client/dist'), { recursive: true }),
      calls: rebuilt,
    },
    { what: 'a damaged build', change: () => put('apps/client/dist/main.js', 'oh no'), calls: rebuilt },
    { what: 'another lockfile', change: () => put('pnpm-lock.yaml', 'lock: 2'), calls: reinstalled },
    {
      what: 'a manifest',
      change: () => appendFileSync(join(clone, 'apps/client/package.json'), ' '),
      calls: reinstalled,
    },
    {
      what: 'an install of another lockfile',
      change: () => put('node_modules/.pnpm/lock.yaml', 'lock: 2'),
      calls: reinstalled.filter((call) => call !== BUILD),
    },
    {
      what: 'a deleted node_modules',
      change: () => rmSync(join(clone, 'node_modules'), { recursive: true }),
      calls: reinstalled,
    },
  ])('run: $what is noticed', ({ change, calls }) => {
    change();
    expect(run('ready')).toMatchObject({ status: 0, stdout: '', calls });
  });

  test('run: a source of another branch, older than the build, is built', () => {
    put('apps/client/src/main.js', "console.log('two');");
    utimesSync(join(clone, 'apps/client/src/main.js'), 0, 0);
    expect(run('client')).toMatchObject({ stdout: 'two\n', calls: rebuilt });
  });

  test('run: a source that changes while it is built is built again', () => {
    bare();
    expect(run('client', { EDIT: "console.log('two');" }).stdout).toBe('one\n');
    expect(run('client')).toMatchObject({ stdout: 'two\n', calls: rebuilt });
  });

  test('run: a build through turbo is as good as one for a start, unless it is of some packages', () => {
    put('apps/client/src/main.js', "console.log('two');");
    expect(run('build').calls).toEqual(['--version', 'exec turbo run build']);
    expect(run('client')).toMatchObject({ stdout: 'two\n', calls: [] });
    put('apps/client/src/main.js', "console.log('three');");
    expect(run('build --force --output-logs=full').status).toBe(0);
    expect(run('ready').calls).toEqual([]);
    for (const some of ['--filter client', '--dry', '--help']) {
      run(`build ${some}`);
      writeFileSync(join(clone, 'apps/client/dist/main.js'), "console.log('old');");
      expect(run('client')).toMatchObject({ stdout: 'three\n', calls: rebuilt });
      put('apps/client/src/more.js', some);
    }
  });

  test('run: an install that fails says why, starts nothing, and is done again', () => {
    bare();
    const failed = run('client', { INSTALL_FAILS: '1' });
    expect(failed).toMatchObject({ status: 3, stdout: '', calls: reinstalled.slice(0, 2) });
    expect(failed.stderr).toBe('no such package\n');
    expect(run('client').calls).toEqual(reinstalled);
  });

  test('run: without a network, it says what to do', () => {
    bare();
    const SAYS =
      ' WARN  GET https://registry.example/zod error (EAI_AGAIN). Will retry in 1 second. 1 retries left.';
    const { status, stderr } = run('client', { INSTALL_FAILS: '1', SAYS });
    expect(status).toBe(3);
    expect(stderr.split('\n')).toEqual([
      expect.stringMatching(/^Cannot reach the registry of npm \(EAI_AGAIN\): .*start again/),
      '',
    ]);
  });

  test('run: without a home folder, it says what to do', () => {
    bare();
    const { stderr } = run('client', { INSTALL_FAILS: '1', SAYS: 'EACCES mkdir', HOME: '/nonexistent' });
    expect(stderr.split('\n')[0]).toBe(
      "Cannot install: this user can't write to the home folder /nonexistent. Set HOME to a folder of your own",
    );
  });

  test('run: in a folder of another user, it starts what is ready, and says why it can build nothing', () => {
    for (const folder of ['.', 'node_modules', 'apps/client/dist']) chmodSync(join(clone, folder), 0o555);
    // Root writes where nobody else can.
    const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
    const start = (): Result => run('client', { HOME: clone }, [], user);
    expect(start()).toEqual({ status: 0, stdout: 'one\n', stderr: '', calls: [] });
    put('apps/client/src/main.js', "console.log('two');");
    expect(start()).toMatchObject({
      status: 77,
      stdout: '',
      stderr: `Cannot install or build: this user can't write to ${clone}. Clone the repository into a folder of your own\n`,
    });
    chmodSync(clone, 0o755);
  });

  test('run: without the right pnpm, npm is asked for it, offline first', () => {
    bare();
    put('bin/npm', `#!/bin/sh\necho npm "$@" >> calls\necho "${join(clone, 'fetched')}:$PATH"\n`);
    put('fetched/pnpm', PNPM.replace('echo "$@" >>', 'echo fetched "$@" >>'));
    const { calls } = run('client', { PNPM_VERSION: '9.9.9' });
    expect(calls).toEqual([
      '--version',
      expect.stringMatching(/^npm exec --yes --prefer-offline --package=pnpm@10\.2\.0 /),
      `fetched ${INSTALL} ${PURGE}`,
      `fetched ${BUILD}`,
    ]);
  });
});

describe('the line of progress', () => {
  test('progress: on a terminal it is written over, fits, and is gone in the end', () => {
    vi.stubEnv('TERM', 'xterm');
    let seen = '';
    const stream = { isTTY: true, columns: 20, write: (text: string) => (seen += text) };
    const line = progress(stream);
    vi.unstubAllEnvs();
    line.begin('1/2 building');
    line.count('1/2 building', 1, 6);
    line.end();
    expect(seen).toBe('\r1/2 building ...\u001b[K\r1/2 building: 1 of \u001b[K\r\u001b[K');
  });

  test('progress: elsewhere it is nothing', () => {
    const seen: string[] = [];
    const line = progress({ write: (text: string) => seen.push(text) });
    line.begin('1/2 building');
    line.count('1/2 building', 1, 1);
    line.end();
    expect(seen).toEqual([]);
  });

  test('progress: on a terminal that cannot erase it is a line for each quarter', () => {
    vi.stubEnv('TERM', 'dumb');
    const seen: string[] = [];
    const line = progress({ isTTY: true, write: (text: string) => seen.push(text) });
    vi.unstubAllEnvs();
    line.begin('1/2 installing');
    for (let count = 0; count <= 480; count++) line.count('1/2 installing', count, 480);
    line.end();
    expect(seen.map((text) => /(\d+ of|\.\.\.)/.exec(text)?.[0])).toEqual([
      '...',
      '120 of',
      '240 of',
      '360 of',
      '480 of',
    ]);
  });
});

describe('what is refused', () => {
  test.each([
    { typed: '', want: 'npm start' },
    { typed: 'install', want: 'npm start' },
    { typed: 'start --order free', want: 'npm start -- --order free' },
    { typed: 'run ok', want: 'npm run ok' },
  ])('yarn $typed: says what to run', ({ typed, want }) => {
    for (const file of ['.yarnrc', '.yarnrc.yml'])
      expect(readFileSync(file, 'utf8')).toMatch(/^yarn-?path:? "?\.\/scripts\/yarn\.cjs"?$/im);
    const args = ['scripts/yarn.cjs', ...typed.split(' ').filter((arg) => arg !== '')];
    expect(spawnSync(process.execPath, args, { encoding: 'utf8' })).toMatchObject({
      status: 64,
      stderr: `Cannot use yarn here: npm installs what is needed. Run: ${want}\n`,
    });
  });

  test('run: an old Node is told what is needed, before anything else', () => {
    put(
      'old.cjs',
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } });",
    );
    expect(run('client', {}, ['--require', './old.cjs'])).toEqual({
      status: 64,
      stdout: '',
      stderr: 'Cannot run on Node 18.20.8: expected 20.19 or newer. Get it from https://nodejs.org\n',
      calls: [],
    });
  });

  test.each([
    'run',
    'executable',
    'node-version',
    'ready',
    'echo',
    'freshness',
    'lock',
    'progress',
    'workspaces',
    'summary',
    'release/green',
    'release/programs',
  ])('run: an old Node can read scripts/%s.mjs', (name) => {
    const source = readFileSync(`scripts/${name}.mjs`, 'utf8');
    const as = (target: typescript.ScriptTarget): string =>
      typescript.transpile(source, { target, module: typescript.ModuleKind.ESNext });
    expect(as(typescript.ScriptTarget.ES2020)).toBe(as(typescript.ScriptTarget.ESNext));
  });
});

describe('a release', () => {
  const TOLD = 'process.stdout.write(`${process.argv.slice(2).join()}\\n`);';
  const cases = [
    { command: 'release', told: '', calls: ['--version'] },
    { command: 'release -- --push', told: '--push', calls: ['--version'] },
    { command: 'version', told: '--version', calls: ['--version'] },
    {
      command: 'release -- --rehearse',
      told: '--rehearse',
      calls: ['--version', 'exec turbo run build --output-logs=errors-only'],
    },
  ];

  test.each(cases)('run: $command needs no pnpm of the user', ({ command, told, calls }) => {
    put('scripts/release/main.mjs', TOLD);
    const { status, stdout, calls: made } = run(command);
    expect({ status, told: stdout.split('\n').at(-2), calls: made }).toEqual({ status: 0, told, calls });
  });

  test('run: changeset asks changesets', () => {
    expect(run('changeset -- --empty').calls).toEqual(['--version', 'exec changeset add --empty']);
  });

  test('run: nothing is published but by a release', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      scripts: Record<string, string>;
    };
    for (const name of ['release', 'version', 'changeset']) {
      expect(scripts[name]).toBe(`node scripts/run.mjs ${name}`);
    }
    expect(Object.values(scripts).filter((script) => /publish|changeset$/.test(script))).toEqual([
      scripts['changeset'],
    ]);
  });
});

describe('a build of JavaScript alone', () => {
  test('build:js: every package that tsup builds has one, and every shared file is there', () => {
    const others = new Set(['page', 'site', 'simulation'].map((name) => join('apps', name)));
    const folders = ['packages', 'apps']
      .flatMap((parent) => readdirSync(parent).map((name) => join(parent, name)))
      .filter((folder) => !others.has(folder));
    const scripts = folders.map((folder) => {
      const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
        scripts: Record<string, string>;
      };
      return { folder, build: manifest.scripts['build'], js: manifest.scripts['build:js'] };
    });
    for (const { folder, build, js } of scripts)
      expect({ folder, js }).toEqual({ folder, js: `${build} --no-dts` });
    const { globalDependencies } = JSON.parse(readFileSync('turbo.json', 'utf8')) as {
      globalDependencies: string[];
    };
    expect(globalDependencies.filter((file) => !existsSync(file))).toEqual([]);
  });

  test('build:js: leaves the types of the last full build, and no old JavaScript', () => {
    const config = `export { default } from ${JSON.stringify(resolve('packages/xray/tsup.config.ts'))};`;
    put('tsup.config.ts', config);
    put('package.json', JSON.stringify({ type: 'module' }));
    put('src/index.ts', 'export const one: number = 1;');
    put('dist/index.d.ts', '');
    put('dist/chunk-OLD.js', '');
    const tsup = spawnSync(process.execPath, [resolve('node_modules/tsup/dist/cli-default.js'), '--no-dts'], {
      cwd: clone,
      encoding: 'utf8',
    });
    expect({ status: tsup.status, stderr: tsup.stderr }).toEqual({ status: 0, stderr: '' });
    expect(new Set(readdirSync(join(clone, 'dist')))).toEqual(
      new Set(['index.d.ts', 'index.js', 'index.js.map']),
    );
  });
});
