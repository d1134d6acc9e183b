// `node scripts/options-table.mjs`: writes the table of options in docs/operating.md, from the rows in the code. It needs
// no build. Another file may be named: `node scripts/options-table.mjs FILE`.
import { readFileSync, writeFileSync } from 'node:fs';
import { readSource } from './from-source.mjs';

/** The table stands between these two lines. */
const BEGIN = '<!-- options: written by node scripts/options-table.mjs -->';
const END = '<!-- /options -->';
const HEAD = ['| option | accepts | default | exposed | |', '|---|---|---|---|---|'];

await readSource();
const { COMMAND_OPTIONS } = await import('../apps/server/src/command/command-options.ts');
const { flagOf } = await import('../apps/server/src/command/flags.ts');

const file = process.argv[2] ?? 'docs/operating.md';
const lines = readFileSync(file, 'utf8').split('\n');
const [begin, end] = [lines.indexOf(BEGIN), lines.indexOf(END)];
if (begin === -1 || end < begin) {
  process.stderr.write(
    `Cannot write the options to ${file}: expected a line ${BEGIN}, and below it ${END}\n`,
  );
  process.exit(1);
}
const rows = Object.entries(COMMAND_OPTIONS).map(
  ([key, { expected, loopback, exposed = '', help }]) =>
    `| \`${flagOf(key)}\` | ${expected} | ${loopback} | ${exposed} | ${help} |`,
);
lines.splice(begin + 1, end - begin - 1, '', ...HEAD, ...rows, '');
writeFileSync(file, lines.join('\n'));
process.stdout.write(`${file}: ${rows.length} options\n`);
