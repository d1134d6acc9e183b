// Why a release is refused, before anything is built or published. Each reason is one line: what is wrong, and what to do.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { changedSinceTag } from './changed.mjs';
import { address, isAddressKnown } from './metadata.mjs';
import { publishedPackages, tagOf } from './packages.mjs';
import { git, npm } from './programs.mjs';

const BRANCH = 'main';
const UNPUBLISHED = '0.0.0';

/**
 * Everything a release is refused for. All of it is looked at, so that one look shows all that is wrong.
 *
 * `why` gives the reason, or `undefined`.
 *
 * @type {{ name: string, why: (where: { root: string, env: NodeJS.ProcessEnv }) =>
 *   string | undefined | Promise<string | undefined> }[]}
 */
export const REFUSALS = [
  { name: 'branch', why: otherBranch },
  { name: 'tree', why: dirtyTree },
  { name: 'upstream', why: otherUpstream },
  { name: 'address', why: unknownAddress },
  { name: 'changesets', why: pendingChangesets },
  { name: 'versions', why: unversioned },
  { name: 'changes', why: unreleasedChanges },
  { name: 'login', why: noPermission },
];

/**
 * Every reason why a release is refused here and now.
 *
 * @param {{ root: string, env: NodeJS.ProcessEnv }} where
 * @returns {Promise<string[]>}
 */
export async function refusals(where) {
  const reasons = [];
  for (const { why } of REFUSALS) reasons.push(await why(where));
  return reasons.filter((reason) => reason !== undefined);
}

function otherBranch(where) {
  const branch = git(where, ['symbolic-ref', '--short', '--quiet', 'HEAD']);
  if (branch === BRANCH) return undefined;
  const found = branch === undefined ? 'no branch is checked out' : `the branch is ${branch}`;
  return `${found}, expected ${BRANCH}. Run git switch ${BRANCH}`;
}

function dirtyTree(where) {
  const files = (git(where, ['status', '--porcelain']) ?? '').split('\n').filter((line) => line !== '');
  if (files.length === 0) return undefined;
  const names = files.map((line) => line.slice('?? '.length));
  return `files are not as committed: ${listed(names)}. Commit the changes, or stash them`;
}

/** Where main has an upstream, it has to be the same there: a release is of what everybody sees. */
function otherUpstream(where) {
  const remote = git(where, ['config', `branch.${BRANCH}.remote`]);
  if (remote === undefined) return undefined;
  if (git(where, ['fetch', '--quiet', '--tags', remote]) === undefined) {
    return `git fetch ${remote} fails, so nobody knows whether ${BRANCH} is the same there. Run it to see why`;
  }
  const counts = git(where, ['rev-list', '--left-right', '--count', `${BRANCH}...${BRANCH}@{upstream}`]);
  const [ahead, behind] = (counts ?? '').split('\t').map(Number);
  if (ahead === 0 && behind === 0) return undefined;
  const todo = behind > 0 ? 'Run git pull' : 'Run git push';
  return `${BRANCH} is ${ahead} ahead of ${remote} and ${behind} behind. ${todo}`;
}

function unknownAddress({ root }) {
  if (isAddressKnown(root)) return undefined;
  return `"repository" in the package.json of the root is the placeholder ${address(root)}. Write the real address there`;
}

function pendingChangesets({ root }) {
  const files = readdirSync(join(root, '.changeset')).filter((file) => /(?<!^README)\.md$/.test(file));
  if (files.length === 0) return undefined;
  return `changesets are pending: ${listed(files)}. Run npm run version, and commit what it writes`;
}

function unversioned({ root }) {
  const names = publishedPackages(root)
    .filter(({ version }) => version === UNPUBLISHED)
    .map(({ name }) => name);
  if (names.length === 0) return undefined;
  return `packages are at ${UNPUBLISHED}: ${listed(names)}. Run npm run version, after npm run changeset where a changeset is missing`;
}

function unreleasedChanges(where) {
  const changed = publishedPackages(where.root)
    .map((one) => ({ one, file: changedSinceTag(where, one) }))
    .filter(({ file }) => file !== undefined)
    .map(({ one, file }) => `${one.name} (${file} since ${tagOf(one)})`);
  if (changed.length === 0) return undefined;
  const todo = 'Run npm run changeset for them, then npm run version';
  return `packages have changed without a new version: ${listed(changed)}. ${todo}`;
}

/** In a workflow that proves where it runs, npm logs in as it publishes; there is nobody to ask for. */
async function noPermission(where) {
  if (isWorkflow(where.env)) return undefined;
  const { status, stdout } = await npm(where, ['whoami']);
  const user = stdout.trim();
  if (status !== 0 || user === '') return 'npm is not logged in at the registry. Run npm login';
  const names = publishedPackages(where.root).map(({ name }) => name);
  const scopes = new Set(names.filter((name) => name[0] === '@').map((name) => name.slice(1).split('/')[0]));
  for (const scope of scopes) {
    if (scope === user) continue;
    const { stdout: members } = await npm(where, ['org', 'ls', scope, user, '--json']);
    if (!isMember(members, user)) {
      return `${user} may not publish to @${scope}: they are not a member. Ask an owner to run npm org set ${scope} ${user}`;
    }
  }
  return undefined;
}

/** Whether this runs in a workflow that can prove which commit it publishes. */
export function isWorkflow(env) {
  return (env.ACTIONS_ID_TOKEN_REQUEST_URL ?? '') !== '';
}

function isMember(json, user) {
  try {
    return Object.hasOwn(JSON.parse(json), user);
  } catch {
    return false;
  }
}

/** `a`, or `a and 2 more`. */
function listed([first, ...more]) {
  return more.length === 0 ? first : `${first} and ${more.length} more`;
}
