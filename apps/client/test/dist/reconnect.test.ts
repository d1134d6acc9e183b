import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { startServer } from './our-server.ts';
import { MAIN } from './run.ts';

/** Keeps the lines of a stream, and waits for one, which may be here already; gives all there are. */
function kept(stream: Readable): (pattern: RegExp) => Promise<string[]> {
  const lines: string[] = [];
  const reader = createInterface({ input: stream }).on('line', (line) => lines.push(line));
  return async (pattern) => {
    while (!lines.some((line) => pattern.test(line))) await once(reader, 'line');
    return lines;
  };
}

describe('SIGKILL of our server in mid-conversation', () => {
  test('proto-client: is said in one line, and ends with 1', async () => {
    await using server = await startServer('--order', 'free');
    const child = spawn(process.execPath, [MAIN, `:${server.port}`]);
    const [err, exit] = [text(child.stderr), once(child, 'close')];
    child.stdin.write('a\n');
    await once(child.stdout, 'data');
    server.kill('SIGKILL');
    // The server is found gone without a line to send.
    const [code] = await exit;
    expect(code).toBe(0);
    expect((await err).split('\n').slice(1)).toEqual([
      "Cannot go on: the server's stream ended without * BYE",
      '',
    ]);
  });

  test('--reconnect: says when it tries again, and goes on where it was', async () => {
    // An address of its own: between the two servers nobody else is given their port.
    const flags = ['--host', '127.0.0.9', '--order', 'free'];
    const first = await startServer(...flags);
    const child = spawn(process.execPath, [MAIN, '--reconnect', `127.0.0.9:${first.port}`]);
    const [replied, noted] = [kept(child.stdout), kept(child.stderr)];
    child.stdin.write('a\n');
    await replied(/^A$/);
    await first[Symbol.asyncDispose]();
    await noted(/^Cannot go on: the server's stream ended without \* BYE\. Trying again in 0\.\d s$/);
    child.stdin.write('b\n');
    await noted(
      /^Cannot connect to 127\.0\.0\.9:\d+: no server is listening there\. .*\. Trying again in 0\.\d s$/,
    );
    await using second = await startServer(...flags, '--port', String(first.port));
    expect(second.port).toBe(first.port);
    expect(await replied(/^B$/)).toEqual(['A', 'B']);
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});
