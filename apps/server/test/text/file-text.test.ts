import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { readNow, readText, whyUnread } from '../../src/text/file-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'proto-text-'));
afterAll(() => rmSync(folder, { recursive: true }));
const whole = join(folder, 'whole');
writeFileSync(whole, 'x'.repeat(70_000), { mode: 0o600 });

let pipes = 0;
function pipe(): string {
  const path = join(folder, `pipe-${++pipes}`);
  execFileSync('mkfifo', [path]);
  return path;
}

/** What `readText` says against a path. */
const why = (path: string): Promise<string> =>
  readText(path, 1_000).then(
    () => 'nothing',
    (error: unknown) => whyUnread(error),
  );

test('readText: a file, up to its most bytes, and one of /proc, which has no size', async () => {
  expect(await readText(whole, 70_000)).toEqual({ text: 'x'.repeat(70_000), isOpenToAll: false });
  await expect(readText(whole, 69_999)).rejects.toThrow('it has more than 69999 bytes');
  expect((await readText('/proc/self/comm', 1_000)).text).not.toBe('');
  chmodSync(whole, 0o604);
  expect((await readText(whole, 70_000)).isOpenToAll).toBe(true);
  expect(readNow(whole, 70_000)).toHaveLength(70_000);
  expect(() => readNow(whole, 69_999)).toThrow('it has more than 69999 bytes');
});

test('readText: a folder, a device and what is not there are refused in words', async () => {
  expect(await why(folder)).toBe('it is a folder, expected a file');
  expect(await why('/dev/zero')).toBe('it is a device, expected a file');
  expect(await why(join(folder, 'missing'))).toBe('there is no such file');
  expect(() => readNow(folder, 1_000)).toThrow('it is a folder, expected a file');
  expect(() => readNow(pipe(), 1_000)).toThrow('it is a pipe, expected a file');
});

test('readText: a pipe is read to its end, in however many pieces it comes', async () => {
  const path = pipe();
  const writer = spawn('bash', ['-c', `exec >"$0"; printf one; sleep 0.05; printf two`, path]);
  onTestFinished(() => void writer.kill('SIGKILL'));
  expect((await readText(path, 1_000)).text).toBe('onetwo');
});

test('readText: a pipe that never ends is refused, by its length or after 5 s', async () => {
  const path = pipe();
  const endless = spawn('bash', ['-c', 'exec cat /dev/zero >"$0"', path]);
  onTestFinished(() => void endless.kill('SIGKILL'));
  expect(await why(path)).toBe('it has more than 1000 bytes');
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const said = why(pipe());
  vi.advanceTimersByTime(5_000);
  expect(await said).toBe('it is a pipe that does not end within 5000 ms. Write to it, and close it');
});
