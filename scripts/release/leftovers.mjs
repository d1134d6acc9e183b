// What an earlier build has left in a folder. Types outlive a build of JavaScript, and turbo puts a build back without taking
// another away. Their names have a hash, so nothing overwrites them.
import { posix } from 'node:path';

/** A part of a file's name that a build makes of its content. */
export const HASH = '[A-Za-z0-9_-]{8}';

/** It has a digit or a capital; a word of ours has none. */
const HASHED = new RegExp(`-(?=[^-.]*[A-Z0-9])${HASH}(?=\\.(?:js|js\\.map|d\\.ts|css)$)`);

/** The path with `*` for the hash in its name, if it has one. */
export function withoutHash(path) {
  return path.replace(HASHED, '-*');
}

/**
 * The files that are not left from an earlier build: those without a hash in their names, and those with one that another
 * of them names.
 *
 * @param {string[]} files
 * @param {(path: string) => string} read the text of a file
 * @returns {string[]} in the same order
 */
export function withoutLeftovers(files, read) {
  const named = new Set(files.filter((path) => withoutHash(path) === path));
  const hashed = new Set(files.filter((path) => !named.has(path)));
  for (const path of named) {
    // A source map holds sources, which say nothing of the build; a declaration names the JavaScript beside it.
    const text = /\.(?:js|ts|html|css)$/.test(path) && hashed.size > 0 ? read(path) : '';
    for (const other of [...hashed].filter((one) =>
      text.includes(posix.basename(one).replace(/\.d\.ts$/, '.js')),
    )) {
      hashed.delete(other);
      named.add(other);
    }
  }
  return files.filter((path) => named.has(path));
}
