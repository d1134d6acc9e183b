import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { executable, folderOf } from '../executable.mjs';

/** What `npm install --global` and pnpm write on Windows, and what comes with Node, as far as it matters. */
const FILES: Readonly<Record<string, string>> = {
  'C:\\Program Files\\nodejs\\npm.cmd': [
    'SET "NODE_EXE=%~dp0\\node.exe"',
    'SET "NPM_PREFIX_JS=%~dp0\\node_modules\\npm\\bin\\npm-prefix.js"',
    'SET "NPM_CLI_JS=%~dp0\\node_modules\\npm\\bin\\npm-cli.js"',
    'SET "NPM_PREFIX_NPM_CLI_JS=%%F\\node_modules\\npm\\bin\\npm-cli.js"',
    '"%NODE_EXE%" "%NPM_CLI_JS%" %*',
  ].join('\r\n'),
  'C:\\Users\\Ann & Bob\\npm\\pnpm.cmd':
    'SET dp0=%~dp0\r\n... & "%_prog%"  "%dp0%\\node_modules\\pnpm\\bin\\pnpm.cjs" %*\r\n',
  'D:\\clone\\node_modules\\.bin\\depcruise.cmd':
    '  node  "%~dp0\\..\\dependency-cruiser\\bin\\dependency-cruise.mjs" %*\r\n',
  'E:\\standalone\\pnpm.exe': '',
  'E:\\odd\\npm.cmd': 'echo nothing of use',
};

const windows = (...path: readonly string[]) => ({
  platform: 'win32',
  path: () => path.join(';'),
  exists: (file: string) => file in FILES,
  read: (file: string) => FILES[file] ?? '',
});

const NPM = 'C:\\Program Files\\nodejs';
const PNPM = 'C:\\Users\\Ann & Bob\\npm';

describe('executable', () => {
  test.each([
    { name: 'npm', path: ['', PNPM, NPM], script: `${NPM}\\node_modules\\npm\\bin\\npm-cli.js` },
    { name: 'npm', path: ['E:\\odd', NPM], script: `${NPM}\\node_modules\\npm\\bin\\npm-cli.js` },
    { name: 'pnpm', path: [NPM, PNPM], script: `${PNPM}\\node_modules\\pnpm\\bin\\pnpm.cjs` },
    {
      name: 'depcruise',
      path: ['D:\\clone\\node_modules\\.bin'],
      script: 'D:\\clone\\node_modules\\dependency-cruiser\\bin\\dependency-cruise.mjs',
    },
  ])('executable: on Windows $name of $path is its script, started with Node', ({ name, path, script }) => {
    const args = ['-c', 'node -e "a & b"', ''];
    expect(executable(name, args, windows(...path))).toEqual([process.execPath, [script, ...args]]);
  });

  test('executable: on Windows an .exe is started as it is, and what is not there by its name', () => {
    expect(executable('pnpm', ['-v'], windows('E:\\standalone', PNPM))).toEqual([
      'E:\\standalone\\pnpm.exe',
      ['-v'],
    ]);
    expect(executable('npm', [], windows(PNPM, 'E:\\odd'))).toEqual(['npm', []]);
  });

  test('executable: elsewhere, and for Node, nothing is looked up', () => {
    expect(executable('npm', ['a "b"'], { ...windows(NPM), platform: 'linux' })).toEqual(['npm', ['a "b"']]);
    expect(executable(process.execPath, ['a'], windows(NPM))).toEqual([process.execPath, ['a']]);
  });

  test('folderOf: the first folder of PATH that has the program, as the machine writes PATH', () => {
    expect(folderOf('pnpm', [NPM, PNPM, 'E:\\standalone'].join(';'), windows())).toBe(PNPM);
    expect(folderOf('pnpm', 'E:\\standalone', windows())).toBe('E:\\standalone');
    const linux = {
      platform: 'linux',
      path: () => '',
      exists: (file: string) => file === '/a b/pnpm',
      read: () => '',
    };
    expect(folderOf('pnpm', '/usr/bin:/a b', linux)).toBe('/a b');
    expect(folderOf('pnpm', '/usr/bin', linux)).toBeUndefined();
  });

  test('executable: no script uses a shell, and each starts npm, pnpm and what lies in .bin through it', () => {
    const scripts = execFileSync('git', ['ls-files', 'scripts/*.mjs', 'scripts/**/*.mjs'], {
      encoding: 'utf8',
    });
    const found = scripts
      .trim()
      .split('\n')
      .filter((file) => !file.includes('/test/'))
      .filter((file) =>
        /shell: |\bspawn(?:Sync)?\('(?:p?npm|npx|depcruise)'/.test(readFileSync(file, 'utf8')),
      );
    expect(scripts).toContain('scripts/ready.mjs');
    expect(found).toEqual([]);
  });
});
