import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { judge, skipped } from '../src/figure.ts';
import { drawing } from '../src/history/drawing.ts';
import { PICTURE, readHistory, record, type Release, releaseOf, type Row } from '../src/history/release.ts';

/** A release with rows of these ratios, whose spread is a tenth to each side. At least 1 is asked of each. */
function release(
  name: string,
  ratios: Readonly<Record<string, number>>,
  more: Partial<Release> = {},
): Release {
  const rows = Object.entries(ratios).map(([row, ratio]): Row => ({
    name: row,
    ratio,
    spread: { low: ratio - 0.1, high: ratio + 0.1 },
    asked: { atLeast: 1 },
  }));
  const machine = { node: '20.20.2', cpu: 'a processor', cores: 2, load: { before: 0.5, after: 2 } };
  return { name, date: '2026-01-01T00:00:00.000Z', ...machine, rows, ...more };
}

const panelsOf = (svg: string): string[] => svg.split('<g ').slice(1);

test('the picture: it is what the files of the history show', () => {
  const isSame = readFileSync(PICTURE, 'utf8') === drawing(readHistory());
  expect(
    isSame,
    'bench/history.svg is not what its files show. Run: pnpm --filter @proto/bench history',
  ).toBe(true);
});

test('the picture: README shows it, and says in words what is seen', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  expect(/!\[[^\]]{80,}\]\(history\.svg\)/.test(readme)).toBe(true);
});

test('the picture: nothing in it runs or comes from elsewhere; it has colours for light and for dark', () => {
  const svg = drawing([release('1', { 'a / b': 1 })]);
  expect(svg).not.toMatch(/<script|<image|<foreignObject|href|url\(|@import|@font-face/i);
  expect(svg).toContain('prefers-color-scheme:dark');
  expect(drawing([])).toContain('Nothing is recorded yet.');
});

test('drawing: a panel for each row, in the order of the last release, then those of earlier ones', () => {
  const svg = drawing([release('1', { old: 1, 'a / b': 1 }), release('2', { 'c < d': 1, 'a / b': 1.1 })]);
  const names = panelsOf(svg).map((panel) => /class="name"[^>]*>(.*)</.exec(panel)?.[1]);
  expect(names).toEqual(['c &lt; d', 'a', 'old']);
  expect(panelsOf(svg)[1]).toContain('>against b<');
  expect(panelsOf(svg)[1]).toContain('>1.10 x<');
});

test('drawing: the lowest value is at the bottom, the highest at the top, a better ratio above', () => {
  const [panel = ''] = panelsOf(
    drawing([release('1', { a: 1 }), release('2', { a: 1.5 }), release('3', { a: 2 })]),
  );
  const ys = [...panel.matchAll(/cy="([\d.]+)"/g)].map(([, y]) => Number(y));
  expect(ys).toHaveLength(3);
  expect(ys[0]! - ys[1]!).toBeCloseTo(ys[1]! - ys[2]!, 0);
  expect(ys[0]).toBeGreaterThan(ys[2]!);
  const bars = [...panel.matchAll(/class="spread" d="M[\d.]+ ([\d.]+)V([\d.]+)"/g)];
  expect(bars.map(([, low, high]) => [Number(low), Number(high)])).toEqual([
    [118, 107.3],
    [expect.any(Number), expect.any(Number)],
    [64.7, 54],
  ]);
});

test('drawing: a release without the row is a gap in its line', () => {
  const releases = [{ a: 1 }, { a: 1 }, {}, { a: 1 }].map((rows, index) => release(String(index), rows));
  const [panel = ''] = panelsOf(drawing(releases));
  const [, d = ''] = /class="line" d="([^"]*)"/.exec(panel) ?? [];
  expect(d.replaceAll(/[^ML]/g, '')).toBe('MLM');
  expect(panel.match(/<circle/g)).toHaveLength(3);
});

test('drawing: short of what was asked of it then, and measured on a busy machine, is seen', () => {
  const busy = { load: { before: 1, after: 1 } };
  const svg = drawing([
    release('1', { a: 0.9 }),
    release('2', { a: 1 }, busy),
    release('3', { a: 0.9 }, busy),
  ]);
  expect([...svg.matchAll(/<circle class="([^"]*)"/g)].map(([, style]) => style)).toEqual([
    'dot short',
    'dot busy',
    'dot short busy',
  ]);
  const most: Row = { name: 'm', ratio: 1.4, spread: { low: 1.4, high: 1.4 }, asked: { atMost: 1.3 } };
  const [panel = ''] = panelsOf(drawing([release('1', {}, { rows: [most] })]));
  expect(panel).toContain('class="dot short"');
  expect(panel).toContain('>≤ 1.3<');
});

test('drawing: the dashed line goes to what was asked last, in the release that asked it first', () => {
  const asking = (name: string, atLeast: number): Release =>
    release(name, {}, { rows: [{ name: 'a', ratio: 1, spread: { low: 1, high: 1 }, asked: { atLeast } }] });
  const svg = drawing([asking('1', 0), asking('2', 0), asking('3', 1)]);
  // From the bottom to the top at the third.
  expect(svg).toMatch(/class="asked" d="M12 118H131V118H240V54H250"/);
  expect(svg).toContain('>≥ 1<');
});

test('record: a file with what was measured and where, and the picture with it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const picture = join(folder, 'history.svg');
  const row = { unit: 'x', detail: '', spread: [0.98765, 1.2] } as const;
  const results = [judge({ ...row, name: 'a', value: 1.23456, atLeast: 1 }), skipped('b', 'not here')];
  const made = releaseOf('1.2.3', { results, load: [0.1, 2], ok: true });
  expect(made).toMatchObject({
    name: '1.2.3',
    node: process.versions.node,
    load: { before: 0.1, after: 2 },
    rows: [{ name: 'a', ratio: 1.235, spread: { low: 0.988, high: 1.2 }, asked: { atLeast: 1 } }],
  });
  record(made, folder, picture);
  record({ ...made, name: 'a70f2be', date: '2020-01-01T00:00:00.000Z' }, folder, picture);
  expect(readHistory(folder).map(({ name }) => name)).toEqual(['a70f2be', '1.2.3']);
  expect(readFileSync(picture, 'utf8')).toBe(drawing(readHistory(folder)));
  writeFileSync(join(folder, 'other.json'), JSON.stringify(made));
  expect(() => readHistory(folder)).toThrow('Cannot read other.json: it holds 1.2.3');
});

test('releaseOf: a name that is no file, and a run of nothing, are refused', () => {
  const ran = {
    results: [judge({ name: 'a', unit: 'x', detail: '', spread: [1, 1], value: 1 })],
    load: [0, 0],
    ok: true,
  } as const;
  for (const name of ['', '../up', '.hidden', 'a b'])
    expect(() => releaseOf(name, ran)).toThrow(`Cannot record ${JSON.stringify(name)}`);
  expect(() => releaseOf('1', { ...ran, results: [skipped('b', 'not here')] })).toThrow(
    'Cannot record 1: every row was skipped',
  );
});
