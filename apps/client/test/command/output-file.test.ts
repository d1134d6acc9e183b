import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { outputFile, UnwritableFile } from '../../src/command/output-file.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'output-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('outputFile: writes when it is asked to, and makes nothing before', () => {
  const file = join(folder(), 'a.html');
  const write = outputFile('--html', file);
  expect(existsSync(file)).toBe(false);
  write('one');
  write('two');
  expect(readFileSync(file, 'utf8')).toBe('two');
  expect(() => outputFile('--html', file)).not.toThrow();
});

test('outputFile: says at once what cannot be written', () => {
  const path = folder();
  const missing = join(path, 'x', 'a.html');
  expect(() => outputFile('--html', missing)).toThrow(UnwritableFile);
  expect(() => outputFile('--html', missing)).toThrow(/^Cannot write --html ".*: there is no such folder$/);
  expect(() => outputFile('--html', path)).toThrow(/: it is a folder, expected a file$/);
});

test('outputFile: says it too if the folder is gone when it is time to write', () => {
  const path = folder();
  const write = outputFile('--html', join(path, 'a.html'));
  rmSync(path, { recursive: true });
  expect(() => write('one')).toThrow(/^Cannot write --html .*: there is no such folder$/);
});
