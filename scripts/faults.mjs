// `npm run faults [-- F4 F5 crowd]`: every test of apps/server/test/faults at full size, then all figures beside what was
// asked. Exit code 1 if a test failed, a figure is short, or a row has none.
// `npm run many:faults [-- kill frozen]`: the same for servers that share their rooms, apps/server/test/dist/many.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { executable } from './executable.mjs';

/** Every row of `npm run faults` that has a test: from one to another, or by itself. */
const RANGES = [['F1', 'F47'], ['crowd'], ['kills']];
/** The rows one by one. */
export const ROWS = RANGES.flatMap(([first, last]) => (last === undefined ? first : range(first, last)));
/** The rows of `npm run many:faults`. */
export const MANY_ROWS = (
  'plain kill frozen pause cut unsaid unheard slow leader lame all quorum again ' +
  'unread quit roll faulty timeout power name stranger full database readonly schedules'
).split(' ');
const SERVER = 'apps/server';

/** What can be run: its rows, and the folders of its tests. */
const GROUPS = {
  faults: {
    rows: ROWS,
    shown: RANGES.map((ends) => ends.join(' to ')).join(', '),
    folders: ['test/faults', 'test/dist/faults'],
    longestMs: 600_000,
  },
  many: {
    rows: MANY_ROWS,
    shown: MANY_ROWS.join(', '),
    folders: ['test/dist/many', 'test/dist/many/nightly'],
    longestMs: 3_600_000,
  },
};

function range(first, last) {
  const [from, to] = [first, last].map((row) => Number(row.slice(1)));
  return Array.from({ length: to - from + 1 }, (_, index) => `F${from + index}`);
}

/**
 * The table of figures, row by row, and whether all is as asked.
 *
 * A figure is `{ id, what, value, unit, atLeast?, atMost? }`, or `{ id, skipped }` with the reason. A row of `rows`
 * without one is missing; a skipped one is short only where `mustRun`.
 */
export function account(figures, { rows = ROWS, mustRun = false } = {}) {
  const seen = rows.flatMap((row) => {
    const own = figures.filter(({ id }) => id === row);
    return own.length > 0 ? own : [{ id: row, missing: true }];
  });
  const judged = seen.map((figure) => ({ ...figure, verdict: verdict(figure, mustRun) }));
  return {
    ok: judged.every((figure) => figure.verdict === 'ok' || figure.verdict === 'SKIPPED'),
    lines: align(judged.map(cells)),
  };
}

function verdict({ value, atLeast, atMost, skipped, missing }, mustRun) {
  if (missing) return 'missing';
  if (skipped !== undefined) return mustRun ? 'short' : 'SKIPPED';
  // Written so that what is no number is short.
  const holds = (atLeast === undefined || value >= atLeast) && (atMost === undefined || value <= atMost);
  const isAsked = atLeast !== undefined || atMost !== undefined;
  return holds && isAsked && typeof value === 'number' ? 'ok' : 'short';
}

function cells({ id, what, value, unit, atLeast, atMost, skipped, missing, verdict: said }) {
  if (missing) return [id, 'no figure', '', '', said];
  if (skipped !== undefined) return [id, skipped, '', '', said];
  const asked = [
    atLeast === undefined ? '' : `>= ${show(atLeast)}`,
    atMost === undefined ? '' : `<= ${show(atMost)}`,
  ];
  return [id, what, `${show(value)} ${unit}`.trim(), asked.filter(Boolean).join(', '), said];
}

function show(value) {
  if (typeof value !== 'number') return 'none';
  return Number(value.toPrecision(Math.abs(value) >= 1_000 ? 15 : 3)).toLocaleString('en-GB', {
    maximumFractionDigits: Math.abs(value) >= 1_000 ? 0 : 6,
  });
}

function align(table) {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((row) => row[column].length)));
  return table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** Runs the tests of the rows asked for, one file after the other: figures are not to disturb each other. */
function run(folder, { env, rows, longestMs }) {
  const files = readdirSync(join(SERVER, folder)).filter(
    (file) => file.endsWith('.test.ts') && covers(file, rows),
  );
  if (files.length === 0) return 0;
  const paths = files.map((file) => `${folder}/${file}`);
  const args = [
    'exec',
    'vitest',
    'run',
    '--no-file-parallelism',
    `--testTimeout=${longestMs}`,
    '--reporter=verbose',
    ...paths,
  ];
  const { status } = spawnSync(...executable('pnpm', args), {
    cwd: SERVER,
    stdio: 'inherit',
    env: { ...process.env, FAULTS: 'full', ...(folder.includes('dist') && { TEST_DIST: '1' }), ...env },
  });
  return status ?? 1;
}

/** Whether a test file is of one of the rows: `f4-f5-dead-peers.test.ts` is of F4 and F5. */
function covers(file, rows) {
  const own = file.replace('.test.ts', '').split('-');
  return rows === undefined || rows.some((row) => own.includes(row.toLowerCase()));
}

function main(args) {
  const [group, asked] = args[0] === '--many' ? [GROUPS.many, args.slice(1)] : [GROUPS.faults, args];
  const unknown = asked.filter((row) => !group.rows.includes(row));
  if (unknown.length > 0) {
    process.stderr.write(`Cannot run ${unknown.join(', ')}: expected ${group.shown}\n`);
    return 64;
  }
  const rows = asked.length > 0 ? asked : undefined;
  const folder = mkdtempSync(join(tmpdir(), 'faults-'));
  const file = join(folder, 'figures.jsonl');
  const { longestMs } = group;
  const status = group.folders.map((tests) =>
    run(tests, {
      env: { FAULT_FIGURES: file, ...(rows && { FAULT_ROWS: rows.join(',') }) },
      rows,
      longestMs,
    }),
  );
  const figures = existsSync(file)
    ? readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line))
    : [];
  rmSync(folder, { recursive: true });
  const { ok, lines } = account(figures, { rows: rows ?? group.rows, mustRun: process.env.CI === 'true' });
  process.stdout.write(`\n${lines.join('\n')}\n`);
  return ok && Math.max(...status) === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = main(process.argv.slice(2));
