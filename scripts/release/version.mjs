// `npm run version`: turns the pending changesets into versions and changelogs.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { updateExamples } from '../example-ranges.mjs';
import { publishedPackages, tagOf } from './packages.mjs';
import { node } from './programs.mjs';

/**
 * Raises the versions of the packages that have changesets, and of those that need the others in a new version. The
 * examples ask for the new versions.
 *
 * Errors: says in one line why nothing was changed, and gives 1.
 *
 * @param {{ root: string, env: NodeJS.ProcessEnv, print: (text: string) => void, complain: (text: string) => void }} context
 * @returns {Promise<number>} the exit code
 */
export async function version(context) {
  const { root, print, complain } = context;
  const before = publishedPackages(root);
  const isFirst = new Set(
    before.filter((one) => !existsSync(changelogOf(root, one))).map(({ name }) => name),
  );
  const changesets = createRequire(import.meta.url).resolve('@changesets/cli/bin.js');
  const { status, stdout, stderr } = await node(context, [changesets, 'version']);
  if (status !== 0) {
    complain(`Cannot raise the versions. Changesets said:\n${(stderr || stdout).trim()}`);
    return 1;
  }
  const raised = publishedPackages(root).filter(
    (one) => !before.some(({ name, version: old }) => name === one.name && old === one.version),
  );
  if (raised.length === 0) {
    complain('Cannot raise the versions: no changeset is pending. Run npm run changeset first');
    return 1;
  }
  for (const one of raised) {
    const file = changelogOf(root, one);
    writeFileSync(file, tidy(readFileSync(file, 'utf8'), isFirst.has(one.name)));
  }
  updateExamples(root);
  print(`now: ${raised.map(tagOf).join(', ')}`);
  print(
    'Read each CHANGELOG.md, and mend its wording if you like. Then commit everything, and run npm run release.',
  );
  return 0;
}

function changelogOf(root, { folder }) {
  return join(root, folder, 'CHANGELOG.md');
}

/**
 * A changelog as people read it: an empty line below each heading. A first version has nothing to compare with: no ranges
 * that have changed, and its only changeset is text of its own, not an item under a heading `Minor Changes`.
 */
function tidy(text, isFirst) {
  const spaced = text.replaceAll(/^(## .*)\n(?=### )/gm, '$1\n\n');
  if (!isFirst) return spaced;
  const entry = spaced.replace(/\n- Needs `[^\n]+\n*$/, '\n').replace(/\n\n### Patch Changes\n*$/, '\n');
  const [, head, body] = /^(.*?\n## [^\n]+\n\n)### [^\n]+\n\n- (.*)$/s.exec(entry) ?? [];
  if (body === undefined || /^(?:### |- )/m.test(body)) return entry;
  return `${head}${body.replaceAll(/^ {2}/gm, '').trimEnd()}\n`;
}
