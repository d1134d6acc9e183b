// What a package says about where it comes from. The address of the repository stands in one place, `repository` in the
// package.json of the root. Packing writes the rest from it: nothing else in the repository repeats it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The owner while nobody knows where the repository will be. A release refuses it. */
const PLACEHOLDER = 'OWNER';

/** The branch whose READMEs a package's home page shows. */
const BRANCH = 'main';

/** `https://github.com/OWNER/NAME`, without an end. */
const ADDRESS = /^https:\/\/github\.com\/([A-Za-z0-9-]+)\/([A-Za-z0-9._-]+?)$/;

/**
 * The address of the repository.
 *
 * Errors: an address in another form is thrown.
 *
 * @param {string} [root] the folder of the repository
 */
export function address(root = '.') {
  const { repository } = rootManifest(root);
  if (!ADDRESS.test(repository ?? '') || repository.endsWith('.git')) {
    const expected = 'expected https://github.com/, the owner, / and the name';
    throw new Error(`Cannot use ${repository} as "repository" in the package.json of the root: ${expected}`);
  }
  return repository;
}

/**
 * Whether the address is a real one, and not the placeholder that the repository begins with.
 *
 * @param {string} [root] the folder of the repository
 */
export function isAddressKnown(root = '.') {
  return ADDRESS.exec(address(root))?.[1] !== PLACEHOLDER;
}

/**
 * What is the same for every package but its folder: the keys `homepage`, `bugs`, `repository` and `author`.
 *
 * @param {string} folder the package's, relative to the root
 * @param {string} [root] the folder of the repository
 */
export function metadataOf(folder, root = '.') {
  const url = address(root);
  return {
    homepage: `${url}/tree/${BRANCH}/${folder}#readme`,
    bugs: { url: `${url}/issues` },
    repository: { type: 'git', url: `git+${url}.git`, directory: folder },
    author: rootManifest(root).author,
  };
}

function rootManifest(root) {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
}
