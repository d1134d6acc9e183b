// `npm run release`: everything that a release is, in order. docs/releasing.md says how to use it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { unreleased } from './changed.mjs';
import { cleanCommit, isGreen } from './green.mjs';
import { packAll } from './pack.mjs';
import { publishedPackages, tagOf } from './packages.mjs';
import { git, show } from './programs.mjs';
import { alreadyOut, publish } from './publish.mjs';
import { refusals } from './refusals.mjs';
import { Stop, takeSteps } from './steps.mjs';

/**
 * What the steps know of a release.
 *
 * @typedef {object} Release
 * @property {string} root the folder of the repository
 * @property {NodeJS.ProcessEnv} env
 * @property {(text: string) => void} print shows how it goes
 * @property {(text: string) => void} complain shows why it stops
 * @property {boolean} isTerminal whether npm can ask somebody for a second factor
 * @property {boolean} push whether the tags are pushed, or only said
 * @property {import('./publish.mjs').Tarball[]} [tarballs] those to publish, leaves first
 * @property {Set<import('./publish.mjs').Tarball>} [out] those that are out
 * @property {boolean} [isDone] whether nothing is left to do
 */

/** @type {{ name: string, what: string, run: (release: Release) => unknown }[]} */
export const STEPS = [
  { name: 'refusals', what: 'looks for everything that a release is refused for', run: refuse },
  { name: 'gate', what: 'runs npm run ok, unless it was green for this commit', run: gate },
  { name: 'build', what: 'builds every package anew', run: build },
  { name: 'pack', what: 'makes the tarballs', run: pack },
  { name: 'compare', what: 'asks the registry what is out', run: compare },
  { name: 'publish', what: 'publishes the others, leaves first', run: publishRest },
  { name: 'tags', what: 'tags this commit', run: tag },
  { name: 'push', what: 'pushes the tags, with --push', run: push },
];

/**
 * Releases what is checked out.
 *
 * Errors: says in one line why it stops, and gives 1.
 *
 * @param {Release} context
 * @param {typeof STEPS} [steps]
 * @returns {Promise<number>} the exit code
 */
export async function release(context, steps = STEPS) {
  try {
    await takeSteps(steps, context);
    return 0;
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    for (const reason of error.reasons) context.complain(`Cannot release: ${reason}`);
    return 1;
  }
}

async function refuse(context) {
  const reasons = await refusals(context);
  if (reasons.length > 0) throw new Stop(...reasons);
  const packages = unreleased(context);
  if (packages.length > 0) return `to release: ${packages.map(tagOf).join(', ')}`;
  context.isDone = true;
  if (context.push) pushTags(context, publishedPackages(context.root));
  return 'Nothing to release: every version is out and tagged';
}

/** The tarballs of a commit stay where they are: a second build can differ, and then a release could not go on. */
function packedBefore(context) {
  const file = join(tarballsOf(context), 'packed.json');
  if (!existsSync(file)) return undefined;
  const packed = JSON.parse(readFileSync(file, 'utf8'));
  const isWhole = packed.every((each) => existsSync(each.file) && integrityOf(each.file) === each.integrity);
  return isWhole ? packed : undefined;
}

function tarballsOf(context) {
  return join(context.root, 'node_modules', '.proto-release', cleanCommit(context) ?? 'none');
}

function integrityOf(file) {
  return `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
}

function gate(context) {
  if (packedBefore(context) !== undefined) return 'the tarballs of this commit are there already';
  if (isGreen(context)) return 'it was green for this commit';
  if (show(context, ['scripts/run.mjs', 'ok']) !== 0) {
    throw new Stop('the gate is red: see above. Run npm run ok until it is green');
  }
  return undefined;
}

function build(context) {
  if (packedBefore(context) !== undefined) return 'the tarballs of this commit are there already';
  // A build leaves types of an earlier one in place.
  for (const { folder } of publishedPackages(context.root)) {
    rmSync(join(context.root, folder, 'dist'), { recursive: true, force: true });
  }
  if (show(context, ['scripts/run.mjs', 'build', '--force', '--output-logs=errors-only']) !== 0) {
    throw new Stop('the build fails: see above');
  }
  return undefined;
}

function pack(context) {
  const folder = resolve(tarballsOf(context));
  let packed = packedBefore(context);
  if (packed === undefined) {
    if (cleanCommit(context) === undefined) {
      throw new Stop('files have changed since it began. See git status');
    }
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    packed = packAll({ folder, root: context.root }).map(({ name, version, file, integrity }) => ({
      name,
      version,
      file: resolve(file),
      integrity,
    }));
    writeFileSync(join(folder, 'packed.json'), `${JSON.stringify(packed, null, 2)}\n`);
  }
  const tags = new Set(unreleased(context).map(tagOf));
  context.tarballs = packed.filter((each) => tags.has(tagOf(each)));
  return `in ${folder}`;
}

async function compare(context) {
  context.out = await alreadyOut(context, context.tarballs);
  return context.out.size === 0 ? 'none of them' : `out already: ${[...context.out].map(tagOf).join(', ')}`;
}

function publishRest(context) {
  return publish(context, context.tarballs, context.out);
}

/** Only after all are out: a tag says that a version is released. Without a message, a tag needs no name of a person. */
function tag(context) {
  for (const each of context.tarballs) {
    if (git(context, ['tag', tagOf(each), 'HEAD']) === undefined) {
      throw new Stop(`every package is out, but git tag ${tagOf(each)} fails. Run it to see why`);
    }
  }
}

/** Only with `--push`: by hand, one may want to look first. A workflow has nobody who could. */
function push(context) {
  if (context.push) return pushTags(context, context.tarballs);
  return `All are out and tagged. To push the tags: git ${pushArgs(context, context.tarballs).join(' ')}`;
}

function pushTags(context, packages) {
  const args = pushArgs(context, packages);
  if (git(context, args) !== undefined) return 'All are out, tagged and pushed';
  throw new Stop(`every package is out and tagged, but this fails: git ${args.join(' ')}`);
}

function pushArgs(context, packages) {
  const remote = git(context, ['config', 'branch.main.remote']) ?? 'origin';
  return ['push', '--atomic', remote, ...packages.map((each) => `refs/tags/${tagOf(each)}`)];
}
