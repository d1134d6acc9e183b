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

  it.each([
    { name: 'that is started by run', waits: false, resumes: false },
    { name: 'that has waited', waits: true, resumes: false },
    { name: 'that resumes the queue', waits: false, resumes: true },
  ])('a task that a task queues $name is started once that one has returned', async ({ waits, resumes }) => {
    const { queue } = queueOf({ concurrency: 3 });
    const log: string[] = [];
    if (waits) queue.pause();
    void queue.run('a', () => {
      log.push('a begins');
      if (resumes) queue.resume();
      void queue.run('b', () => log.push('b'));
      log.push('a returns');
    });
    queue.resume();
    await queue.onIdle();
    expect(log).toEqual(['a begins', 'a returns', 'b']);
  });

  it('what is refused is not known afterwards, and nothing is asked about its key', async () => {
    const asked: string[] = [];
    const { queue } = queueOf({
      maxQueuedInAll: 1,
      weightOf: (key) => {
        asked.push(key);
        return 1;
      },
    });
    queue.pause();
    for (const key of ['a', 'b']) queue.run(key, never).catch(() => {});
    expect([asked, [...queue.stats().keys.keys()]]).toEqual([['a'], ['a']]);
  });

  it('weightOf, rateOf and concurrencyPerKey are asked once for a key, when it comes', () => {
    const asked: string[] = [];
    const { queue } = queueOf({
      weightOf: (key) => asked.push(`weight ${key}`),
      rateOf: (key) => void asked.push(`rate ${key}`),
      concurrencyPerKey: (key) => asked.push(`limit ${key}`),
    });
    for (let n = 0; n < 3; n += 1) void queue.run('a', () => {});
    expect(asked.toSorted()).toEqual(['limit a', 'rate a', 'weight a']);
  });

  it('a key under which its own weightOf queues a task is one key', () => {
    let isAsked = false;
    const { queue } = queueOf({
      concurrency: 9,
      concurrencyPerKey: 1,
      weightOf: (key) => {
        if (!isAsked) {
          isAsked = true;
          stuck(queue, key);
        }
        return 1;
      },
    });
    stuck(queue, 'a');
    expect([queue.running, queue.waiting, queue.stats().keys.size]).toEqual([1, 1, 1]);
  });

  it('cost: that of the queue is in time, also for a task that states something else', async () => {
    const { queue, clock } = queueOf({ cost: 'time' });
    const task = (): Promise<void> => new Promise((resolve) => void clock.setTimeout(resolve, 50));
    void queue.run('a', task, { priority: 1 });
    void queue.run('b', task, { priority: 1, cost: 3 });
    await clock.runAll();
    const { keys } = queue.stats();
    expect([keys.get('a')?.cost, keys.get('b')?.cost]).toEqual([50, 3]);
  });

  it('clear: of the tasks that have a slot and have not begun, it takes those of that key', async () => {
    const { queue } = queueOf({ concurrency: 2 });
    queue.pause();
    const [a, b] = ['a', 'b'].map((key) => queue.run(key, () => key));
    queue.resume();
    expect([queue.running, queue.clear('a')]).toEqual([2, 1]);
    await expect(a).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(await b).toBe('b');
  });

  it('leave: a key with a task that runs is still known, with its limit', () => {
    const { queue } = queueOf({ concurrency: 9, concurrencyPerKey: 1 });
    stuck(queue, 'a');
    expect(queue.leave('a')).toBe(0);
    stuck(queue, 'a');
    expect([queue.running, queue.waiting]).toEqual([1, 1]);
  });

  it('a clock that goes back: time stands still', async () => {
    let now = 100;
    const { queue } = queueOf({ clock: { now: () => now, setTimeout: () => () => {} } });
    stuck(queue, 'a');
    const forMs = [50, 130, 120].map((at) => {
      now = at;
      return queue.tasks()[0]?.forMs;
    });
    expect(forMs).toEqual([0, 30, 30]);
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

it('destroy: says that it did', async () => {
  const { queue } = queueOf();
  void queue.run('x', never).catch(() => {});
  const waits = queue.run('a', never);
  queue.destroy();
  await expect(waits).rejects.toThrow('Cannot run task of a: the queue has quit (destroyed)');
});

it('quit: a second one while those that wait are told gives the promise of the first', async () => {
  const { queue } = queueOf();
  queue.pause();
  stuck(queue, 'a');
  const reports: unknown[] = [];
  const reason = {
    toString: () => {
      if (reports.length === 0) reports.push(queue.quit());
      return 'why';
    },
  };
  const first = queue.quit({ reason });
  expect(reports[0]).toBe(first);
  expect(await first).toEqual({ cancelled: 1, abandoned: 0 });
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
