import { systemClock } from '@proto/scheduler';
import { MemoryLog } from '../../src/cluster/logs/memory.ts';
import { conforms } from './conformance.ts';

conforms('memory', () => {
  const logs = new Map<string, MemoryLog>();
  /** It stands still for a while. */
  const stall = async (): Promise<void> => {
    for (const log of logs.values()) log.isStill = true;
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const log of logs.values()) log.isStill = false;
  };
  return Promise.resolve({
    open: (cluster) => {
      const log = logs.get(cluster) ?? new MemoryLog(systemClock);
      logs.set(cluster, log);
      return Promise.resolve(log.open());
    },
    restart: stall,
    cut: stall,
    stop: () => Promise.resolve(),
  });
});
