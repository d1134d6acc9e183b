import { loadavg } from 'node:os';
import type { Figure, Result } from './figure.ts';

/** Measures and prints, row by row; returns whether every figure is what was asked for. */
export async function report(figures: readonly Figure[], json: boolean): Promise<boolean> {
  const [load = 0] = loadavg();
  const results: Result[] = [];
  if (!json) console.log(`node ${process.versions.node}, load average ${load.toFixed(2)}\n\n${row(HEAD)}`);
  for (const figure of figures) {
    for (const result of await figure.measure()) {
      results.push(result);
      if (!json) console.log(row(cells(result)));
    }
  }
  const ok = results.every((result) => result.ok);
  if (json) console.log(JSON.stringify({ node: process.versions.node, load, ok, results }, undefined, 2));
  else console.log(`\nload average ${loadavg()[0]?.toFixed(2)}; ${ok ? 'every figure is reached' : 'short'}`);
  return ok;
}

const HEAD = ['figure', 'median', 'spread', 'asked for', '', 'seen'];
const WIDTHS = [56, 12, 16, 12, 6, 0];

function cells({ name, value, unit, spread, atLeast, atMost, ok, detail, skipped }: Result): string[] {
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
}

function row(texts: readonly string[]): string {
  return texts
    .map((text, index) => text.padEnd(WIDTHS[index] ?? 0))
    .join(' ')
    .trimEnd();
}
