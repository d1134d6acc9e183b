// The two releases of a rehearsal, and what has to be true after each.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { address } from '../metadata.mjs';
import { publishedPackages, tagOf } from '../packages.mjs';
import { git, npm } from '../programs.mjs';
import { release, STEPS } from '../release.mjs';
import { Stop } from '../steps.mjs';
import { version } from '../version.mjs';
import { workspaces } from '../../workspaces.mjs';

/** The gate and the build are those that the rehearsal is a part of. */
const REST = STEPS.filter(({ name }) => name !== 'gate' && name !== 'build');

/** A change of each kind, in packages that others need. */
const CHANGES = {
  'packages/faults': { type: 'patch', text: 'A rehearsed repair.' },
  'packages/codec': { type: 'minor', text: 'Something new, rehearsed.' },
  'packages/protocol': { type: 'major', text: 'Something else, rehearsed.' },
};

/** Makes the copy a repository, and releases what is in it: the versions as they are, raised where changesets wait. */
export async function releaseFirst(rehearsal) {
  const { root } = rehearsal;
  const manifest = readFileSync(join(root, 'package.json'), 'utf8');
  const known = manifest.replace(address(root), 'https://github.com/rehearsal/rehearsal');
  writeFileSync(join(root, 'package.json'), known);
  run(rehearsal, ['init', '--quiet', '--initial-branch=main']);
  commit(rehearsal, 'as it is');
  if (pending(root).length > 0) await raise(rehearsal);
  await releaseAll(rehearsal, publishedPackages(root));
  return publishedPackages(root).map(tagOf).join(', ');
}

/** Adds a changeset of each kind, and holds versions, changelogs, ranges and tags against what has to come of them. */
export async function releaseChanges(rehearsal) {
  const { root } = rehearsal;
  const before = publishedPackages(root);
  const others = privateVersions(root);
  for (const [folder, { type, text }] of Object.entries(CHANGES)) {
    const { name } = before.find((one) => one.folder === folder);
    writeFileSync(
      join(root, '.changeset', `rehearsed-${type}.md`),
      `---\n'${name}': ${type}\n---\n\n${text}\n`,
    );
  }
  commit(rehearsal, 'a change of each kind');
  await raise(rehearsal);
  const after = publishedPackages(root);
  const wanted = new Map(before.map((one) => [one.name, wantedVersion(one, before)]));
  for (const one of after) {
    const want = wanted.get(one.name);
    hold(one.version === want, `${one.name} is ${one.version} after the changes, expected ${want}`);
  }
  hold(privateVersions(root) === others, 'a private package got another version');
  const raised = after.filter((one) => !before.some((old) => tagOf(old) === tagOf(one)));
  for (const one of raised) holdChangelog(root, one, raised);
  await releaseAll(rehearsal, raised);
  for (const one of raised) await holdRanges(rehearsal, one, wanted);
  return raised.map(tagOf).join(', ');
}

/** Raises the versions. Before that, a release has to be refused. */
async function raise(rehearsal) {
  const { status, why } = await releaseQuietly(rehearsal);
  hold(
    status === 1 && why.includes('changesets are pending'),
    `a release with pending changesets was not refused: ${why}`,
  );
  const said = [];
  const say = (text) => said.push(text);
  if ((await version({ ...rehearsal, print: say, complain: say })) !== 0) throw new Stop(said.join('\n'));
  hold(pending(rehearsal.root).length === 0, 'changesets are left after npm run version');
  commit(rehearsal, 'versions');
}

/** Releases, and holds what is tagged against `packages`. A second release has nothing to do. */
async function releaseAll(rehearsal, packages) {
  const { status, why } = await releaseQuietly(rehearsal);
  hold(status === 0, why);
  const tags = (git(rehearsal, ['tag', '--points-at', 'HEAD']) ?? '').split('\n');
  const wanted = packages.map(tagOf);
  hold(
    tags.toSorted().join() === wanted.toSorted().join(),
    `the tags are ${tags.join(', ')}, expected ${wanted.join(', ')}`,
  );
  const again = await releaseQuietly(rehearsal);
  hold(
    again.status === 0 && again.said.endsWith('Nothing to release: every version is out and tagged'),
    `a second release has something to do: ${again.said}${again.why}`,
  );
}

async function releaseQuietly(rehearsal) {
  const said = [];
  const why = [];
  const status = await release(
    {
      root: rehearsal.root,
      env: rehearsal.env,
      print: (text) => said.push(text),
      complain: (text) => why.push(text),
      push: false,
      isTerminal: false,
    },
    REST,
  );
  return { status, said: said.join('\n'), why: why.join('\n') };
}

/** What has to become of a version: raised as its changeset says, or by a patch if a package that it needs has left its range. */
function wantedVersion(one, all) {
  const type = CHANGES[one.folder]?.type;
  if (type !== undefined) return next(one.version, type);
  const needed = all.filter(({ name }) => one.manifest.dependencies?.[name] !== undefined);
  const isLeft = needed.some(({ version: old, folder }) => {
    const change = CHANGES[folder]?.type;
    return change !== undefined && !isInRange(next(old, change), old);
  });
  return isLeft ? next(one.version, 'patch') : one.version;
}

function next(from, type) {
  const [major, minor, patch] = from.split('.').map(Number);
  return {
    major: `${major + 1}.0.0`,
    minor: `${major}.${minor + 1}.0`,
    patch: `${major}.${minor}.${patch + 1}`,
  }[type];
}

/** Whether a version is in the range `^from`, as it is for `workspace:^`. */
function isInRange(one, from) {
  const [major, minor] = one.split('.');
  const [fromMajor, fromMinor] = from.split('.');
  return major === fromMajor && (major !== '0' || minor === fromMinor);
}

/** The text of its changeset as written, the ranges that have changed, and nothing else. */
function holdChangelog(root, one, raised) {
  const text = readFileSync(join(root, one.folder, 'CHANGELOG.md'), 'utf8');
  const [, entry] = /^# [^\n]+\n\n## (.*?)(?=\n+## |\n*$)/s.exec(text) ?? [];
  const change = CHANGES[one.folder];
  const needed = raised.filter(({ name }) => one.manifest.dependencies?.[name] !== undefined);
  const lines = [
    one.version,
    '',
    change === undefined
      ? '### Patch Changes'
      : `### ${change.type[0].toUpperCase()}${change.type.slice(1)} Changes`,
    '',
    change === undefined
      ? `- Needs ${needed.map(({ name, version: to }) => `\`${name}\` ^${to}`).join(', ')}.`
      : `- ${change.text}`,
  ];
  hold(
    entry === lines.join('\n'),
    `the changelog of ${one.name} begins with\n${entry}\nexpected\n${lines.join('\n')}`,
  );
}

async function holdRanges(rehearsal, { name, version: at }, wanted) {
  const { stdout } = await npm(rehearsal, [
    'view',
    `${name}@${at}`,
    'dependencies',
    '--json',
    '--prefer-online',
  ]);
  for (const [other, range] of Object.entries(stdout.trim() === '' ? {} : JSON.parse(stdout))) {
    const want = wanted.get(other);
    hold(
      want === undefined || range === `^${want}`,
      `${name}@${at} needs ${other} ${range}, expected ^${want}`,
    );
  }
}

function privateVersions(root) {
  return workspaces(root)
    .map((folder) => ({
      folder,
      manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')),
    }))
    .filter(({ manifest }) => manifest.private)
    .map(({ folder, manifest }) => {
      return `${folder}@${manifest.version} ${existsSync(join(root, folder, 'CHANGELOG.md'))}`;
    })
    .join();
}

function pending(root) {
  return readdirSync(join(root, '.changeset')).filter((file) => file.endsWith('.md') && file !== 'README.md');
}

function commit(rehearsal, message) {
  run(rehearsal, ['add', '--all']);
  run(rehearsal, ['commit', '--quiet', '--no-verify', `--message=${message}`]);
}

function run(rehearsal, args) {
  hold(git(rehearsal, args) !== undefined, `git ${args.join(' ')} fails`);
}

function hold(condition, otherwise) {
  if (!condition) throw new Stop(otherwise);
}
