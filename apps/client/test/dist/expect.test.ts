import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

const path = (url: string): string => fileURLToPath(new URL(url, import.meta.url));
const [CLIENT, SERVER] = [path('../../dist/main.js'), path('../../../server/dist/main.js')];
const FOLDER = path('../../../../docs/transcripts/');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.txt'));

interface Outcome {
  readonly code: unknown;
  readonly out: string;
  readonly err: string;
}

/** Starts our server as the file says, and holds it against the file. */
async function pass(name: string, ...flags: readonly string[]): Promise<Outcome> {
  const wanted = /^server (.*)$/m.exec(readFileSync(FOLDER + name, 'latin1'))?.[1]?.split(' ') ?? [];
  const server = spawn(process.execPath, [SERVER, '--port', '0', ...wanted, ...flags]);
  try {
    const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
    const port = /:(\d+)$/.exec(line)?.[1] ?? '';
    const child = spawn(process.execPath, [CLIENT, '--expect', name, `:${port}`], { cwd: FOLDER });
    const [out, err, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { code, out: out.replaceAll(`:${port}`, ':PORT'), err };
  } finally {
    server.kill('SIGKILL');
  }
}

describe('--expect', () => {
  it('there are transcripts', () => {
    expect(files.length).toBeGreaterThanOrEqual(7);
  });

  it.concurrent.each(files)('our server passes %s', async (name) => {
    expect(await pass(name)).toEqual({
      code: 0,
      out: expect.stringMatching(/^[\w.-]+: \d+ lines as expected\n$/),
      err: '',
    });
  });

  it('a server that answers in lower case fails, and the diff shows its answers only', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'lower-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const lower = join(folder, 'lower.mjs');
    writeFileSync(lower, 'export default (line) => line.toLowerCase();');
    const { code, out, err } = await pass('strict.txt', '--transform', lower);
    expect(code).toBe(1);
    expect(err).toBe(
      'Cannot pass strict.txt: it differs in 5 places. It is for a server started with: --order strict --clients 3\n',
    );
    const expected = ['1 < FIRST', '2 < SECOND', '3 < THIRD', '1 < FOURTH', '3 < SIXTH'];
    const changes = out.split('\n').filter((row) => /^[-+]\d/.test(row));
    expect(changes.toSorted()).toEqual(
      [...expected.map((row) => `-${row}`), ...expected.map((row) => `+${row.toLowerCase()}`)].toSorted(),
    );
    expect(out).toContain('--- strict.txt\n+++ 127.0.0.1:PORT\n@@ -19,14 +19,14 @@\n');
  });
});
