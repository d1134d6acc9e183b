import { systemClock } from '@proto/scheduler';
import { VirtualClock } from '@proto/scheduler/testing';
import { expect, test } from 'vitest';
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

test('MemoryLog: an append is answered once it is there, also if the log stood still in between', async () => {
  const clock = new VirtualClock();
  const log = new MemoryLog(clock, { faults: { random: () => 0.9, delayMs: 100 } });
  const there = log
    .open()
    .append('late by 90 ms')
    .then(() => log.last);
  await clock.advance(80);
  log.isStill = true;
  await clock.advance(15);
  log.isStill = false;
  await clock.advance(100);
  expect(await there).toBe(1);
});
