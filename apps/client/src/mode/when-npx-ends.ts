import { readFileSync } from 'node:fs';

const LOOK_AGAIN_MS = 500;

/** What tells that this process was started by npm: tests give their own. */
export interface Started {
  /** What npm runs: `proto-client`, in quotes since npm 11. Undefined if it wasn't npm. */
  readonly script: string | undefined;
  /** The processes between this one and npm, npm included, as they are now. */
  readonly parents: () => readonly number[];
}

/**
 * Calls `act` once the `npx` that runs `command` has ended: npm ends its shell, or only itself, and leaves us behind.
 * A process that somebody else started, or that its script put in the background, goes on without its parent.
 *
 * Source: npm 10 and 11, and bunx, set `npm_lifecycle_script`; `pnpm dlx` does not, and ends its program itself.
 */
export function whenNpxEnds(command: string, act: () => void, started: Started = found): void {
  const { script, parents } = started;
  if (script?.replaceAll("'", '').split(' ')[0] !== command || script.includes('&')) return;
  const first = parents().join();
  const timer = setInterval(() => {
    if (parents().join() === first) return;
    clearInterval(timer);
    act();
  }, LOOK_AGAIN_MS);
  timer.unref();
}

const found: Started = { script: process.env['npm_lifecycle_script'], parents: parentsNow };

/** The parent, and above a shell also its parent: the shell of a killed npm goes on. Only Linux tells. */
function parentsNow(): number[] {
  const { ppid } = process;
  try {
    if (readFileSync(`/proc/${ppid}/cmdline`, 'latin1').split('\0')[1] !== '-c') return [ppid];
    // proc_pid_stat(5): behind the name in parentheses state, ppid.
    const stat = readFileSync(`/proc/${ppid}/stat`, 'latin1');
    return [ppid, Number(stat.slice(stat.lastIndexOf(')')).split(' ')[2])];
  } catch {
    return [ppid];
  }
}
