import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ASCII, barRows, BLOCKS, columnRows, isUtf8 } from '../../../src/load/plots/text-plots.ts';

const BARS = [
  { label: '1 to 2', value: 8, text: '8' },
  { label: '2 to 5', value: 1, text: '1' },
  { label: '5 to 10', value: 0, text: '0' },
];

test('barRows: the longest fills the row, none is drawn for nothing', () => {
  expect(barRows(BARS, 20, BLOCKS)).toEqual(
    ['1 to 2 │█████████ 8', '2 to 5 │█▏        1', '5 to 10 │          0'].map((row) => row.padStart(20)),
  );
  expect(barRows(BARS, 20, ASCII)).toEqual([
    ' 1 to 2 |######### 8',
    ' 2 to 5 |#         1',
    '5 to 10 |          0',
  ]);
});

test('barRows: what is there is seen, however small', () => {
  const [, small] = barRows([BARS[0]!, { ...BARS[1]!, value: 1e-9 }], 40, BLOCKS);
  expect(small).toContain('│▏');
});

test('columnRows: one row above the other, gaps where there is nothing', () => {
  const course = { values: [1, null, 4, 2], top: '4', ends: ['0', 'x'] } as const;
  expect(columnRows(course, { columns: 7, height: 2, charset: BLOCKS })).toEqual([
    '4 │  █',
    '  │▄ ██',
    '0 └────',
    '   0  x',
  ]);
  expect(columnRows(course, { columns: 7, height: 2, charset: ASCII })).toEqual([
    '4 |  #',
    '  |: ##',
    '0 +----',
    '   0  x',
  ]);
});

test('plots: fit the columns, whatever they show', () => {
  const values = fc.array(fc.option(fc.double({ min: 0, max: 1e9, noNaN: true })), {
    minLength: 1,
    maxLength: 130,
  });
  fc.assert(
    fc.property(
      values,
      fc.integer({ min: 1, max: 200 }),
      fc.constantFrom(BLOCKS, ASCII),
      (all, columns, charset) => {
        const bars = all.map((value) => ({ label: '1 to 2', value: value ?? 0, text: String(value) }));
        const rows = [
          ...barRows(bars, columns, charset),
          ...columnRows(
            { values: all, top: '1,234', ends: ['0 s', '9.0 s'] },
            { columns, height: 4, charset },
          ),
        ];
        expect(Math.max(...rows.map(({ length }) => length))).toBeLessThanOrEqual(columns);
        expect(rows.join('')).not.toMatch(/undefined|NaN/);
      },
    ),
  );
});

test('ASCII: is ASCII', () => {
  expect(Object.values(ASCII).flat().join('')).toMatch(/^[ -~]+$/);
});

test.each<[string, Record<string, string>, string, boolean]>([
  ['LANG', { LANG: 'en_US.UTF-8' }, 'linux', true],
  ['no locale', {}, 'linux', false],
  ['the C locale', { LANG: 'C' }, 'linux', false],
  ['LC_ALL before the others', { LC_ALL: 'C', LC_CTYPE: 'C.utf8', LANG: 'C.UTF-8' }, 'linux', false],
  ['an empty LC_ALL', { LC_ALL: '', LC_CTYPE: 'C.utf8' }, 'linux', true],
  ['Windows', {}, 'win32', true],
])('isUtf8: %s', (_, environment, platform, want) => {
  expect(isUtf8(environment, platform)).toBe(want);
});
