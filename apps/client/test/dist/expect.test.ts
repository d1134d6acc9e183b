import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from './our-server.ts';
import { type Outcome, run } from './run.ts';

const FOLDER = fileURLToPath(new URL('../../../../docs/transcripts/', import.meta.url));
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));

/** Starts our server as the file says, and holds it against the file. */
async function pass(name: string, ...flags: readonly string[]): Promise<Outcome> {
  const wanted = /^server (.*)$/m.exec(readFileSync(FOLDER + name, 'latin1'))?.[1]?.split(' ') ?? [];
  await using server = await startServer(...wanted, ...flags);
  const { out, ...rest } = await run(['--expect', name, `:${server.port}`], { cwd: FOLDER });
  return { ...rest, out: out.replaceAll(`:${server.port}`, ':PORT') };
}

test('--expect: there are transcripts', () => {
  expect(files.length).toBeGreaterThanOrEqual(7);
});

test.concurrent.each(files)('--expect: our server passes %s', async (name) => {
  expect(await pass(name)).toEqual({
    code: 0,
    out: expect.stringMatching(/^[\w.-]+: \d+ lines as expected\n$/),
    err: '',
  });
});

test('--expect: a server that answers in lower case fails, and the diff shows its answers only', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'lower-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const lower = join(folder, 'lower.mjs');
  writeFileSync(lower, 'export default (line) => line.toLowerCase();');
  const { code, out, err } = await pass('strict.txt', '--transform', lower);
  expect(code).toBe(1);
  expect(err).toBe(
    'Cannot pass strict.txt: the server differs in 5 places. It is for a server started with: --order strict --clients 3\n',
  );
  const expected = ['1 < FIRST', '2 < SECOND', '3 < THIRD', '1 < FOURTH', '3 < SIXTH'];
  const changes = out.split('\n').filter((row) => /^[-+]\d/.test(row));
  expect(changes.toSorted()).toEqual(
    [...expected.map((row) => `-${row}`), ...expected.map((row) => `+${row.toLowerCase()}`)].toSorted(),
  );
  expect(out).toContain('--- strict.txt\n+++ 127.0.0.1:PORT\n@@ -23,9 +23,9 @@\n');
});
