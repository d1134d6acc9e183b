import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
// @ts-expect-error The scripts are plain JavaScript.
import { ROWS as untyped } from '../faults.mjs';
import { faultFiles } from './fault-tests.ts';

const ROWS = untyped as readonly string[];
const files = faultFiles();
const named = files.map((own) => [own.file, own] as const);
const tested = [...new Set(files.flatMap(({ ids }) => ids))].toSorted();

/** The table of docs/faults.md: each id with its last column. */
const table = [...readFileSync('docs/faults.md', 'utf8').matchAll(/^\| (F\d+|[a-z]+) \|(.*)\|$/gm)]
  .map(([, id = '', cells = '']) => [id, cells.split(' | ').at(-1) ?? ''] as const)
  .filter(([id]) => id !== 'id');

describe('docs/faults.md', () => {
  test('faults: every test file has a row, and every row a test file', () => {
    expect(tested.length).toBeGreaterThan(30);
    expect(table.map(([id]) => id).toSorted()).toEqual(tested);
  });

  test('faults: npm run faults knows every row with a test, and no other', () => {
    expect(ROWS.toSorted()).toEqual(tested);
  });

  test.each(named)('faults: every test of %s is named by its row', (_, { ids, tests }) => {
    const isNamed = (titles: readonly string[]): boolean =>
      titles.some((title) => ids.some((id) => title.startsWith(`${id}: `)));
    expect(tests.filter((titles) => !isNamed(titles))).toEqual([]);
    const titles = tests.flat();
    expect(ids.filter((id) => !titles.some((title) => title.startsWith(`${id}: `)))).toEqual([]);
  });

  test.each(named)('faults: every figure of %s is of its row, and its bounds can be read', (_, own) => {
    const { ids, asked } = own;
    expect(asked.filter(({ id }) => !ids.includes(id)).map(({ location }) => location)).toEqual([]);
    // A bound is written in numbers, + - * /, constants of the file, `size(small, full)` and lengths of arrays.
    expect(asked.filter(({ bounds }) => bounds === undefined).map(({ location }) => location)).toEqual([]);
  });

  test.each(table)('faults: the table asks of %s what its tests ask', (id, asked) => {
    const written = [...asked.matchAll(/`([<>]?= [^`]+)`/g)].map(([, bound]) => bound);
    const figures = files.flatMap((file) => file.asked).filter((figure) => figure.id === id);
    expect(new Set(written)).toEqual(new Set(figures.flatMap(({ bounds = [] }) => bounds)));
    expect(written).not.toEqual([]);
  });
});
