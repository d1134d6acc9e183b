import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { alone } from '../lock.mjs';

const fileOf = (folder: string): string =>
  join(tmpdir(), `proto-ready-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`);

test('alone: one act begins when the other has ended, and nothing is left', async () => {
  const folder = `/nowhere/${process.pid}`;
  const log: string[] = [];
  const act = (name: string) => async (): Promise<string> => {
    log.push(`begin ${name}`);
    await new Promise((resolve) => void setImmediate(resolve));
    log.push(`end ${name}`);
    return name;
  };
  expect(await Promise.all([alone(act('a'), folder), alone(act('b'), folder)])).toEqual(['a', 'b']);
  expect(log).toEqual(['begin a', 'end a', 'begin b', 'end b']);
  expect(existsSync(fileOf(folder))).toBe(false);
});

test('alone: the lock of a process that is gone, or of an act that failed, holds nobody up', async () => {
  const folder = `/nowhere/else/${process.pid}`;
  const { pid } = spawnSync(process.execPath, ['-e', '']);
  writeFileSync(fileOf(folder), String(pid));
  await expect(alone(() => Promise.reject(new Error('no')), folder)).rejects.toThrow('no');
  expect(await alone(() => 'next', folder)).toBe('next');
});

test('alone: a lock that names no process holds nobody up', async () => {
  const folder = `/nowhere/empty/${process.pid}`;
  writeFileSync(fileOf(folder), '');
  expect(await alone(() => 'next', folder)).toBe('next');
});
