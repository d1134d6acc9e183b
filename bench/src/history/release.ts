import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Result } from '../figure.ts';
import type { Reported } from '../report.ts';
import { drawing } from './drawing.ts';

/** A row of `bench server`, as it was at a release. */
export interface Row {
  readonly name: string;
  readonly ratio: number;
  /** Lowest and highest ratio of the rounds. */
  readonly spread: { readonly low: number; readonly high: number };
  readonly asked: { readonly atLeast?: number; readonly atMost?: number };
}

/** What was measured at one release, and on which machine. */
export interface Release {
  /** A version, or the short hash of a commit. */
  readonly name: string;
  /** When it was measured, in UTC, as ISO 8601. */
  readonly date: string;
  /** Version of Node. */
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  /** Load average of a minute. */
  readonly load: { readonly before: number; readonly after: number };
  readonly rows: readonly Row[];
}

export const FOLDER: string = fileURLToPath(new URL('../../history', import.meta.url));
export const PICTURE: string = fileURLToPath(new URL('../../history.svg', import.meta.url));

/**
 * What goes into the history of what was measured now. Rows that were skipped don't.
 *
 * Errors: throws a RangeError where the name isn't one of a file, and where no row is left.
 */
export function releaseOf(name: string, { results, load: [before, after] }: Reported): Release {
  checkName(name);
  const rows = results.filter(({ skipped }) => skipped === undefined).map(rowOf);
  if (rows.length === 0) throw new RangeError(`Cannot record ${name}: every row was skipped`);
  const processors = cpus();
  return {
    name,
    date: new Date().toISOString(),
    node: process.versions.node,
    cpu: processors[0]?.model ?? 'unknown',
    cores: processors.length,
    load: { before: rounded(before), after: rounded(after) },
    rows,
  };
}

/** Errors: throws a RangeError where a name isn't one of a file. */
export function checkName(name: string): void {
  if (!/^\w[\w.+-]*$/.test(name))
    throw new RangeError(`Cannot record ${JSON.stringify(name)}: expected a version or the hash of a commit`);
}

function rowOf({ name, value, spread: [low, high], atLeast, atMost }: Result): Row {
  const asked = { ...(atLeast !== undefined && { atLeast }), ...(atMost !== undefined && { atMost }) };
  return { name, ratio: rounded(value), spread: { low: rounded(low), high: rounded(high) }, asked };
}

function rounded(value: number): number {
  return Number(value.toFixed(3));
}

/** Every release that was recorded, the first one first. Errors: throws where a file has another name than its release. */
export function readHistory(folder: string = FOLDER): Release[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => {
      const release = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Release;
      if (basename(file, '.json') !== release.name)
        throw new Error(`Cannot read ${file}: it holds ${release.name}`);
      return release;
    })
    .toSorted((a, b) => (a.date < b.date ? -1 : 1));
}

/** Writes a release and draws the history with it. A release of the same name is replaced. */
export function record(release: Release, folder: string = FOLDER, picture: string = PICTURE): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${release.name}.json`), `${JSON.stringify(release, undefined, 2)}\n`);
  draw(folder, picture);
}

export function draw(folder: string = FOLDER, picture: string = PICTURE): void {
  writeFileSync(picture, drawing(readHistory(folder)));
}
