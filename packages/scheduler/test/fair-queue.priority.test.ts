import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue } from '../src/queue/index.ts';
import { VirtualClock } from '../src/testing/index.ts';
import { runs } from './runs.ts';

function traced(options = {}): {
  queue: FairQueue;
  log: string[];
  add: (key: string, name: string, priority?: number, cost?: number) => void;
} {
  const queue = new FairQueue({ concurrency: 1, ...options, clock: new VirtualClock() });
  const log: string[] = [];
  queue.pause();
  const add = (key: string, name: string, priority = 0, cost = 1): void => {
    queue.run(key, () => log.push(name), { priority, cost }).catch(() => {});
  };
  return { queue, log, add };
}

describe('FairQueue, priority', () => {
  it('priority: higher first, then arrival; keys still take turns', async () => {
    const { queue, log, add } = traced();
    for (const [name, priority] of [['a1'], ['a2', 5], ['a3', -1], ['a4', 5], ['a5']] as const)
      add('a', name, priority);
    for (const name of ['b1', 'b2']) add('b', name);
    queue.resume();
    await queue.onIdle();
    expect(log).toEqual(['a2', 'b1', 'a4', 'b2', 'a1', 'a5', 'a3']);
  });

  it('priority: a dear one that goes ahead waits for its share, and so do the others of its key', async () => {
    const { queue, log, add } = traced({ quantum: 1 });
    add('a', 'cheap');
    for (let n = 1; n <= 3; n += 1) add('b', `b${n}`, 0, 1);
    add('a', 'dear', 1, 3);
    queue.resume();
    await queue.onIdle();
    expect(log[0]).toBe('dear');
    expect(log.indexOf('cheap')).toBeGreaterThan(log.indexOf('b2'));
  });

  it('priority: each is taken back by its signal, by clear and by leave, from whatever level', async () => {
    const { queue, log } = traced();
    const controllers = Array.from({ length: 6 }, () => new AbortController());
    const seen = controllers.map(({ signal }, index) =>
      queue.run('a', () => log.push(`a${index}`), { signal, priority: index % 3 }).catch(() => 'gone'),
    );
    for (const index of [2, 4, 0, 4]) controllers[index]!.abort();
    expect(queue.tasks().map(({ priority }) => priority)).toEqual([2, 1, 0]);
    queue.resume();
    await Promise.all(seen);
    expect(log).toEqual(['a5', 'a1', 'a3']);
  });

  it('property: what is served of a key is sorted by priority and arrival, whatever was taken back', async () => {
    const job = fc.record({ priority: fc.integer({ min: -2, max: 2 }), taken: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(job, { minLength: 1, maxLength: 50, size: 'max' }),
        fc.nat(5),
        async (jobs, first) => {
          const { queue, log } = traced();
          const controllers = jobs.map(() => new AbortController());
          const start = (index: number): void => {
            const { priority } = jobs[index]!;
            const { signal } = controllers[index]!;
            queue.run('a', () => log.push(String(index)), { priority, signal }).catch(() => {});
          };
          // Some come after others were taken back.
          for (let index = 0; index < Math.min(first, jobs.length); index += 1) start(index);
          for (const [index, { taken }] of jobs.entries()) {
            if (index >= first) start(index);
            if (taken) controllers[index]!.abort();
          }
          queue.resume();
          await queue.onIdle();
          const kept = [...jobs.entries()].filter(([, { taken }]) => !taken);
          const want = kept.toSorted(([a, one], [b, other]) => other.priority - one.priority || a - b);
          expect(log).toEqual(want.map(([index]) => String(index)));
        },
      ),
      { numRuns: runs(300) },
    );
  });

  it('priority: 10,000 of as many levels come in their order', async () => {
    const { queue, log, add } = traced();
    const count = runs(10_000);
    const all = Array.from({ length: count }, (_, n) => ({ name: String(n), priority: (n * 7_919) % count }));
    for (const { name, priority } of all) add('a', name, priority);
    queue.resume();
    await queue.onIdle();
    const order = all.toSorted((one, other) => other.priority - one.priority);
    expect(log).toEqual(order.map(({ name }) => name));
  });
});
