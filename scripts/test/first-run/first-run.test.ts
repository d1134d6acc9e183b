import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { Program } from '../program.ts';
import { slowRegistry } from './slow-registry.ts';

/** Each takes half a minute and downloads: the workflow runs them, the gate doesn't. `FIRST_RUN=1` does here. */
const isAsked = process.env['FIRST_RUN'] === '1';
const isRoot = process.getuid?.() === 0;
const NOBODY = 65_534;
/** For a slow machine. A run takes half a minute. */
const LONG_MS = 600_000;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'first run é '));
  chmodSync(folder, 0o755);
  for (const name of ['home', 'bin']) mkdirSync(join(folder, name));
  for (const from of (process.env['PATH'] ?? '').split(delimiter).filter((path) => path.startsWith('/')))
    link(from);
  execFileSync('git', ['clone', '--quiet', '--no-hardlinks', '.', join(folder, 'clone')]);
}, LONG_MS);

afterEach(() => rmSync(folder, { recursive: true, maxRetries: 3 }), LONG_MS);

/** Everything that a newcomer may have: all programs but pnpm and yarn. */
function link(from: string): void {
  let names: string[] = [];
  try {
    names = readdirSync(from);
  } catch {
    // A folder of PATH that isn't there.
  }
  for (const name of names.filter((each) => !/^(?:pnpx|pnpm|yarn|yarnpkg|corepack)$/.test(each))) {
    try {
      symlinkSync(join(from, name), join(folder, 'bin', name));
    } catch {
      // An earlier folder of PATH has it.
    }
  }
}

interface Asked {
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
}

/** What a newcomer types in a fresh clone. The environment is empty but for certificates. */
function typed(line: string, { env = {}, uid }: Asked = {}): { status: number | null; output: string } {
  const certificates = Object.fromEntries(
    Object.entries(process.env).filter(([name]) =>
      /^(?:NODE_EXTRA_CA_CERTS|npm_config_cafile|SSL_CERT_FILE)$/i.test(name),
    ),
  );
  const user = uid === undefined ? {} : { uid, gid: uid };
  const { status, stdout, stderr } = spawnSync('sh', ['-c', line], {
    cwd: join(folder, 'clone'),
    encoding: 'utf8',
    env: { ...certificates, PATH: join(folder, 'bin'), HOME: join(folder, 'home'), LANG: 'C.UTF-8', ...env },
    ...user,
  });
  return { status, output: stdout + stderr };
}

const READY = { status: 0, output: expect.stringMatching(/^\d+\.\d+\.\d+$/m) as string };

describe.skipIf(!isAsked)('a fresh clone in a folder with spaces and accents, an empty home, no pnpm', () => {
  test(
    'npm start: works, the second time without a network',
    () => {
      expect(typed('npm start -- --version')).toMatchObject(READY);
      expect(
        typed('npm start -- --version', { env: { npm_config_registry: 'http://127.0.0.1:9' } }),
      ).toMatchObject(READY);
    },
    LONG_MS,
  );

  test(
    'npm start: without a network and without a cache it says what to do',
    () => {
      const { status, output } = typed('npm start', { env: { npm_config_registry: 'http://127.0.0.1:9' } });
      expect(output).toMatch(/^Cannot reach the registry of npm \(ECONNREFUSED\)/m);
      expect(status).not.toBe(0);
    },
    LONG_MS,
  );

  test('npm start: behind a registry that sends 100 kB a second for each file, it works', async () => {
    const registry = await slowRegistry(100_000);
    onTestFinished(() => registry.close());
    // Not typed(): the registry is in this process, which has to go on.
    const env = `HOME="${join(folder, 'home')}" PATH="${join(folder, 'bin')}" npm_config_registry=${registry.url}`;
    const start = new Program('sh', ['-c', `${env} npm start -- --version`], {
      cwd: join(folder, 'clone'),
      path: [],
    });
    expect({ status: await start.ended, output: start.output }).toMatchObject(READY);
  }, 1_800_000);

  test.skipIf(!isRoot)(
    'npm start: another user is told that the clone is not theirs, or works in their own',
    () => {
      expect(typed('npm start', { uid: NOBODY })).toMatchObject({
        status: 77,
        output: expect.stringContaining("this user can't write to") as string,
      });
      execFileSync('chown', ['-R', String(NOBODY), join(folder, 'clone')]);
      expect(typed('npm start', { uid: NOBODY, env: { HOME: '/nonexistent' } }).output).toMatch(
        /Set HOME to a folder/,
      );
      chownSync(join(folder, 'home'), NOBODY, NOBODY);
      expect(typed('npm start -- --version', { uid: NOBODY })).toMatchObject(READY);
    },
    LONG_MS,
  );

  test.each(['yarn@1', '@yarnpkg/cli-dist@4'])(
    'yarn start: %s says what to run',
    (yarn) => {
      const { output } = typed(`npm exec --yes --package=${yarn} -- yarn start`);
      expect(output).toMatch(/^Cannot use yarn here: npm installs what is needed\. Run: npm start$/m);
    },
    LONG_MS,
  );

  test(
    'npm install: it is refused, and npm start works after it',
    () => {
      expect(typed('npm install')).toMatchObject({
        status: 1,
        output: expect.stringContaining('catalog:') as string,
      });
      expect(typed('npm start -- --version')).toMatchObject(READY);
    },
    LONG_MS,
  );

  test.each([
    { pnpm: 'pnpm@10', node: [] },
    { pnpm: 'pnpm@11', node: ['--package=node@22'] },
    { pnpm: 'pnpm@12', node: [] },
  ])(
    'pnpm start: $pnpm works twice, the second time without an install',
    ({ pnpm, node }) => {
      const start = `npm exec --yes ${node.join(' ')} --package=${pnpm} -c "pnpm start --version"`;
      expect(typed(start)).toMatchObject(READY);
      const again = typed(start);
      expect(again).toMatchObject(READY);
      expect(again.output).not.toMatch(/installing|Done in/);
    },
    LONG_MS,
  );
});
