import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const document = readFileSync('docs/operating.md', 'utf8');

/** Runs the script on a document with this text. */
function written(text: string): { status: number | null; stderr: string; text: string } {
  const folder = mkdtempSync(join(tmpdir(), 'options-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'operating.md');
  writeFileSync(file, text);
  const { status, stderr } = spawnSync(process.execPath, ['scripts/options-table.mjs', file], {
    encoding: 'utf8',
  });
  return { status, stderr: stderr.replaceAll(file, 'FILE'), text: readFileSync(file, 'utf8') };
}

test('options-table: writes the table of docs/operating.md as it is, whatever was there', () => {
  const old = document.replace(/^\| `--[^]*?^$/m, '| `--gone` | none | | | an option of the past |\n');
  expect(old.length).toBeLessThan(document.length - 1_000);
  expect(written(old)).toEqual({ status: 0, stderr: '', text: document });
});

test('options-table: a document without a place for it is left alone', () => {
  const text = '# Operating\n';
  expect(written(text)).toEqual({
    status: 1,
    stderr: expect.stringMatching(/^Cannot write the options to FILE: expected a line <!-- options: /),
    text,
  });
});
