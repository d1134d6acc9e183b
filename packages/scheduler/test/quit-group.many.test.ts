import { expect, it } from 'vitest';
import { QuitGroup } from '../src/index.ts';
import { VirtualClock } from '../src/testing/index.ts';

const want = (id: number): string => ['drained', 'failed', 'forced'][id % 100] ?? 'drained';

it('QuitGroup: 100,000 members, of which 1 % hang and 1 % throw, are each accounted for when the grace is over', async () => {
  const clock = new VirtualClock();
  const group = new QuitGroup<number>({ clock });
  const destroyed = new Set<number>();
  for (let id = 0; id < 100_000; id += 1) {
    group.add(id, {
      drain: (): Promise<void> => {
        if (id % 100 === 1) throw new Error(`broken ${id}`);
        return id % 100 === 2 ? new Promise(() => {}) : Promise.resolve();
      },
      destroy: () => void destroyed.add(id),
    });
  }
  const quit = group.quit({ graceMs: 5_000 });
  await clock.advance(5_000);
  const report = await quit;
  expect(report).toMatchObject({ tookMs: 5_000, drained: 98_000, forced: 1_000, failed: 1_000 });
  expect(report.members.size).toBe(100_000);
  const odd = [...report.members].filter(([id, { outcome }]) => {
    return outcome !== want(id) || destroyed.has(id) !== (want(id) !== 'drained');
  });
  expect(odd).toEqual([]);
  expect(group.size).toBe(0);
});
