// A copy of the repository to try things in.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

/**
 * Copies the sources of the repository, with what is installed linked into the copy: the packages of the workspace find
 * each other in the copy. Gives its folder.
 *
 * @param {{ withBuild?: boolean }} [options] `withBuild` copies what is built, too
 * @returns {string}
 */
export function copyOfRepository({ withBuild = false } = {}) {
  const copy = realpathSync(mkdtempSync(join(tmpdir(), 'repository-')));
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  for (const file of listed.split('\0').filter((name) => name !== '' && existsSync(name))) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(file, join(copy, file));
  }
  link('node_modules', copy);
  const members = ['packages', 'apps'].flatMap((folder) =>
    readdirSync(folder).map((name) => join(folder, name)),
  );
  for (const member of members) {
    linkInstalled(member, members, copy);
    const built = join(member, 'dist');
    if (withBuild && existsSync(built)) cpSync(built, join(copy, built), { recursive: true });
  }
  return copy;
}

function linkInstalled(member, members, copy) {
  const installed = join(member, 'node_modules');
  link(installed, copy, '@proto');
  mkdirSync(join(copy, installed, '@proto'), { recursive: true });
  for (const other of members) {
    const name = basename(other);
    if (existsSync(join(installed, '@proto', name))) {
      symlinkSync(join(copy, other), join(copy, installed, '@proto', name));
    }
  }
}

/** Links what is in a folder into the folder of that name in the copy: what the copy adds to it stays in the copy. */
function link(folder, copy, except) {
  mkdirSync(join(copy, folder), { recursive: true });
  for (const name of readdirSync(folder).filter((each) => each !== except)) {
    symlinkSync(resolve(folder, name), join(copy, folder, name));
  }
}
