import { execFile } from 'node:child_process';
import { lines } from '@proto/codec';
import { formatSeen, XRay } from '@proto/xray';
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

const ROOT = join(PACKAGE, '../..');

/** The block of text that begins with this. */
function shown(begins: string): string[] {
  const blocks = [...readme.matchAll(/```text\n(.*?)\n```/gs)].map(([, body]) => body!);
  const found = blocks.filter((body) => body.startsWith(begins));
  expect(found.length).toBe(1);
  return found[0]!.split('\n');
}

/** What the command prints, input and all, with the port that the documents have. */
async function typed(command: string, port: number): Promise<string[]> {
  const main = `${process.execPath} ${join(PACKAGE, 'dist/main.js')}`;
  const here = command.replace(/proto-client( load)?/, `${main}$1 :${port}`);
  const { stdout } = await promisify(execFile)('sh', ['-c', `${here}; exit 0`], { cwd: ROOT });
  return stdout.trimEnd().replaceAll(String(port), '6677').split('\n');
}

test('README: a session begins as one that is played in docs/sessions.md', () => {
  const played = readFileSync(join(ROOT, 'docs/sessions.md'), 'utf8').split('\n');
  const [, ...rows] = shown('$ proto-client 127.0.0.1:6677\n');
  expect(rows.filter((row) => !played.includes(row))).toEqual([]);
});

test('README: the x-ray of two writes is what an x-ray shows', () => {
  const xray = new XRay({ direction: 'write', decoder: lines({ charset: 'text' }).decoder() });
  const seen = [xray.chunk(Buffer.from('he'), 1_203), xray.chunk(Buffer.from('llo\n'), 1_254)];
  expect(shown('x> write 1')).toEqual(seen.flatMap((each) => formatSeen(each)));
});

test('README: a load run says that the server waits for more clients', async () => {
  await using server = await startServer('--clients', '50');
  const [command = '', ...rows] = shown('$ proto-client load --clients 10');
  expect(await typed(`${command.slice(2)} 2>&1`, server.port)).toEqual(rows);
});

test('README: a pipe prints the answers', async () => {
  await using server = await startServer('--order', 'free');
  const [command = '', ...rows] = shown("$ printf 'a\\nb'");
  expect(await typed(command.slice(2), server.port)).toEqual(rows);
});

test('README: a pipe prints JSON, apart from the time', async () => {
  await using server = await startServer('--order', 'free');
  const [command = '', ...rows] = shown("$ printf 'a\\n' | proto-client --json");
  // Without jq, which is not everywhere: its filter keeps the replies.
  const all = await typed(command.slice(2).split(' | jq ', 1).join(''), server.port);
  const replies = all.filter((line) => line.includes('"kind":"reply"'));
  const timeless = (line: string): string => line.replace(/"time":"[^"]+"/, '"time":""');
  expect(replies.map(timeless)).toEqual(rows.map(timeless));
});

test('README: a server that differs is shown as a difference', async () => {
  mkdirSync(join(PACKAGE, '.report'), { recursive: true });
  const folder = mkdtempSync(join(PACKAGE, '.report', 'transform-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const transform = join(folder, 'transform.mjs');
  writeFileSync(transform, "export default (line) => (line === 'first' ? line : line.toUpperCase());\n");
  await using server = await startServer('--order', 'free', '--transform', transform);
  const [command = '', ...rows] = shown('$ proto-client --expect');
  expect(await typed(`${command.slice(2)} 2>&1`, server.port)).toEqual(rows);
});
