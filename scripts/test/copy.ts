import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Copies the sources of the repository, with what is installed linked into the copy: the packages of the workspace find
 * each other in the copy. Gives its folder.
 */
export function copyOfRepository(): string {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'recipes-')));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(name))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(file, join(copy, file));
  }
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  const members = ['packages', 'apps'].flatMap((folder) =>
    readdirSync(folder).map((name) => join(folder, name)),
  );
  for (const member of members) linkInstalled(member, members, copy);
  return copy;
}

function linkInstalled(member: string, members: readonly string[], copy: string): void {
  const installed = join(member, 'node_modules');
  mkdirSync(join(copy, installed, '@proto'), { recursive: true });
  for (const name of readdirSync(installed)) {
    if (name !== '@proto') symlinkSync(resolve(installed, name), join(copy, installed, name));
  }
  for (const other of members) {
    const name = basename(other);
    if (existsSync(join(installed, '@proto', name)))
      symlinkSync(join(copy, other), join(copy, installed, '@proto', name));
  }
}
