// Holds the rule of the house (.dependency-cruiser.cjs, docs/architecture.md): says which import breaks which rule.
// A run that has read too few modules is no proof, so their number is checked too.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const folders = ['packages', 'apps'];
const { stdout, stderr } = spawnSync('depcruise', [...folders, '--output-type', 'json'], {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  shell: process.platform === 'win32',
});
let result;
try {
  result = JSON.parse(stdout);
} catch {
  process.stderr.write(`Cannot check the layers: dependency-cruiser said ${stderr || stdout}\n`);
  process.exit(1);
}

const isSource = (file) => /^(packages|apps)\/[^/]+\/src\/.*\.ts$/.test(file);
const read = result.modules.filter(({ source }) => isSource(source)).length;
const there = folders
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  )
  .filter((file) => !file.includes('node_modules') && isSource(file)).length;

for (const { from, to, rule } of result.summary.violations) {
  const { comment } = result.summary.ruleSetUsed.forbidden.find(({ name }) => name === rule.name) ?? {};
  process.stdout.write(`${from} imports ${to}: ${rule.name}. ${comment ?? ''}\n`);
}
if (read !== there)
  process.stdout.write(`read ${read} source files of ${there}: the check is not to be trusted\n`);
const isOk = result.summary.violations.length === 0 && read === there;
if (isOk) process.stdout.write(`${read} source files, no import against the rule\n`);
process.exitCode = isOk ? 0 : 1;
