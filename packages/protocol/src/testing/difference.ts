import type { Played } from './play.ts';
import type { Transcript } from './transcript.ts';

/** What the two sides of a diff are called. */
export interface DiffNames {
  /** After `---`, before the lines that the transcript wants. */
  readonly transcript: string;
  /** After `+++`, before the lines that came. */
  readonly server: string;
}

/** How many rows to show around a difference. */
const CONTEXT_ROWS = 3;

interface Hunk {
  readonly from: number;
  to: number;
}

/**
 * Writes the differences as a unified diff: `-` is the transcript, `+` the server. With it, `patch` turns the
 * transcript into what the server does.
 *
 * Shape: empty if nothing differs; otherwise every line ends in LF.
 */
export function formatDiff({ rows }: Transcript, { differences }: Played, names: DiffNames): string {
  const missing = new Set<number>();
  const got = new Map<number, string[]>();
  for (const difference of differences) {
    if (difference.missing) missing.add(difference.row);
    if (difference.got === undefined) continue;
    const before = got.get(difference.row) ?? [];
    got.set(difference.row, [...before, difference.got]);
  }
  const touched = [...new Set(differences.map(({ row }) => row))].toSorted((a, b) => a - b);
  let out = touched.length === 0 ? '' : `--- ${names.transcript}\n+++ ${names.server}\n`;
  let shift = 0;
  for (const { from, to } of hunksAround(touched, rows.length)) {
    const lines: string[] = [];
    let [taken, given] = [0, 0];
    for (let row = from; row < to; row++) {
      const here = got.get(row) ?? [];
      lines.push(`${missing.has(row) ? '-' : ' '}${rows[row]}`);
      // What came in place of a row goes after it; what came before a row goes before it.
      lines.splice(missing.has(row) ? lines.length : -1, 0, ...here.map((line) => `+${line}`));
      taken++;
      given += here.length + (missing.has(row) ? 0 : 1);
    }
    out += `@@ -${from + 1},${taken} +${from + 1 + shift},${given} @@\n${lines.join('\n')}\n`;
    shift += given - taken;
  }
  return out;
}

/** Ranges of rows that contain the differences and a little context. */
function hunksAround(touched: readonly number[], rows: number): Hunk[] {
  const hunks: Hunk[] = [];
  for (const row of touched) {
    const [from, to] = [Math.max(0, row - CONTEXT_ROWS), Math.min(rows, row + CONTEXT_ROWS + 1)];
    const last = hunks.at(-1);
    if (last !== undefined && from <= last.to) last.to = to;
    else hunks.push({ from, to });
  }
  return hunks;
}
