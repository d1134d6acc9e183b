// `npm run release -- --rehearse`: releases a copy of the repository to a registry on this machine, twice, and tries what
// came out as users would. The gate runs it.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyOfRepository } from '../../copy.mjs';
import { publishedPackages } from '../packages.mjs';
import { npm } from '../programs.mjs';
import { Stop, takeSteps } from '../steps.mjs';
import { installTools, openRegistry } from './registry.mjs';
import { releaseChanges, releaseFirst } from './rounds.mjs';
import { TRIALS } from './trials.mjs';

/**
 * What the steps of a rehearsal know.
 *
 * @typedef {object} Rehearsal
 * @property {string} from the folder of the repository
 * @property {string} root the folder of its copy
 * @property {string} work an empty folder outside of both
 * @property {string} url the address of the registry
 * @property {string} scope the scope of the packages, without `@`
 * @property {string} theirs the registry that has everybody else's packages
 * @property {NodeJS.ProcessEnv} env
 * @property {(text: string) => void} print
 */

/** @type {{ name: string, what: string, run: (rehearsal: Rehearsal) => unknown }[]} */
const STEPS = [
  { name: 'first', what: 'releases what is here', run: releaseFirst },
  { name: 'second', what: 'releases a patch, a minor and a major change', run: releaseChanges },
  ...TRIALS,
];

/**
 * Rehearses a release of what is in the working tree. What is built has to be of the same sources.
 *
 * Errors: says in one line what fails, and gives 1.
 *
 * @param {{ root: string, env: NodeJS.ProcessEnv, print: (text: string) => void, complain: (text: string) => void }} context
 * @returns {Promise<number>} the exit code
 */
export async function rehearse({ root: from, env: given, print, complain }) {
  const began = performance.now();
  const work = realpathSync(mkdtempSync(join(tmpdir(), 'rehearsal-')));
  const root = copyOfRepository({ withBuild: true });
  let registry;
  try {
    installTools();
    const [{ name }] = publishedPackages(root);
    const scope = name.slice(1).split('/')[0];
    mkdirSync(join(work, 'registry'));
    // A user with the name of the scope may publish there.
    registry = await openRegistry(join(work, 'registry'), scope);
    const env = environment(given, work, registry);
    const { stdout: theirs } = await npm({ root: from, env: given }, ['config', 'get', 'registry']);
    await takeSteps(STEPS, { from, root, work, url: registry.url, scope, theirs: theirs.trim(), env, print });
    print(`rehearsed in ${Math.round((performance.now() - began) / 1000)} s`);
    return 0;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    for (const reason of error.reasons) complain(`Cannot rehearse a release: ${reason}`);
    return 1;
  } finally {
    await registry?.close();
    for (const folder of [work, root]) rmSync(folder, { recursive: true, force: true });
  }
}

/** Nothing of the user's own git and npm, and nothing that makes it look like a workflow. */
function environment(given, work, { url, token }) {
  const userconfig = join(work, 'npmrc');
  writeFileSync(userconfig, `registry=${url}\n//${new URL(url).host}/:_authToken=${token}\n`);
  const env = { ...given };
  for (const name of Object.keys(env)) if (/^(?:npm_|pnpm_|ACTIONS_ID_TOKEN_)/i.test(name)) delete env[name];
  const person = { NAME: 'rehearsal', EMAIL: 'rehearsal@example.org' };
  for (const [key, value] of Object.entries(person)) {
    for (const role of ['AUTHOR', 'COMMITTER']) env[`GIT_${role}_${key}`] = value;
  }
  return {
    ...env,
    GIT_CONFIG_GLOBAL: join(work, 'gitconfig'),
    GIT_CONFIG_NOSYSTEM: '1',
    npm_config_userconfig: userconfig,
    npm_config_cache: join(work, 'cache'),
    npm_config_loglevel: 'error',
    npm_config_update_notifier: 'false',
    NO_COLOR: '1',
  };
}
