// A folder as a user begins with, and what they install into it.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { npm } from '../programs.mjs';
import { Stop } from '../steps.mjs';

/**
 * A folder of a user, with nothing in it but where to find our packages. All others come from where they always do.
 *
 * @param {import('./rehearse.mjs').Rehearsal} rehearsal
 * @param {string} name
 */
export function emptyFolder({ work, scope, url, theirs }, name) {
  const folder = join(work, name);
  if (existsSync(folder)) return folder;
  mkdirSync(folder);
  writeFileSync(join(folder, '.npmrc'), `@${scope}:registry=${url}\nregistry=${theirs}\n`);
  return folder;
}

/**
 * Installs packages, as `npm install` does. A second time it does nothing.
 *
 * @param {import('./rehearse.mjs').Rehearsal} rehearsal
 * @param {string} folder
 * @param {string[]} names
 */
export async function install({ env }, folder, names) {
  if (existsSync(join(folder, 'node_modules'))) return;
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const { status, stdout, stderr } = await npm({ root: folder, env }, [
    'install',
    '--no-audit',
    '--no-fund',
    ...names,
  ]);
  if (status !== 0) throw new Stop(`npm install ${names.join(' ')} fails:\n${stdout}${stderr}`);
}
