// `node scripts/example-ranges.mjs`: makes the examples ask for the packages in the versions that they have now.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { publishedPackages } from './release/packages.mjs';

/**
 * The examples that ask for other versions of our packages than those that are here.
 *
 * Shape:  `path` of a `package.json`, and the `text` that it should have. The range of version 0.2.3 is `^0.2.0`. A
 *         package that was never published, 0.0.0, begins with 0.1.0.
 *
 * @param {string} root the repository
 * @returns {{ path: string, text: string }[]}
 */
export function outdatedExamples(root = '.') {
  const ranges = new Map(publishedPackages(root).map(({ name, version }) => [name, rangeOf(version)]));
  const folder = join(root, 'examples');
  return (existsSync(folder) ? readdirSync(folder) : [])
    .map((name) => join(folder, name, 'package.json'))
    .filter((path) => existsSync(path))
    .flatMap((path) => {
      const before = readFileSync(path, 'utf8');
      const manifest = JSON.parse(before);
      for (const name of Object.keys(manifest.dependencies)) {
        manifest.dependencies[name] = ranges.get(name) ?? manifest.dependencies[name];
      }
      const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
      return text === before ? [] : [{ path, text }];
    });
}

function rangeOf(version) {
  const [major, minor] = version === '0.0.0' ? [0, 1] : version.split('.');
  return `^${major}.${minor}.0`;
}

/** Writes them, and gives their paths. */
export function updateExamples(root = '.') {
  const outdated = outdatedExamples(root);
  for (const { path, text } of outdated) writeFileSync(path, text);
  return outdated.map(({ path }) => path);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const path of updateExamples()) process.stdout.write(`changed ${path}\n`);
}
