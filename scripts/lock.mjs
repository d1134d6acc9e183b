// One process at a time: two that make the same clone ready would delete each other's files.
import { createHash } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_AGAIN_MS = 100;
const SAY_MS = 2000;
/** EX_NOPERM of sysexits.h. */
export const EXIT_NO_PERMISSION = 77;

/** Runs `act` while no other process of this folder runs one. A lock of a process that is gone counts for nothing. */
export async function alone(act, folder = process.cwd()) {
  const file = join(
    tmpdir(),
    `proto-ready-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`,
  );
  const say = setTimeout(
    () =>
      process.stderr.isTTY &&
      process.stderr.write(`waiting for process ${holder(file)}, which builds here\n`),
    SAY_MS,
  );
  while (!take(file)) await delay(LOOK_AGAIN_MS);
  clearTimeout(say);
  try {
    return await act();
  } finally {
    rmSync(file, { force: true });
  }
}

/** A lock appears with its process in it: a file that is written afterwards can stay empty. */
function take(file) {
  const own = `${file}-${process.pid}`;
  writeFileSync(own, String(process.pid));
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (holder(file) === undefined) removeLeft(file);
    return false;
  } finally {
    rmSync(own, { force: true });
  }
}

/** Removes a lock that a killed process left. In a shared /tmp only its user can. */
function removeLeft(file) {
  try {
    rmSync(file, { force: true });
  } catch (error) {
    process.stderr.write(
      `Cannot install or build: another user left the lock ${file} (${error.code}). Delete it as that user or as root\n`,
    );
    process.exit(EXIT_NO_PERMISSION);
  }
}

/** The process that holds a lock, if it is there. */
function holder(file) {
  let pid;
  try {
    pid = Number(readFileSync(file, 'utf8'));
    if (!(pid > 0)) return undefined;
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    // It belongs to another user.
    return error.code === 'EPERM' ? pid : undefined;
  }
}
