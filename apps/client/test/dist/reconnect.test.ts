import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startServer } from './our-server.ts';
import { MAIN } from './run.ts';

describe('SIGKILL of our server in mid-conversation', () => {
  it('is said in one line, and ends with 1', async () => {
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

  it('--reconnect: says when it tries again, and goes on where it was', async () => {
    const first = await startServer('--order', 'free');
    const child = spawn(process.execPath, [MAIN, '--reconnect', `:${first.port}`]);
    const [replies, notes] = [
      createInterface({ input: child.stdout }),
      createInterface({ input: child.stderr }),
    ];
    const said: string[] = [];
    notes.on('line', (line: string) => said.push(line));
    const until = async (pattern: RegExp): Promise<void> => {
      while (!said.some((line) => pattern.test(line))) await once(notes, 'line');
    };
    child.stdin.write('a\n');
    expect(await once(replies, 'line')).toEqual(['A']);
    await first[Symbol.asyncDispose]();
    await until(/^Cannot go on: the server's stream ended without \* BYE\. Trying again in 0\.\d s$/);
    child.stdin.write('b\n');
    await until(/^Cannot connect to 127\.0\.0\.1:\d+: nobody listens there\. .*\. Trying again in 0\.\d s$/);
    await using second = await startServer('--order', 'free', '--port', String(first.port));
    expect(second.port).toBe(first.port);
    expect(await once(replies, 'line')).toEqual(['B']);
    child.stdin.end();
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});
