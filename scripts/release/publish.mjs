// Publishes tarballs, leaves first. What is out already is left out, so that a release that stopped goes on.
import { isWorkflow } from './refusals.mjs';
import { npm, showNpm } from './programs.mjs';
import { Stop } from './steps.mjs';

/**
 * @typedef {{ name: string, version: string, file: string, integrity: string }} Tarball
 */

/**
 * Asks the registry which of the tarballs are out already.
 *
 * Errors: a version that is out with other bytes ends the release.
 *
 * @param {{ root: string, env: NodeJS.ProcessEnv }} where
 * @param {Tarball[]} tarballs
 * @returns {Promise<Set<Tarball>>}
 */
export async function alreadyOut(where, tarballs) {
  const found = await Promise.all(tarballs.map((each) => integrityAtRegistry(where, each)));
  const others = tarballs.filter(
    (each, index) => found[index] !== undefined && found[index] !== each.integrity,
  );
  if (others.length > 0) {
    const names = others.map(idOf).join(', ');
    throw new Stop(
      `${names}: the registry has other bytes than these under that version. If it was released from another commit, ` +
        'run git fetch --tags, or raise the version (npm run changeset, then npm run version)',
    );
  }
  return new Set(tarballs.filter((_, index) => found[index] !== undefined));
}

/**
 * Publishes the tarballs that are not out, in their order, and stops at the first that the registry refuses.
 *
 * Errors: if one is refused, says what is out and what isn't.
 *
 * @param {{ root: string, env: NodeJS.ProcessEnv, print: (text: string) => void, isTerminal: boolean }} where
 * @param {Tarball[]} tarballs leaves first: what is out can be installed, even if the rest fails
 * @param {Set<Tarball>} out gets what is published
 */
export async function publish(where, tarballs, out) {
  const options = [
    '--access',
    'public',
    '--ignore-scripts',
    ...(isWorkflow(where.env) ? ['--provenance'] : []),
  ];
  const run = where.isTerminal ? showNpm : npm;
  for (const tarball of tarballs.filter((each) => !out.has(each))) {
    const { status, stderr } = await run(where, ['publish', tarball.file, ...options]);
    // An answer can be lost after the registry has accepted the tarball.
    if (status !== 0 && (await integrityAtRegistry(where, tarball)) !== tarball.integrity) {
      throw new Stop(stopped(tarball, stderr, tarballs, out));
    }
    out.add(tarball);
    where.print(`published ${idOf(tarball)}`);
  }
}

function stopped(tarball, stderr, tarballs, out) {
  const ids = (isOut) => tarballs.filter((each) => out.has(each) === isOut).map(idOf);
  return [
    `${idOf(tarball)} was refused. npm said:`,
    stderr.trim(),
    `Out: ${ids(true).join(', ') || 'nothing'}. Not out: ${ids(false).join(', ')}. Nothing is tagged.`,
    'What is out can be installed. Run npm run release again: it goes on where it stopped.',
  ].join('\n');
}

/** The integrity of a version at the registry, or `undefined` if it is not there. */
async function integrityAtRegistry(where, { name, version }) {
  const { status, stdout, stderr } = await npm(where, [
    'view',
    `${name}@${version}`,
    'dist.integrity',
    '--json',
    '--prefer-online',
  ]);
  if (status === 0) return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  if (/\bE404\b/.test(stdout + stderr)) return undefined;
  throw new Stop(
    `npm view ${name}@${version} fails, so nobody knows whether it is out. npm said:\n${stderr.trim()}`,
  );
}

function idOf({ name, version }) {
  return `${name}@${version}`;
}
