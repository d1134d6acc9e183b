import { describe, expect, it } from 'vitest';
import { FairQueue, type FairQueueOptions } from '../src/queue/index.ts';
import { VirtualClock } from '../src/testing/index.ts';

function queueOf(options: Partial<FairQueueOptions<string>> = {}): { queue: FairQueue; clock: VirtualClock } {
  const clock = new VirtualClock();
  return { queue: new FairQueue({ concurrency: 1, clock, ...options }), clock };
}

const never = (): Promise<never> => new Promise(() => {});

/** Queues a task that never ends, and says how to take it back. */
function stuck(queue: FairQueue, key: string): () => void {
  const controller = new AbortController();
  queue.run(key, never, { signal: controller.signal }).catch(() => {});
  return () => controller.abort();
}

/** Writes a name down once a promise is resolved. */
function noted(log: string[], name: string, promise: Promise<unknown>): void {
  void promise.then(() => log.push(name));
}

describe('FairQueue, run', () => {
  it('a task that gives no promise has ended before run returns', async () => {
    const { queue } = queueOf();
    const log: string[] = [];
    const results = ['a', 'b'].map((name) => queue.run(name, () => void log.push(name)));
    expect([log, queue.running]).toEqual([['a', 'b'], 0]);
    expect(await Promise.all([...results, queue.run('a', () => null)])).toEqual([undefined, undefined, null]);
  });

  it('paused, however many keys come, none with work is forgotten', async () => {
    const { queue } = queueOf();
    queue.pause();
    const all = Array.from({ length: 1_500 }, (_, index) => queue.run(`key ${index}`, () => index));
    expect(queue.waiting).toBe(1_500);
    queue.resume();
    expect(await Promise.all(all)).toHaveLength(1_500);
  });

  it('says why it refused, and whom', async () => {
    const { queue } = queueOf({ maxQueued: 1 });
    void queue.run('x', never);
    const said = async (act: () => unknown, settles: Promise<unknown>): Promise<unknown> => {
      const text = settles.then(
        () => 'resolved',
        (error: unknown) => String(error),
      );
      act();
      return text;
    };
    const controller = new AbortController();
    const aborted = queue.run('a', never, { signal: controller.signal });
    expect([
      await said(() => controller.abort(), aborted),
      await said(() => queue.clear(), queue.run('b', never)),
      await said(() => queue.leave('c'), queue.run('c', never)),
    ]).toEqual([
      'AbortError: This operation was aborted',
      'SchedulerError: Cannot run task of b: it was cleared',
      'SchedulerError: Cannot run task of c: the key has left',
    ]);
    void queue.run('d', never).catch(() => {});
    expect(await said(() => void queue.quit(), queue.untilCapacity('d'))).toBe(
      'SchedulerError: Cannot run task of any key: the queue has quit (quit)',
    );
  });
});

describe('FairQueue, untilCapacity', () => {
  it('comes with a slot of the key, while others of it wait still', async () => {
    const { queue, clock } = queueOf({ maxQueued: 2 });
    const log: string[] = [];
    const task = (): Promise<void> => new Promise((resolve) => void clock.setTimeout(resolve, 10));
    for (let index = 0; index < 3; index += 1) void queue.run('a', task);
    noted(log, 'capacity', queue.untilCapacity('a'));
    await clock.advance(10);
    expect([log, queue.waiting]).toEqual([['capacity'], 1]);
  });

  it('comes when a task that waits is taken back', async () => {
    const { queue, clock } = queueOf({ maxQueued: 1 });
    const log: string[] = [];
    stuck(queue, 'x');
    const back = stuck(queue, 'a');
    stuck(queue, 'b');
    noted(log, 'capacity', queue.untilCapacity('a'));
    back();
    await clock.advance(0);
    expect([log, queue.waiting]).toEqual([['capacity'], 1]);
  });

  it('a slot of another key tells nobody whose own part is full', async () => {
    const { queue, clock } = queueOf({ maxQueued: 1 });
    const log: string[] = [];
    stuck(queue, 'x');
    stuck(queue, 'a');
    const back = stuck(queue, 'b');
    noted(log, 'capacity', queue.untilCapacity('a'));
    back();
    await clock.advance(0);
    expect([log, queue.waiting]).toEqual([[], 1]);
  });

  it.each([
    { name: 'full since, it is not told', maxQueued: 1, want: ['c'] },
    { name: 'not full, it is told of the next slot', maxQueued: 2, want: ['c', 'a'] },
  ])('of a key that queued meanwhile: $name', async ({ maxQueued, want }) => {
    const { queue, clock } = queueOf({ maxQueued, maxQueuedInAll: 3 });
    const log: string[] = [];
    stuck(queue, 'x');
    const backs = ['b', 'd', 'e'].map((key) => stuck(queue, key));
    for (const key of ['c', 'a']) noted(log, key, queue.untilCapacity(key));
    backs[0]?.();
    await clock.advance(0);
    expect(log).toEqual(['c']);
    stuck(queue, 'a');
    backs[1]?.();
    await clock.advance(0);
    expect(log).toEqual(want);
  });
});

describe('FairQueue, onIdle', () => {
  it('is not while something waits, although nothing runs', async () => {
    const { queue, clock } = queueOf();
    const log: string[] = [];
    queue.pause();
    const backs = ['a', 'a'].map((key) => stuck(queue, key));
    queue.run('b', never).catch(() => {});
    noted(log, 'idle', queue.onIdle());
    await clock.advance(0);
    backs[0]?.();
    queue.clear('b');
    await clock.advance(0);
    expect(log).toEqual([]);
    backs[1]?.();
    await clock.advance(0);
    expect(log).toEqual(['idle']);
  });

  it('is not while something runs, although what waited was taken back', async () => {
    const { queue, clock } = queueOf();
    const log: string[] = [];
    stuck(queue, 'a');
    const back = stuck(queue, 'a');
    noted(log, 'idle', queue.onIdle());
    back();
    await clock.advance(0);
    expect([log, queue.waiting, queue.running]).toEqual([[], 0, 1]);
  });
});

it('quit: who was aborted while it ran is not abandoned once more', async () => {
  const { queue, clock } = queueOf({ concurrency: 2 });
  const back = stuck(queue, 'a');
  stuck(queue, 'b');
  back();
  const quit = queue.quit({ graceMs: 10 });
  await clock.advance(10);
  expect(await quit).toEqual({ cancelled: 0, abandoned: 1 });
});

it('stats: a wait is from queueing to start, and shares are by weight', async () => {
  const { queue, clock } = queueOf({ weightOf: (key) => (key === 'a' ? 2 : 1) });
  await clock.advance(1_000);
  const task = (): Promise<void> => new Promise((resolve) => void clock.setTimeout(resolve, 10));
  void queue.run('a', task, { cost: 2 });
  void queue.run('b', task, { cost: 1 });
  await clock.runAll();
  const { fairness, keys } = queue.stats();
  expect([fairness, keys.get('a')?.longestWaitMs, keys.get('b')?.longestWaitMs]).toEqual([1, 0, 10]);
});
