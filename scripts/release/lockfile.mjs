// Checks the lockfile without asking a registry, and that docs/licences.md says what comes with what we publish. With
// `--write`, writes that document.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { lockfileFaults } from './audit.mjs';
import { DOCUMENT, licencesDocument, readPins, shippedOthers } from './licences.mjs';
import { installedPackages, readLockfile } from './dependencies.mjs';
import { publishedPackages } from './packages.mjs';

process.chdir(join(dirname(fileURLToPath(import.meta.url)), '../..'));
const lock = readLockfile();
const installed = installedPackages();
const packages = publishedPackages();
const others = shippedOthers(packages, { lock, pins: readPins(), installed });
const faults = lockfileFaults({
  lock,
  installed,
  allowBuilds: parse(readFileSync('pnpm-workspace.yaml', 'utf8')).allowBuilds ?? {},
  shipped: others.map(({ key }) => key),
  node: JSON.parse(readFileSync('package.json', 'utf8')).engines.node,
});
const document = licencesDocument(others, packages);
if (process.argv.includes('--write')) writeFileSync(DOCUMENT, document);
else if (readFileSync(DOCUMENT, 'utf8') !== document) {
  faults.push(
    `${DOCUMENT} is not what comes with what we publish: node scripts/release/lockfile.mjs --write`,
  );
}
process.stderr.write(faults.map((fault) => `${fault}\n`).join(''));
if (faults.length > 0) process.exitCode = 1;
else {
  const count = Object.keys(lock.packages).length;
  process.stdout.write(`${count} packages in the lockfile, ${others.length} of them shipped, all in order\n`);
}
