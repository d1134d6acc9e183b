import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ROWS } from '../../apps/server/test/dist/many/table.ts';
// @ts-expect-error The scripts are plain JavaScript.
import { MANY_ROWS as untyped } from '../faults.mjs';

const MANY_ROWS = untyped as readonly string[];
const rows = Object.entries(ROWS);
const folder = 'apps/server/test/dist/many';

/** The table of docs/many.md: each row with the cell of its bounds. */
const table = [...readFileSync('docs/many.md', 'utf8').matchAll(/^\| `([a-z]+)` \|(.*)\|$/gm)].map(
  ([, id = '', cells = '']) => [id, cells.split(' | ').at(-3) ?? ''] as const,
);

describe('docs/many.md', () => {
  test('many:faults: it knows every row, and the table has each once', () => {
    expect(MANY_ROWS).toEqual(rows.map(([id]) => id));
    expect(table.map(([id]) => id)).toEqual(MANY_ROWS);
  });

  test('many:faults: every row has a file that is named after it, in the gate if it is played there', () => {
    const idsIn = (path: string): string[] =>
      readdirSync(path).flatMap((file) =>
        file.endsWith('.test.ts') ? file.replace('.test.ts', '').split('-') : [],
      );
    const idsOf = (isInGate: boolean): string[] =>
      rows.filter(([, { gate }]) => (gate !== undefined) === isInGate).map(([id]) => id);
    expect(idsIn(folder).toSorted()).toEqual(idsOf(true).toSorted());
    expect(idsIn(`${folder}/nightly`).toSorted()).toEqual(idsOf(false).toSorted());
  });

  test.each(rows)('many:faults: the table asks of %s what its test asks', (id, { bounds }) => {
    const written = table.find(([row]) => row === id)?.[1] ?? '';
    const asked = Object.entries(bounds).map(
      ([name, most]) => `${name} \`<= ${most.toLocaleString('en-GB')} ${name === 'memory' ? 'MB' : 'ms'}\``,
    );
    expect(written.trim()).toBe(asked.join('; '));
  });
});
