import { readFileSync } from 'node:fs';
import { totalmem } from 'node:os';
import { dirname } from 'node:path';
import { getHeapStatistics } from 'node:v8';

/** How much memory this process may use. */
export interface MemoryLimit {
  readonly bytes: number;
  /** Who says so. */
  readonly by: string;
}

/** Where limits are read. */
export interface LimitSources {
  /** The text of a file, if it can be read. */
  readonly read: (path: string) => string | undefined;
  /** The limit of V8's heap, in bytes. */
  readonly heap: number;
  /** The memory of the machine, in bytes. */
  readonly machine: number;
  /** What Node knows of limits of this process, in bytes; 0 or more than the machine has: none. */
  readonly constrained: number;
}

/** Where control groups are, by version. */
const UNIFIED = '/sys/fs/cgroup';
const MEMORY = '/sys/fs/cgroup/memory';

/** The part of the memory that queues and outboxes may have. The rest is for connections, for the program, and for garbage. */
const PART = 4;

/** The default of `maxMemoryBytes`, but not less than `least`, and where it comes from. */
export function memoryBudget(
  least: number,
  limit: MemoryLimit = memoryLimit(),
): MemoryLimit & { readonly text: string } {
  const bytes = Math.floor(limit.bytes / PART);
  const { by } = limit;
  if (bytes >= least) return { bytes, by, text: `a quarter of ${limit.bytes}, ${by}` };
  return { bytes: least, by, text: `the least for lines of that length` };
}

/** The smallest of all limits: control groups (versions 1 and 2), the heap of V8, the memory of the machine. */
export function memoryLimit(sources: LimitSources = thisProcess()): MemoryLimit {
  const { read, heap, machine, constrained } = sources;
  const limits: MemoryLimit[] = [
    { bytes: heap, by: 'the heap limit of V8' },
    { bytes: machine, by: 'the memory of this machine' },
  ];
  if (constrained > 0) limits.push({ bytes: constrained, by: 'what this process may use' });
  for (const path of limitFiles(read('/proc/self/cgroup') ?? '')) {
    const bytes = Number(read(path) ?? Number.NaN);
    if (bytes > 0) limits.push({ bytes, by: path });
  }
  return limits.reduce((least, limit) => (limit.bytes < least.bytes ? limit : least));
}

/** The files with the limits of the groups that a process is in, and of those that they are in. */
function limitFiles(groups: string): string[] {
  return groups.split('\n').flatMap((line) => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === undefined) return [];
    if (controllers === '') return upwards(path).map((group) => `${UNIFIED}${group}memory.max`);
    if (controllers?.split(',').includes('memory') !== true) return [];
    return upwards(path).map((group) => `${MEMORY}${group}memory.limit_in_bytes`);
  });
}

/** A group and those around it, each with a slash at the end. In a container, only the last one may be there. */
function upwards(path: string): string[] {
  return path === '/' ? ['/'] : [`${path}/`, ...upwards(dirname(path))];
}

function thisProcess(): LimitSources {
  return {
    read: (path) => {
      try {
        return readFileSync(path, 'latin1').trim();
      } catch {
        return undefined;
      }
    },
    heap: getHeapStatistics().heap_size_limit,
    machine: totalmem(),
    constrained: process.constrainedMemory?.() ?? 0,
  };
}
