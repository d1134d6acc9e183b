import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { cellsTable, installation } from '../src/many/cells.ts';
import { MEASURED } from '../src/many/measured.ts';

test('cellsTable: the document shows what it prints', () => {
  const document = readFileSync(new URL('../../docs/many.md', import.meta.url), 'utf8');
  expect(document).toContain(`\n${cellsTable(MEASURED)}\n`);
});

test('MEASURED: the document names the costs that the table comes from', () => {
  const document = readFileSync(new URL('../../docs/many.md', import.meta.url), 'utf8').replaceAll(
    /\s+/g,
    ' ',
  );
  const { ownMicros, otherMicros, natsMicros, heapBytes } = MEASURED;
  expect(document).toContain(
    `costs its own server ${ownMicros} µs, each other server ${otherMicros} µs and all NATS servers ${natsMicros} µs, and a client takes ${heapBytes} bytes`,
  );
});

test('installation: every room has a cell, and one cell has them all while it is the only one', () => {
  const costs = { ownMicros: 6, otherMicros: 6, natsMicros: 10, heapBytes: 60 };
  // Each of six servers applies all 10,000 lines, at 6 µs.
  expect(installation(100_000, costs)).toMatchObject({
    cells: 1,
    fullest: 100_000,
    serverShare: 0.06,
    natsShare: 0.1,
    heapBytes: 5_000_000,
  });
  const { cells, fullest } = installation(3_000_000, costs);
  expect(cells).toBe(10);
  expect(fullest).toBeGreaterThanOrEqual(300_000);
  expect(fullest).toBeLessThan(315_000);
});
