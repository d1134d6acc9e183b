// One process at a time: two that make the same clone ready would delete each other's files.
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_AGAIN_MS = 100;

/** Runs `act` while no other process of this folder runs one. A lock of a process that is gone counts for nothing. */
export async function alone(act, folder = process.cwd()) {
  const file = join(
    tmpdir(),
    `proto-ready-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`,
  );
  while (!take(file)) await delay(LOOK_AGAIN_MS);
  try {
    return await act();
  } finally {
    rmSync(file, { force: true });
  }
}

function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!isHeld(file)) rmSync(file, { force: true });
    return false;
  }
}

function isHeld(file) {
  try {
    const pid = Number(readFileSync(file, 'utf8'));
    // Between the making of the file and its writing there is no number in it.
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
