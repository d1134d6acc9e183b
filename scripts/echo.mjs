// What is typed while something is built waits for the program that is started then, which shows it. Shown by the
// terminal as well, it would be there twice.
import { spawnSync } from 'node:child_process';

/**
 * Runs `act` while the terminal shows nothing of what is typed, if there is one, and this is in its foreground. Where
 * this process ends meanwhile, by itself or by Ctrl-C, Node sets the terminal back.
 */
export async function withoutEcho(act) {
  const mode = isInForeground() ? stty('-g') : undefined;
  if (mode === undefined) return act();
  stty('-echo');
  try {
    return await act();
  } finally {
    if (isInForeground()) stty(mode);
  }
}

/** A process in the background that touched the mode of its terminal would be stopped. */
function isInForeground() {
  if (!process.stdin.isTTY) return false;
  const { stdout } = spawnSync('ps', ['-o', 'pgid=', '-o', 'tpgid=', '-p', String(process.pid)], {
    encoding: 'utf8',
  });
  const [group, foreground] = (stdout || '').trim().split(/\s+/);
  return group !== '' && group === foreground;
}

/** What stty prints; undefined where there is none, as on Windows. */
function stty(argument) {
  const { status, stdout } = spawnSync('stty', [argument], {
    encoding: 'utf8',
    stdio: ['inherit', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout.trim() : undefined;
}
