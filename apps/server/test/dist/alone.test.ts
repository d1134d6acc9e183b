import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { Child } from './child.ts';
import { Client } from './client.ts';
import { MAIN, portOf } from './command.ts';

/** The files that a process has loaded, by what V8 writes down of it when it ends. */
function loadedIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const { result } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as { result: { url: string }[] };
    return result.flatMap(({ url }) => (url.startsWith('file:') ? fileURLToPath(url) : []));
  });
}

/** The sources of a built file, by its map. */
function sourcesOf(file: string): string[] {
  const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[] };
  return sources;
}

test('proto-server: without --join, nothing is loaded of what shares rooms', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'proto-alone-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const child = new Child(process.execPath, [MAIN, '--port', '0', '--clients', '1'], {
    NODE_V8_COVERAGE: folder,
  });
  await child.until(({ lines }) => lines.length > 0, 'its first line');
  const client = await Client.in(portOf(child.lines[0]));
  client.say('hello', '/quit');
  expect((await child.exit).code).toBe(0);
  const loaded = loadedIn(folder);
  const own = loaded.filter((file) => /\/apps\/server\/dist\/.*\.js$/.test(file));
  const sources = own.flatMap(sourcesOf);
  expect(sources).toContain('../src/server.ts');
  expect(sources.filter((source) => source.includes('/src/cluster/'))).toEqual([]);
  expect(sources.filter((source) => source.endsWith('open-cluster.ts'))).toEqual([]);
  expect(loaded.filter((file) => /\/node_modules\/(?:@nats-io|pg)\//.test(file))).toEqual([]);
});
