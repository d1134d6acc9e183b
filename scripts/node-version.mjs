// Refuses a Node that is too old, in one line. An old Node must be able to load this file and everything else that
// scripts/run.mjs imports: ES2020 syntax, and no imports that an old Node lacks. A test checks the syntax.
import { readFileSync } from 'node:fs';

/** Why this version of Node is refused; `undefined` if it is new enough for `engines`, such as `>=20.19`. */
function refusal(version, engines) {
  const [major, minor] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = engines.replace('>=', '').split('.').map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined;
  return `Cannot run on Node ${version}: expected ${leastMajor}.${leastMinor} or newer. Get it from https://nodejs.org`;
}

/** Ends this process if its Node is older than package.json allows. */
export function checkNode() {
  const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  const text = refusal(process.versions.node, engines.node);
  if (text === undefined) return;
  process.stderr.write(`${text}\n`);
  process.exit(64);
}
