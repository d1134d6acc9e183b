import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { FairQueue } from '../src/queue/index.ts';
import { runs } from './runs.ts';

const TENANTS = ['a', 'b', 'c', 'd'];

/** How a task ends: at once, by a promise, or with a timer. */
const ENDINGS: readonly (() => unknown)[] = [() => {}, () => Promise.resolve(), () => delay(1)];

it('run: a task runs in the async context of its caller, whenever it is started and whatever starts it', async () => {
  const start = fc.record({ tenant: fc.constantFrom(...TENANTS), ending: fc.constantFrom(...ENDINGS) });
  await fc.assert(
    fc.asyncProperty(
      fc.array(start, { minLength: 1, maxLength: 20, size: 'max' }),
      fc.integer({ min: 1, max: 3 }),
      fc.boolean(),
      async (starts, concurrency, isPaused) => {
        const store = new AsyncLocalStorage<string>();
        const queue = new FairQueue({ concurrency, concurrencyPerKey: 1 });
        if (isPaused) store.run('whoever pauses', () => queue.pause());
        const seen = starts.map(({ tenant, ending }) =>
          store.run(tenant, () =>
            queue.run(tenant, async () => {
              const before = store.getStore();
              await ending();
              return [tenant, before, store.getStore()];
            }),
          ),
        );
        store.run('whoever resumes', () => queue.resume());
        for (const [tenant, ...stores] of await Promise.all(seen)) expect(stores).toEqual([tenant, tenant]);
      },
    ),
    { numRuns: runs(100) },
  );
});

it('run: what a task queues runs in the context of that task', async () => {
  const store = new AsyncLocalStorage<string>();
  const queue = new FairQueue({ concurrency: 1 });
  const seen: unknown[] = [];
  const note = (): void => void seen.push(store.getStore());
  const inner: Promise<void>[] = [];
  const outer = (): void => {
    note();
    inner.push(store.run(`${store.getStore()}'s own`, () => queue.run('k', note)));
  };
  await Promise.all(TENANTS.slice(0, 2).map((tenant) => store.run(tenant, () => queue.run('k', outer))));
  await Promise.all(inner);
  expect(seen).toEqual(['a', "a's own", 'b', "b's own"]);
});
