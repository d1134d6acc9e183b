import { expect, test } from 'vitest';
import { type LimitSources, memoryBudget, memoryLimit } from '../../src/options/memory-limit.ts';
import { leastMemory, settingsOf } from '../../src/options/settings.ts';

const GB = 1_073_741_824;
/** What Node and the kernel say where there is no limit. */
const NONE = { constrained: 2 ** 64, v1: '9223372036854771712', v2: 'max' };

/** A machine of 8 GiB with a heap of 4, and these files. */
function sources(files: Readonly<Record<string, string>>, more: Partial<LimitSources> = {}): LimitSources {
  return {
    read: (path) => files[path],
    heap: 4 * GB,
    machine: 8 * GB,
    constrained: NONE.constrained,
    ...more,
  };
}

test.each([
  { what: 'no limit', files: {}, more: {}, bytes: 4 * GB, by: 'the heap limit of V8' },
  { what: 'a small machine', files: {}, more: { machine: GB }, bytes: GB, by: 'the memory of this machine' },
  { what: 'Node knows', files: {}, more: { constrained: GB }, bytes: GB, by: 'what this process may use' },
  {
    what: 'Node does not know',
    files: {},
    more: { constrained: 0 },
    bytes: 4 * GB,
    by: 'the heap limit of V8',
  },
  {
    what: 'version 2',
    files: {
      '/proc/self/cgroup': '0::/system.slice/proto.service\n',
      '/sys/fs/cgroup/system.slice/proto.service/memory.max': '134217728',
    },
    bytes: 134_217_728,
    by: '/sys/fs/cgroup/system.slice/proto.service/memory.max',
  },
  {
    what: 'version 2, set around it',
    files: {
      '/proc/self/cgroup': '0::/a/b',
      '/sys/fs/cgroup/a/b/memory.max': NONE.v2,
      '/sys/fs/cgroup/a/memory.max': '200000000',
      '/sys/fs/cgroup/memory.max': '300000000',
    },
    bytes: 200_000_000,
    by: '/sys/fs/cgroup/a/memory.max',
  },
  {
    what: 'version 1 in a container, where the group has no folder',
    files: {
      '/proc/self/cgroup': '9:name=systemd:/\n4:cpuacct,memory:/docker/12\n0::/\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': '100000000',
    },
    bytes: 100_000_000,
    by: '/sys/fs/cgroup/memory/memory.limit_in_bytes',
  },
  {
    what: 'version 1 without a limit',
    files: {
      '/proc/self/cgroup': '4:memory:/\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': NONE.v1,
    },
    bytes: 4 * GB,
    by: 'the heap limit of V8',
  },
])('memory limit: $what: the smallest limit, and who says so', ({ files, more = {}, bytes, by }) => {
  expect(memoryLimit(sources(files, more))).toEqual({ bytes, by });
});

test('memory budget: a quarter of the limit, and enough for some of the longest lines', () => {
  const limit = { bytes: 100_000_000, by: 'x' };
  expect(memoryBudget(1_048_576, limit)).toMatchObject({
    bytes: 25_000_000,
    text: 'a quarter of 100000000, x',
  });
  expect(memoryBudget(30_000_000, limit)).toMatchObject({ bytes: 30_000_000 });
});

test('memory budget: what this process may use is read without an error', () => {
  const { maxMemoryBytes } = settingsOf({});
  expect(maxMemoryBytes).toBe(memoryBudget(leastMemory(1_024)).bytes);
  expect(maxMemoryBytes).toBeGreaterThan(1_048_576);
});

test('memory budget: too little for the longest lines is refused', () => {
  expect(() => settingsOf({ maxMemoryBytes: 2_000_000, maxLineBytes: 200_000, maxOutboxBytes: 1e7 })).toThrow(
    'Cannot start with maxMemoryBytes 2000000: expected at least 3204096, for lines of 200000 bytes',
  );
});
