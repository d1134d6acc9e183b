// Holds the rule of the house (.dependency-cruiser.cjs, docs/architecture.md): says which import breaks which rule.
// A run that has read too few modules is no proof, so their number is checked too.
import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { executable } from './executable.mjs';

const folders = ['packages', 'apps'];
const args = [...folders, '--output-type', 'json'];
const { stdout, stderr } = spawnSync(...executable('depcruise', args), {
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
});
let result;
try {
  result = JSON.parse(stdout);
} catch {
  process.stderr.write(`Cannot check the layers: dependency-cruiser said ${stderr || stdout}\n`);
  process.exit(1);
}

const isSource = (file) => /^(packages|apps)\/[^/]+\/src\/.*\.tsx?$/.test(file);
const read = result.modules.filter(({ source }) => isSource(source)).length;
const there = folders
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((name) => `${folder}/${name.replaceAll('\\', '/')}`),
  )
  .filter((file) => !file.includes('node_modules') && isSource(file)).length;

/** Where a file imports a module: `file:line`, as editors open it. */
function location(from, to) {
  const dependencies = result.modules.find(({ source }) => source === from)?.dependencies ?? [];
  const specifier = dependencies.find(({ resolved }) => resolved === to)?.module ?? to;
  const lines = readFileSync(from, 'utf8').split('\n');
  const line = lines.findIndex((text) => text.includes(`${specifier}'`)) + 1;
  return line === 0 ? from : `${from}:${line}`;
}

// An import that is resolved two ways is reported twice.
const findings = new Set(
  result.summary.violations.map(({ from, to, rule }) => {
    const { comment } = result.summary.ruleSetUsed.forbidden.find(({ name }) => name === rule.name) ?? {};
    return `${location(from, to)} imports ${to}: ${rule.name}. ${comment ?? ''}\n`;
  }),
);
for (const finding of findings) process.stdout.write(finding);
if (read !== there)
  process.stdout.write(`read ${read} source files of ${there}: the check is not to be trusted\n`);
const isOk = findings.size === 0 && read === there;
if (isOk) process.stdout.write(`${read} source files, no import against the rule\n`);
process.exitCode = isOk ? 0 : 1;
