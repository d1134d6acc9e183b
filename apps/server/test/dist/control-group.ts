import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { onTestFinished } from 'vitest';

/** A control group with a limit of its memory, that a test has created. */
export interface ControlGroup {
  /** The file that a process writes its number to, to be in it. */
  readonly processes: string;
  readonly version: 1 | 2;
}

/** The folder of the memory controller, and the name of its limit. */
const VERSIONS = [
  { version: 2, folder: '/sys/fs/cgroup', isThere: 'cgroup.controllers', limit: 'memory.max' },
  {
    version: 1,
    folder: '/sys/fs/cgroup/memory',
    isThere: 'memory.limit_in_bytes',
    limit: 'memory.limit_in_bytes',
  },
] as const;

/** Creates a group that is removed after the test. `undefined`: nobody may, or there are none. */
export function controlGroup(bytes: number): ControlGroup | undefined {
  for (const { version, folder, isThere, limit } of VERSIONS) {
    if (!existsSync(`${folder}/${isThere}`)) continue;
    const group = `${folder}/proto-test-${process.pid}`;
    try {
      mkdirSync(group);
    } catch {
      continue;
    }
    onTestFinished(() => rmdirSync(group));
    try {
      writeFileSync(`${group}/${limit}`, String(bytes));
      return { processes: `${group}/cgroup.procs`, version };
    } catch {
      // The controller isn't enabled there.
    }
  }
  return undefined;
}
