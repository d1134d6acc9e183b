// Other people's code that is in what we ship, and its licences. Nobody lists it by hand: the builds say what is in them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** The file of a tarball with the licences of others. */
export const NOTICES = 'THIRD-PARTY-LICENSES.txt';

/** A record of what a bundle without source maps is made of: vite writes one, and our plugin for the fonts another. */
export function isRecord(path) {
  return path.endsWith('/licences.json');
}

/** The folder of a package, in the path of a file of it. */
const PACKAGE_FOLDER = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//;

/**
 * The packages of others that are in the given files, by name.
 *
 * Source: the sources that a source map names, and the records of bundles that have no source map.
 * Errors: a package without a licence, or without its text, is thrown.
 *
 * @param {string} from the folder of a package of ours
 * @param {string[]} files its built files, relative to `from`
 * @returns {{ name: string, version: string, identifier: string, text: string }[]}
 */
export function thirdParty(from, files) {
  const maps = files.filter((file) => file.endsWith('.map')).map((file) => join(from, file));
  const folders = new Set(
    maps.flatMap((map) =>
      JSON.parse(readFileSync(map, 'utf8'))
        .sources.map((source) => resolve(dirname(map), source).replaceAll('\\', '/'))
        .map((source) => PACKAGE_FOLDER.exec(source)?.[1])
        .filter((folder) => folder !== undefined),
    ),
  );
  const records = recordsBeside(from, files).flatMap((file) =>
    JSON.parse(readFileSync(join(from, file), 'utf8')),
  );
  const found = new Map(
    [...[...folders].map(read), ...records].map((one) => [`${one.name}@${one.version}`, one]),
  );
  for (const [key, { identifier, text }] of found) {
    if (!identifier || !text)
      throw new Error(`Cannot pack ${from}: ${key} is in it, and has no text of its licence`);
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** The text of `THIRD-PARTY-LICENSES.txt`. */
export function notices(found) {
  const parts = found.map(({ name, version, identifier, text }) => {
    const title = `${name} ${version} (${identifier})`;
    return `${title}\n${'-'.repeat(title.length)}\n\n${text.trim()}\n`;
  });
  return `This package holds code or fonts of others, under these licences.\n\n${parts.join('\n\n')}`;
}

function read(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e(?:\.(?:md|txt))?$/i.test(entry));
  const text = file === undefined ? undefined : readFileSync(join(folder, file), 'utf8');
  return { name, version, identifier: license, text };
}

/** Records are in the folders of the files, and are no part of what is shipped. */
function recordsBeside(from, files) {
  const folders = new Set(files.map((file) => dirname(file)));
  return [...folders]
    .map((folder) => `${folder}/licences.json`)
    .filter((file) => existsSync(join(from, file)));
}
