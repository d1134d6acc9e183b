import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { TurnQueue } from '../src/index.ts';
import { FairQueue } from '../src/queue/index.ts';
import { runs } from './runs.ts';
import { VirtualClock } from '../src/testing/index.ts';

setFlagsFromString('--expose-gc');
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has no type of its own
const collect = runInNewContext('gc') as () => void;

/** How many of them something holds still. */
async function alive(refs: readonly WeakRef<object>[]): Promise<number> {
  // What was looked at in this pass of the loop is kept until its end.
  await new Promise((resolve) => void setImmediate(resolve));
  collect();
  return refs.filter((ref) => ref.deref() !== undefined).length;
}

/** Objects that only the taker holds. */
function made(count: number, taker: (object: object, index: number) => void): WeakRef<object>[] {
  return Array.from({ length: count }, (_, index) => {
    const object = { index };
    taker(object, index);
    return new WeakRef(object);
  });
}

it.each(['strict', 'fair', 'free'] as const)(
  'remove: at most half of what is kept was taken back (%s)',
  async (order) => {
    const queue = new TurnQueue<string, object>({ order });
    for (const id of ['first', 'a']) queue.join(id);
    // It stays before the others, so that they are not passed on the way.
    queue.push('first', {});
    queue.push('a', {});
    const refs = made(100, (object) => queue.push('a', object));
    expect(await alive(refs)).toBe(100);
    for (let arrival = 3; arrival <= 102; arrival += 1) queue.remove('a', arrival);
    expect(await alive(refs)).toBeLessThanOrEqual(2);
    expect(queue.size).toBe(2);
  },
);

it('hold: in free order, what was held before is not kept twice', async () => {
  const queue = new TurnQueue<string, object>({ order: 'free' });
  for (const id of ['first', 'a']) queue.join(id);
  queue.push('first', {});
  const refs = made(100, (object) => queue.push('a', object));
  queue.hold('a');
  queue.clear('a');
  expect(await alive(refs)).toBe(0);
});

it('leave: at most as many names of those who left are kept as there are members, or 64', async () => {
  const queue = new TurnQueue<object, string>({ order: 'fair' });
  const stay = Array.from({ length: 100 }, (_, index) => ({ index }));
  for (const id of stay) queue.join(id);
  const refs = made(1_000, (id) => {
    queue.join(id);
    queue.leave(id);
  });
  expect(await alive(refs)).toBeLessThanOrEqual(51);
  expect([...queue.ids()]).toEqual(stay);
});

it('FairQueue: after a burst of 100,000 keys, only the 1,000 that were idle last are kept', async () => {
  const queue = new FairQueue<object>({
    concurrency: 50,
    maxQueuedInAll: 200_000,
    clock: new VirtualClock(),
  });
  const refs = made(runs(100_000), (key) => void queue.run(key, () => Promise.resolve()));
  await queue.onIdle();
  expect(queue.stats().keys.size).toBe(1_000);
  // A map of many keeps some names of those that are gone.
  expect(await alive(refs)).toBeLessThanOrEqual(1_600);
});

it('FairQueue: keys that come and go leave no trace, and nor do their rates once they are whole', async () => {
  const clock = new VirtualClock();
  const queue = new FairQueue<object>({ concurrency: 5, rateOf: () => ({ cost: 1, perMs: 10 }), clock });
  const early = made(1_000, (key) => void queue.run(key, () => {}));
  for (let round = 0; round < 10; round += 1) {
    await clock.advance(10);
    for (let n = 0; n < 10_000; n += 1) void queue.run({}, () => {});
  }
  await clock.advance(10);
  // Two are looked at for each that comes.
  for (let n = 0; n < 20_000; n += 1) void queue.run({}, () => {});
  expect(await alive(early)).toBe(0);
  await clock.advance(10);
  for (let n = 0; n < 20_000; n += 1) {
    void queue.run({}, () => {});
    if (n % 100 === 0) await clock.advance(10);
  }
  expect(queue.stats().keys.size).toBeLessThan(3_000);
}, 60_000);

it('FairQueue: a key on hold, or with a rate that is used up, is not forgotten', async () => {
  const clock = new VirtualClock();
  const queue = new FairQueue({
    concurrency: 1,
    rateOf: (key) => (key === 'used' ? { cost: 1, perMs: 1e6 } : undefined),
    clock,
  });
  await queue.run('used', () => {});
  queue.hold('held');
  queue.charge('held', 5);
  await queue.run('idle', () => {});
  for (let n = 0; n < 5_000; n += 1) await queue.run(`key ${n}`, () => {});
  const { keys } = queue.stats();
  expect([keys.has('used'), keys.has('held'), keys.has('idle'), keys.size <= 1_002]).toEqual([
    true,
    true,
    false,
    true,
  ]);
});

it('FairQueue: a key whose task was never queued is forgotten like the others', async () => {
  const queue = new FairQueue<object>({ concurrency: 1, clock: new VirtualClock() });
  const { signal } = new AbortController();
  const broken = Object.assign(signal, {
    addEventListener: () => {
      throw new Error('no listener');
    },
  });
  const refs = made(3_000, (key) => {
    expect(() => queue.run(key, () => {}, { signal: broken })).toThrow('no listener');
  });
  for (let n = 0; n < 3_000; n += 1) await queue.run({}, () => {});
  expect(queue.stats().keys.size).toBeLessThanOrEqual(1_000);
  expect(await alive(refs)).toBeLessThanOrEqual(600);
});

it('FairQueue: a key that was refused, cleared or aborted is forgotten like the others', async () => {
  const queue = new FairQueue<object>({ concurrency: 1, maxQueued: 1, clock: new VirtualClock() });
  queue.pause();
  const refs = made(3_000, (key, index) => {
    const controller = new AbortController();
    const run = queue.run(key, () => {}, { signal: controller.signal });
    run.catch(() => {});
    queue.run(key, () => {}).catch(() => {});
    if (index % 3 === 0) controller.abort();
    else if (index % 3 === 1) queue.clear(key);
    else queue.leave(key);
  });
  expect(queue.stats().keys.size).toBeLessThanOrEqual(1_000);
  expect(await alive(refs)).toBeLessThanOrEqual(1_600);
});
