import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from './our-server.ts';

const PACKAGE = fileURLToPath(new URL('../..', import.meta.url));
const readme = readFileSync(join(PACKAGE, 'README.md'), 'utf8');
const samples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, source]) => source!);

/** What a sample says that it prints: what stands behind `// ` in a line that prints. */
function promised(source: string): string[] {
  return [...source.matchAll(/console\.log\(.*\); \/\/ (.*)$/gm)].map(([, text]) => text!);
}

test('README: has samples that print', () => {
  expect(samples.length).toBeGreaterThanOrEqual(4);
  expect(samples.flatMap(promised).length).toBeGreaterThanOrEqual(5);
});

test.each(
  samples.map((source) => [source.split('\n').find((line) => line.includes('connect(')) ?? source, source]),
)('README: runs as it stands: %s', async (_, source) => {
  await using server = await startServer('--order', 'free', '--quit', 'self');
  // Inside the package, so that it finds itself by its name.
  mkdirSync(join(PACKAGE, '.report'), { recursive: true });
  const folder = mkdtempSync(join(PACKAGE, '.report', 'sample-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'sample.mjs');
  const { outputText } = ts.transpileModule(source.replaceAll('6677', String(server.port)), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
  });
  writeFileSync(file, outputText);
  const { stdout } = await promisify(execFile)(process.execPath, [file]);
  expect(stdout.trimEnd().split('\n')).toEqual(promised(source));
});
