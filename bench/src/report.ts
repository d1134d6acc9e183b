import { loadavg } from 'node:os';
import type { Figure, Result } from './figure.ts';

/** A table: its columns, and what is said below it. */
export interface Table {
  readonly head: readonly string[];
  readonly widths: readonly number[];
  cells(result: Result): readonly string[];
  end(results: readonly Result[]): string;
}

/** Figures beside what was asked of them. */
export const ASKED: Table = {
  head: ['figure', 'median', 'spread', 'asked for', '', 'seen'],
  widths: [64, 12, 16, 12, 6, 0],
  cells({ name, value, unit, spread, atLeast, atMost, ok, detail, skipped }) {
    const bounds = [atLeast !== undefined && `>= ${atLeast}`, atMost !== undefined && `<= ${atMost}`];
    const asked = bounds.some(Boolean) ? `${bounds.filter(Boolean).join(', ')} ${unit}` : 'nothing';
    if (skipped !== undefined) return [name, 'SKIPPED', '', asked, '', skipped];
    return [
      name,
      `${value.toFixed(2)} ${unit}`,
      `${spread[0].toFixed(2)} .. ${spread[1].toFixed(2)}`,
      asked,
      asked === 'nothing' ? '' : ok ? 'ok' : 'short',
      detail,
    ];
  },
  end: (results) => (results.every(({ ok }) => ok) ? 'every figure is reached' : 'short'),
};

/** Figures of one build beside those of another. */
export const CHANGED: Table = {
  head: ['figure', 'ratio', '95 % sure', 'verdict', 'rounds', 'seen'],
  widths: [60, 8, 18, 19, 7, 0],
  cells({ name, value, change, detail, skipped }) {
    if (change === undefined) return [name, 'SKIPPED', '', '', '', skipped ?? ''];
    const { interval, verdict, rounds } = change;
    return [
      name,
      value.toFixed(3),
      `${interval.low.toFixed(3)} .. ${interval.high.toFixed(3)}`,
      verdict,
      String(rounds),
      detail,
    ];
  },
  end(results) {
    const verdicts = results.map(({ change }) => change?.verdict ?? 'skipped');
    return [...new Set(verdicts)]
      .map((verdict) => `${verdict}: ${verdicts.filter((each) => each === verdict).length}`)
      .join(', ');
  },
};

/** What was measured, and how busy the machine was before it and after. */
export interface Reported {
  readonly results: readonly Result[];
  readonly load: readonly [before: number, after: number];
  /** Whether every figure is what was asked for. */
  readonly ok: boolean;
}

/** Measures and prints, row by row. */
export async function report(
  figures: readonly Figure[],
  json: boolean,
  table: Table = ASKED,
): Promise<Reported> {
  const before = loadNow();
  const results: Result[] = [];
  if (!json)
    console.log(
      `node ${process.versions.node}, load average ${before.toFixed(2)}\n\n${row(table, table.head)}`,
    );
  for (const figure of figures) {
    for (const result of await figure.measure()) {
      results.push(result);
      if (!json) console.log(row(table, table.cells(result)));
    }
  }
  const ok = results.every((result) => result.ok);
  const after = loadNow();
  if (json)
    console.log(JSON.stringify({ node: process.versions.node, load: before, ok, results }, undefined, 2));
  else console.log(`\nload average ${after.toFixed(2)}; ${table.end(results)}`);
  return { results, load: [before, after], ok };
}

/** Of the last minute. */
function loadNow(): number {
  return loadavg()[0] ?? Number.NaN;
}

function row({ widths }: Table, texts: readonly string[]): string {
  return texts
    .map((text, index) => text.padEnd(widths[index] ?? 0))
    .join(' ')
    .trimEnd();
}
