// How to start a program by its name. Windows runs `npm` and `pnpm` through cmd.exe, which takes quotes and signs such as
// `&` out of arguments. So the script behind their `.cmd` is started with Node instead. Nothing here uses a shell.
import { existsSync, readFileSync } from 'node:fs';
import { posix, win32 } from 'node:path';

/** Where the `.cmd` of a program names the script it starts: `"%dp0%\..\pnpm\bin\pnpm.cjs"`. npm's own comes last. */
const SCRIPT = /%~?dp0%?\\?([^"%]+\.[cm]?js)"/g;

/** This machine, as far as it matters here. Tests give another one. */
const here = {
  platform: process.platform,
  // Windows calls it `Path`, and process.env finds it by any spelling.
  path: () => process.env.PATH || '',
  exists: existsSync,
  read: (file) => readFileSync(file, 'utf8'),
};

/**
 * What to start for a program and its arguments: `spawn(...executable('npm', ['exec', '-c', 'a "b"']))`. A program that
 * isn't found is given back by its name, and its start fails with ENOENT.
 */
export function executable(name, args, machine = here) {
  if (machine.platform !== 'win32' || name === process.execPath) return [name, args];
  for (const folder of machine.path().split(';').filter(Boolean)) {
    const file = win32.join(folder, name);
    if (machine.exists(`${file}.exe`)) return [`${file}.exe`, args];
    if (!machine.exists(`${file}.cmd`)) continue;
    const script = [...machine.read(`${file}.cmd`).matchAll(SCRIPT)].pop();
    if (script) return [process.execPath, [win32.join(folder, script[1]), ...args]];
  }
  return [name, args];
}

/** The folders of PATH, each with the programs that lie in it. */
export function folderOf(name, path, machine = here) {
  const isWindows = machine.platform === 'win32';
  const paths = isWindows ? win32 : posix;
  const files = isWindows ? [`${name}.cmd`, `${name}.exe`] : [name];
  return path
    .split(paths.delimiter)
    .find((folder) => files.some((file) => machine.exists(paths.join(folder, file))));
}
