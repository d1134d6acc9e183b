import { readFileSync } from 'node:fs';

/** Memory of a process that is in use now and that was in use at most, in bytes. Linux tells both. */
export function memoryOf(pid: number): { readonly now: number; readonly most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const read = (name: string): number =>
    1_024 * Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]);
  return { now: read('VmRSS'), most: read('VmHWM') };
}
